package dev.heed.web;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A line of the table of routes, from which the server, {@code /openapi.json} and the tests of who may do what are made.
 *
 * @param asks names of query parameters; a question mark after one that may be left out
 * @param takes the body, {@link Bytes} where it is no JSON; null where there is none
 * @param gives the answer, {@link Bytes} where it is a file; null where its summary says what it is
 */
record Route(
        HandlerType method,
        String path,
        Access access,
        String summary,
        Handler handler,
        List<String> asks,
        @Nullable Class<?> takes,
        @Nullable Class<?> gives) {

    /** Any file, packed or not. */
    interface Bytes {}

    static Route get(String path, Access access, String summary, Handler handler) {
        return of(HandlerType.GET, path, access, summary, handler);
    }

    static Route post(String path, Access access, String summary, Handler handler) {
        return of(HandlerType.POST, path, access, summary, handler);
    }

    static Route delete(String path, Access access, String summary, Handler handler) {
        return of(HandlerType.DELETE, path, access, summary, handler);
    }

    private static Route of(HandlerType method, String path, Access access, String summary, Handler handler) {
        return new Route(method, path, access, summary, handler, List.of(), null, null);
    }

    Route asks(String... parameters) {
        return new Route(method, path, access, summary, handler, Arrays.asList(parameters), takes, gives);
    }

    Route takes(Class<?> body) {
        return new Route(method, path, access, summary, handler, asks, body, gives);
    }

    Route gives(Class<?> answer) {
        return new Route(method, path, access, summary, handler, asks, takes, answer);
    }

    void addTo(RoutesConfig routes) {
        routes.addHttpHandler(method, path, handler, access);
    }
}

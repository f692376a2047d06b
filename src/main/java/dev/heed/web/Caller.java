package dev.heed.web;

import dev.heed.feedback.Person;
import io.javalin.http.Context;
import io.javalin.http.UnauthorizedResponse;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whose request it is.
 *
 * @param secret hash of the session's or token's secret
 */
record Caller(Person person, String secret) {
    private static final String KEY = "caller";

    void into(Context ctx) {
        ctx.attribute(KEY, this);
    }

    static Optional<Caller> find(Context ctx) {
        @Nullable Caller caller = ctx.attribute(KEY);
        return Optional.ofNullable(caller);
    }

    /** @throws UnauthorizedResponse if nobody has signed in */
    static Caller expect(Context ctx) {
        return find(ctx).orElseThrow(() -> new UnauthorizedResponse("sign in first"));
    }

    String name() {
        return person.name();
    }
}

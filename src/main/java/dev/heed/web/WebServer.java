package dev.heed.web;

import dev.heed.db.Conflict;
import dev.heed.db.Feedback;
import dev.heed.db.ServerFile;
import dev.heed.db.Tally;
import dev.heed.run.UserError;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Map;
import org.eclipse.jetty.http.UriCompliance;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The labeling page and its API over one store. While it runs, the home's {@code server.json} says where, so that other
 * commands on that home reach the store through it.
 */
public final class WebServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WebServer.class);
    private static final long PATIENCE_MS = 10_000;

    private final Javalin javalin;
    private final Config config;
    private final String url;

    /**
     * Where to listen and what to ask.
     *
     * @param host 127.0.0.1 serves this machine only; another opens the page to the network, without a password
     * @param port 0 takes any free one
     * @param home its {@code report.html} is shown
     * @param answers how many labelers are asked each comparison
     * @param pages folder of the page while it is being worked on; null takes it from the class path
     */
    public record Config(String host, int port, Path home, int answers, @Nullable Path pages) {
        public Config {
            if (port < 0 || port > 65535) {
                throw new UserError("--port must be from 0 to 65535, was %d".formatted(port));
            }
            if (answers < 1) {
                throw new UserError("--answers must be at least 1, was %d".formatted(answers));
            }
        }

        /** One answer to each comparison, the page from the class path. */
        public Config(String host, int port, Path home) {
            this(host, port, home, 1, null);
        }
    }

    private WebServer(Javalin javalin, Config config) {
        this.javalin = javalin;
        this.config = config;
        this.url = "http://%s:%d"
                .formatted(config.host().contains(":") ? "[" + config.host() + "]" : config.host(), javalin.port());
    }

    /**
     * Listens when this returns.
     *
     * @param feedback stays the caller's to close, after the server
     * @throws UserError if the port is taken
     */
    public static WebServer start(Feedback feedback, Config config) {
        expectFree(config.host(), config.port());
        String token = token();
        Javalin javalin = Javalin.create(javalinConfig -> configure(javalinConfig, feedback, config, token));
        javalin.start(config.host(), config.port());
        WebServer server = new WebServer(javalin, config);
        new ServerFile(ProcessHandle.current().pid(), server.url, token).write(config.home());
        return server;
    }

    /** Tried before Javalin does, which would log a page of it. */
    private static void expectFree(String host, int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(host, port));
        } catch (IOException e) {
            throw new UserError(
                    "cannot listen on port %d of %s: %s; stop what listens there, or choose another with --port"
                            .formatted(port, host, e.getMessage()),
                    e);
        }
    }

    private static String token() {
        byte[] bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static void configure(JavalinConfig javalin, Feedback feedback, Config config, String token) {
        javalin.startup.showJavalinBanner = false;
        javalin.startup.showOldJavalinVersionWarning = false;
        javalin.startup.startupWatcherEnabled = false;
        javalin.http.generateEtags = false;
        javalin.jetty.modifyHttpConfiguration(http -> {
            http.setUriCompliance(UriCompliance.DEFAULT);
            http.setSendServerVersion(false);
        });
        // Requests in progress are finished: H2 closes its file when a thread is interrupted in it.
        javalin.jetty.modifyServer(server -> server.setStopTimeout(PATIENCE_MS));
        InstantSource clock = InstantSource.system();
        LabelQueue queue = new LabelQueue(feedback, config.answers(), clock);
        routes(
                javalin.routes,
                new Guard(config.host(), token),
                new Pages(config.pages(), config.home()),
                new LabelApi(feedback, queue, clock),
                feedback);
        new StoreApi(feedback, config.home()).routes(javalin.routes);
    }

    private static void routes(RoutesConfig routes, Guard guard, Pages pages, LabelApi label, Feedback feedback) {
        routes.before(guard::check);
        routes.before("/api/store/*", guard::expectToken);
        routes.get("/", pages::index);
        routes.get("/web/{name}", pages::file);
        routes.get("/report", pages::report);
        routes.get("/api/status", ctx -> Wire.answer(ctx, Status.of(feedback.tally(), pages.hasReport())));
        routes.get("/api/comparisons", label::comparisons);
        routes.get("/api/standing", label::standing);
        routes.post("/api/preferences", label::add);
        routes.exception(HttpResponseException.class, (e, ctx) -> fail(ctx, e.getStatus(), e.getMessage()));
        routes.exception(Conflict.class, (e, ctx) -> fail(ctx, 409, e.getMessage()));
        routes.exception(IllegalArgumentException.class, (e, ctx) -> fail(ctx, 400, e.getMessage()));
        routes.exception(Exception.class, WebServer::failUnexpectedly);
    }

    /**
     * What anyone may know.
     *
     * @param report whether there is one to look at
     */
    record Status(long comparisons, long answered, long preferences, int round, boolean report) {
        static Status of(Tally tally, boolean report) {
            return new Status(tally.comparisons(), tally.answered(), tally.preferences(), tally.latestRound(), report);
        }
    }

    private static void failUnexpectedly(Exception e, Context ctx) {
        LOG.error("{} {} failed", ctx.method(), ctx.path(), e);
        fail(ctx, 500, "something failed here; the server's log says more");
    }

    private static void fail(Context ctx, int status, @Nullable String why) {
        ctx.status(status);
        Wire.answer(ctx, Map.of("error", String.valueOf(why)));
    }

    /** Where browsers find it, as in http://127.0.0.1:8080. */
    public String url() {
        return url;
    }

    public int port() {
        return javalin.port();
    }

    /** Finishes the requests in progress, then stops listening. */
    @Override
    public void close() {
        ServerFile.delete(config.home());
        javalin.stop();
    }
}

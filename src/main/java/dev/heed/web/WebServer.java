package dev.heed.web;

import dev.heed.db.CampaignStore;
import dev.heed.db.Conflict;
import dev.heed.db.FeedbackStore;
import dev.heed.db.PeopleStore;
import dev.heed.db.ServerFile;
import dev.heed.db.Tally;
import dev.heed.db.Unavailable;
import dev.heed.feedback.Campaign;
import dev.heed.feedback.Plan;
import dev.heed.feedback.Role;
import dev.heed.run.UserError;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    private final PeopleStore people;
    private final Config config;
    private final String url;

    /**
     * Where to listen and what to ask.
     *
     * @param host 127.0.0.1 serves this machine only; another opens the page to the network
     * @param port 0 takes any free one
     * @param home its {@code report.html} is shown
     * @param answers how many labelers are asked each comparison of the loop; 0 leaves it as it was
     * @param entry how people come in
     * @param pages folder of the page while it is being worked on; null takes it from the class path
     * @param meanings of the numbers that runs log
     * @param cards who writes the report cards of models
     */
    public record Config(
            String host,
            int port,
            Path home,
            int answers,
            Entry entry,
            @Nullable Path pages,
            List<Meaning> meanings,
            CardHost cards) {
        public Config {
            if (entry.local() && !Guard.isLoopback(host)) {
                throw new UserError(
                        "--local lets everyone in who gives a name, so it needs a loopback --host, was %s; leave --local out"
                                .formatted(host));
            }
            if (port < 0 || port > 65535) {
                throw new UserError("--port must be from 0 to 65535, was %d".formatted(port));
            }
            if (answers < 0) {
                throw new UserError("--answers must be at least 0, was %d".formatted(answers));
            }
        }

        /** Without report cards. */
        public Config(
                String host,
                int port,
                Path home,
                int answers,
                Entry entry,
                @Nullable Path pages,
                List<Meaning> meanings) {
            this(host, port, home, answers, entry, pages, meanings, CardHost.NONE);
        }

        /** Nor a word on the numbers. */
        public Config(String host, int port, Path home, int answers, Entry entry, @Nullable Path pages) {
            this(host, port, home, answers, entry, pages, List.of());
        }

        /** Answers as planned, a name is enough, the page from the class path. */
        public Config(String host, int port, Path home) {
            this(host, port, home, 0, Entry.LOCAL, null);
        }
    }

    /**
     * How people come in.
     *
     * @param local a name is enough; otherwise an account with a password
     * @param published as browsers see the server where a proxy stands in front; null where they come directly
     */
    public record Entry(boolean local, @Nullable URI published) {
        public static final Entry LOCAL = new Entry(true, null);

        public Entry {
            if (published != null
                    && (published.getHost() == null
                            || !String.valueOf(published.getScheme()).matches("https?"))) {
                throw new UserError("--url must be as https://labels.example.org, was %s".formatted(published));
            }
        }
    }

    private WebServer(Javalin javalin, PeopleStore people, Config config) {
        this.javalin = javalin;
        this.people = people;
        this.config = config;
        this.url = config.entry().published() != null
                ? config.entry().published().toString()
                : "http://%s:%d"
                        .formatted(
                                config.host().contains(":") ? "[" + config.host() + "]" : config.host(),
                                javalin.port());
    }

    /**
     * Listens when this returns.
     *
     * @param store stays the caller's to close, after the server
     * @throws UserError if the port is taken
     */
    public static WebServer start(FeedbackStore store, Config config) {
        return start(store, config, ModelHost.NONE);
    }

    /**
     * As {@link #start(FeedbackStore, Config)}.
     *
     * @param models that programs may ask; stays the caller's to close, after the server
     */
    public static WebServer start(FeedbackStore store, Config config, ModelHost models) {
        return start(store, config, new Hosts(models, JobHost.NONE, FileHost.NONE));
    }

    /**
     * What the server itself cannot do.
     *
     * @param models that programs may ask
     * @param jobs that leads may start
     * @param files that leads take out and bring in
     */
    public record Hosts(ModelHost models, JobHost jobs, FileHost files) {
        static final Hosts NONE = new Hosts(ModelHost.NONE, JobHost.NONE, FileHost.NONE);
    }

    /**
     * As {@link #start(FeedbackStore, Config)}.
     *
     * @param hosts stay the caller's to close, after the server
     */
    public static WebServer start(FeedbackStore store, Config config, Hosts hosts) {
        expectFree(config.host(), config.port());
        if (config.answers() > 0) {
            ask(store.campaigns(), config.answers());
        }
        String token = Secrets.random();
        Javalin javalin = Javalin.create(javalinConfig -> configure(javalinConfig, store, config, token, hosts));
        javalin.start(config.host(), config.port());
        WebServer server = new WebServer(javalin, store.people(), config);
        new ServerFile(ProcessHandle.current().pid(), server.url, token).write(config.home());
        return server;
    }

    private static void ask(CampaignStore campaigns, int answers) {
        Campaign loop = campaigns.find(Campaign.LOOP).orElseThrow();
        Plan plan = loop.plan();
        Plan asked = plan.with(answers, Math.max(answers, plan.answersIfDisputed()));
        campaigns.change(loop.id(), loop.name(), asked, loop.open());
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

    private static void configure(
            JavalinConfig javalin, FeedbackStore store, Config config, String token, Hosts hosts) {
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
        UnderWay underWay = new UnderWay();
        javalin.routes.before(underWay::begin);
        javalin.routes.after(underWay::end);
        InstantSource clock = InstantSource.system();
        Sessions sessions = new Sessions(store.people(), config.entry().published(), clock);
        Guard guard = new Guard(config.host(), token, sessions, store.people(), clock);
        javalin.routes.before(guard::check);
        javalin.routes.beforeMatched(guard::expectAccess);
        Deliveries deliveries = new Deliveries(store, config.home(), clock);
        javalin.events.serverStarted(deliveries::start);
        javalin.events.serverStopping(deliveries::close);
        for (Route route : table(store, config, sessions, hosts, deliveries, clock)) {
            route.addTo(javalin.routes);
            if (route.handler() instanceof AutoCloseable lasting) { // it would keep its requests in progress for ever
                javalin.events.serverStopping(lasting::close);
            }
        }
        javalin.events.serverStopping(() -> underWay.awaitEnd(PATIENCE_MS));
        failures(javalin.routes);
    }

    /** Every route, and whom it is for. */
    static List<Route> table(
            FeedbackStore store,
            Config config,
            Sessions sessions,
            Hosts hosts,
            Deliveries deliveries,
            InstantSource clock) {
        Pages pages = new Pages(config.pages(), config.home());
        Audit audit = new Audit(store.people(), clock);
        List<Route> routes = new ArrayList<>(pages.routes());
        routes.add(Route.get(
                        "/api/status",
                        Access.ANYONE,
                        "how far the labeling is",
                        ctx -> Wire.answer(ctx, Status.of(store.tally(), pages.hasReport())))
                .gives(Status.class));
        routes.addAll(
                new AccountApi(store.people(), sessions, audit, config.entry().local(), clock).routes());
        routes.addAll(new TeamApi(store.people(), audit, clock).routes());
        routes.addAll(new WebhookApi(store, deliveries, audit, clock).routes());
        routes.addAll(new LabelApi(store, clock).routes());
        routes.addAll(new CampaignApi(store, audit, clock).routes());
        routes.addAll(new WantedApi(store, audit).routes());
        routes.addAll(new QualityApi(store, audit, clock).routes());
        routes.addAll(new StoreApi(store, config.home()).routes());
        routes.addAll(new FilesApi(hosts.files(), config.home(), audit).routes());
        Access programs = config.entry().local() ? Access.ANYONE : Access.VIEWER;
        routes.addAll(new ArenaApi(store, hosts.models(), audit, clock).routes());
        routes.addAll(new ChatApi(hosts.models(), programs, clock).routes());
        RunList runs = new RunList(config.home(), clock);
        routes.addAll(new RunsApi(runs, new RunEvents(runs, hosts.jobs()), store, audit, config).routes());
        routes.addAll(new JobsApi(hosts.jobs(), audit).routes());
        return new OpenApi(routes).withItself();
    }

    private static void failures(RoutesConfig routes) {
        routes.exception(HttpResponseException.class, WebServer::refuse);
        routes.exception(Refusal.class, WebServer::refuse);
        routes.exception(Conflict.class, (e, ctx) -> fail(ctx, 409, e.getMessage()));
        routes.exception(Unavailable.class, WebServer::failForNow);
        routes.exception(IllegalArgumentException.class, (e, ctx) -> fail(ctx, 400, e.getMessage()));
        routes.exception(Exception.class, WebServer::failUnexpectedly);
    }

    private static void refuse(HttpResponseException e, Context ctx) {
        String wait = e.getDetails().get("retry_after");
        if (wait != null) {
            ctx.header("Retry-After", wait);
        }
        fail(ctx, e.getStatus(), e.getMessage());
    }

    private static void refuse(Refusal e, Context ctx) {
        if (!ChatApi.isAsked(ctx)) {
            fail(ctx, e.status(), e.getMessage());
            return;
        }
        ctx.status(e.status());
        ctx.header("X-Should-Retry", String.valueOf(e.passes())); // OpenAI's clients heed it
        Wire.answer(ctx, e.body());
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

    /** The page keeps what it has, and tries again. */
    private static void failForNow(Unavailable e, Context ctx) {
        LOG.warn("{} {}: {}", ctx.method(), ctx.path(), e.getMessage());
        ctx.header("Retry-After", "1");
        fail(ctx, 503, "the server cannot save or read anything now; try again");
    }

    private static void failUnexpectedly(Exception e, Context ctx) {
        LOG.error("{} {} failed", ctx.method(), ctx.path(), e);
        fail(ctx, 500, "something failed here; the server's log says more");
    }

    private static void fail(Context ctx, int status, @Nullable String why) {
        ctx.status(status);
        Wire.answer(
                ctx,
                ChatApi.isAsked(ctx) ? Refusal.body(status, why, null, null) : Map.of("error", String.valueOf(why)));
    }

    /** Where browsers find it, as in http://127.0.0.1:8080. */
    public String url() {
        return url;
    }

    /**
     * A link that makes the first admin, where there is nobody yet and a name is not enough. It works once, for a day; a
     * restart makes another.
     */
    public Optional<String> firstLink() {
        if (config.entry().local() || !people.isEmpty()) {
            return Optional.empty();
        }
        String secret = Secrets.random();
        Instant now = Instant.now();
        people.invite(Secrets.digest(secret), Role.ADMIN, "the first start", now, now.plus(Duration.ofDays(1)));
        return Optional.of(url + "/#invitation=" + secret);
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

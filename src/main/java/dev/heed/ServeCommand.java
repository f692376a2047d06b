package dev.heed;

import dev.heed.db.FeedbackStore;
import dev.heed.exchange.Exchange;
import dev.heed.jobs.Jobs;
import dev.heed.jobs.Program;
import dev.heed.run.FreeMemory;
import dev.heed.run.Interrupt;
import dev.heed.run.Interrupted;
import dev.heed.run.Knob;
import dev.heed.serve.Host;
import dev.heed.train.Meaning;
import dev.heed.web.WebServer;
import java.net.URI;
import java.util.Map;
import java.util.stream.Collectors;

/** The web app, until someone asks it to end. */
final class ServeCommand implements Command<ServeCommand.Knobs> {
    record Knobs(
            Listening listening,
            @Knob(value = "false", help = "a name is enough to come in, without accounts; on a loopback address only")
                    boolean local,
            @Knob(
                            value = "",
                            help = "as browsers see it where a proxy with TLS stands in front,"
                                    + " https://labels.example.org")
                    String url) {
        WebServer.Entry entry() {
            return new WebServer.Entry(local, url.isEmpty() ? null : URI.create(url));
        }
    }

    /** Where, and how much is asked. */
    record Listening(
            @Knob(
                            value = "127.0.0.1",
                            help = "address to listen on; any other than loopback opens the page to the network")
                    String host,
            @Knob(value = "8420", help = "port to listen on; 0 takes any free one") int port,
            @Knob(
                            value = "0",
                            help =
                                    "labelers that are asked each comparison of the loop; 0 leaves it as it was, 1 at first")
                    int answers,
            @Knob(value = "1", help = "jobs started from the page that run at the same time; others wait") int jobs) {
        Listening {
            dev.heed.run.Knobs.atLeast("jobs", jobs, 1);
        }
    }

    @Override
    public Class<Knobs> knobs() {
        return Knobs.class;
    }

    @Override
    public Object run(Context context, Knobs knobs) {
        try (FeedbackStore feedback = context.openStore()) {
            context.say(feedback.found().text());
            serve(context, feedback, knobs.listening(), knobs.entry());
        }
        return Map.of();
    }

    private static dev.heed.web.Meaning forThePage(Meaning meaning) {
        return new dev.heed.web.Meaning(
                meaning.name(), meaning.unit(), meaning.what(), meaning.healthy(), meaning.otherwise());
    }

    /** Serves until Ctrl-C. */
    static void serve(Context context, FeedbackStore store, Listening listening, WebServer.Entry entry) {
        WebServer.Config config = new WebServer.Config(
                listening.host(),
                listening.port(),
                context.home(),
                listening.answers(),
                entry,
                null,
                Meaning.ALL.stream().map(ServeCommand::forThePage).toList(),
                new Cards(context.home()));
        try (Host models = new Host(context.home(), context::torch, FreeMemory::bytes);
                Jobs jobs = Jobs.open(
                        context.home(),
                        listening.jobs(),
                        Program.here(Main.class),
                        new Startable(context.home(), Main.COMMANDS));
                WebServer server =
                        WebServer.start(store, config, new WebServer.Hosts(models, jobs, new Exchange(store)))) {
            context.say(
                    "label at %s   the report, once there is one: %s/report   models for programs: %s/v1   Ctrl-C ends"
                            .formatted(server.url(), server.url(), server.url()));
            server.firstLink()
                    .ifPresent(link -> context.say(
                            "nobody has an account yet; make the first, an admin's, within a day at %s (alone on this machine, --local needs none)"
                                    .formatted(link)));
            awaitEnd(context, jobs);
        }
    }

    private static void awaitEnd(Context context, Jobs jobs) {
        try {
            Interrupt.await();
        } catch (Interrupted e) {
            String going = jobs.jobs().stream()
                    .filter(job -> job.state().works())
                    .map(job ->
                            "job %d (heed %s)".formatted(job.id(), job.words().get(0)))
                    .collect(Collectors.joining(", "));
            context.say("the server has ended; every preference is saved"
                    + (going.isEmpty() ? "" : "; %s goes on, the next server finds it".formatted(going)));
        }
    }
}

package dev.heed;

import dev.heed.db.FeedbackStore;
import dev.heed.run.Interrupt;
import dev.heed.run.Interrupted;
import dev.heed.run.Knob;
import dev.heed.web.WebServer;
import java.util.Map;

/** The labeling page, until someone asks it to end. */
final class ServeCommand implements Command<ServeCommand.Knobs> {
    record Knobs(
            @Knob(
                            value = "127.0.0.1",
                            help = "address to listen on; any other than loopback opens the page to the network")
                    String host,
            @Knob(value = "8420", help = "port to listen on; 0 takes any free one") int port,
            @Knob(value = "1", help = "labelers that are asked each comparison") int answers) {}

    @Override
    public Class<Knobs> knobs() {
        return Knobs.class;
    }

    @Override
    public Object run(Context context, Knobs knobs) {
        try (FeedbackStore feedback = FeedbackStore.open(context.home())) {
            serve(context, feedback, knobs);
        }
        return Map.of();
    }

    /** Serves until Ctrl-C. */
    static void serve(Context context, dev.heed.db.Feedback feedback, Knobs knobs) {
        WebServer.Config config =
                new WebServer.Config(knobs.host(), knobs.port(), context.home(), knobs.answers(), null);
        try (WebServer server = WebServer.start(feedback, config)) {
            context.say("label at %s   the report, once there is one: %s/report   Ctrl-C ends"
                    .formatted(server.url(), server.url()));
            Interrupt.await();
        } catch (Interrupted e) {
            context.say("the server has ended; every preference is saved");
        }
    }
}

package dev.heed;

import dev.heed.db.Feedback;
import dev.heed.db.FeedbackStore;
import dev.heed.run.Knob;
import dev.heed.run.Settings;
import dev.heed.tensor.Precision;
import dev.heed.tensor.Torch;
import dev.heed.web.RemoteFeedback;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What every command is given besides its own knobs.
 *
 * @param err where notes for people go; standard output belongs to the result
 * @param words the command as it was typed, recipes as they were then
 */
record Context(Settings settings, Labels labels, Output output, PrintStream err, List<String> words) {
    /** Where what people said is kept. */
    record Labels(
            @Knob(
                            value = "",
                            help =
                                    "jdbc:postgresql:… that has the labels, and may have those of other homes; the home folder remembers it, and has them itself where none was named. User and password: HEED_DB_USER, HEED_DB_PASSWORD")
                    String db) {}

    /** What a command prints. */
    record Output(
            @Knob(value = "false", help = "one JSON document on standard output, nothing else there") boolean json,
            @Knob(value = "false", help = "no progress and no notes") boolean quiet) {}

    Path home() {
        return settings.home();
    }

    /** The store of the home, through the server that holds it if there is one. */
    Feedback feedback() {
        return RemoteFeedback.orStore(home(), labels.db());
    }

    /** The store of the home, for this process alone. */
    FeedbackStore openStore() {
        return FeedbackStore.open(home(), labels.db());
    }

    long seed() {
        return settings.seed();
    }

    /** The engine, which all of a process share. */
    Torch torch() {
        return Torch.start(
                settings.threads(), Precision.valueOf(settings.precision().toUpperCase(Locale.ROOT)));
    }

    /** The same, other things drawn. */
    Context seeded(long other) {
        Settings drawn = new Settings(home(), other, settings.threads(), settings.precision());
        return new Context(drawn, labels, output, err, words);
    }

    /** A line for the person who waits. */
    void say(String line) {
        if (!output.quiet()) {
            err.println(line);
        }
    }
}

package dev.heed;

import dev.heed.run.Knob;
import dev.heed.run.Settings;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/**
 * What every command is given besides its own knobs.
 *
 * @param err where notes for people go; standard output belongs to the result
 * @param words the command as it was typed, recipes as they were then
 */
record Context(Settings settings, Output output, PrintStream err, List<String> words) {
    /** What a command prints. */
    record Output(
            @Knob(value = "false", help = "one JSON document on standard output, nothing else there") boolean json,
            @Knob(value = "false", help = "no progress and no notes") boolean quiet) {}

    Path home() {
        return settings.home();
    }

    long seed() {
        return settings.seed();
    }

    /** A line for the person who waits. */
    void say(String line) {
        if (!output.quiet()) {
            err.println(line);
        }
    }
}

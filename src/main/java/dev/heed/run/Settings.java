package dev.heed.run;

import java.nio.file.Path;
import java.util.List;

/**
 * What every command and every run has: where state lives, and what a result depends on besides its own knobs.
 *
 * @param threads one per core where 0 was asked for
 */
public record Settings(
        @Knob(value = ".heed", help = "folder of all state: the database, runs, models") Path home,
        @Knob(value = "1", help = "everything random is drawn from it") long seed,
        @Knob(
                        value = "0",
                        help =
                                "threads for computing; 0: one per core. Results may differ in the last bits between thread counts")
                int threads,
        @Knob(
                        value = "auto",
                        label = "auto|fp32|bf16",
                        help = "numbers in matrix products; auto: bf16 where the processor has instructions for it")
                String precision) {

    /** The kinds of {@link #precision}. */
    public static final List<String> PRECISIONS = List.of("auto", "fp32", "bf16");

    public Settings {
        Knobs.atLeast("threads", threads, 0);
        Knobs.oneOf("precision", precision, PRECISIONS);
        if (threads == 0) {
            threads = Runtime.getRuntime().availableProcessors();
        }
    }
}

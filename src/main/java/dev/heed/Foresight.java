package dev.heed;

import dev.heed.eval.scaling.Outlook;
import dev.heed.eval.scaling.Outlook.Reached;
import dev.heed.run.Json;
import dev.heed.run.UserError;
import dev.heed.run.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What the smaller steps of a study foretell of its largest: written down before that is measured, and never rewritten.
 *
 * @param from what it was made from, by what is measured
 * @param outlooks what is foretold, by the same
 */
record Foresight(Instant made, Version heed, Map<String, List<Reached>> from, Map<String, Outlook> outlooks) {
    /**
     * Foretells, or reads what was foretold before from the same.
     *
     * @param file where it lies
     * @param x of the largest step
     * @throws UserError if something else was foretold there
     */
    static Foresight of(Path file, Map<String, List<Reached>> from, double x, long seed) {
        if (Files.exists(file)) {
            Foresight before = Json.read(file, Foresight.class);
            if (!before.from.equals(from)) {
                throw new UserError(
                        "%s was foretold from other runs at %s and is never rewritten; study in another --home"
                                .formatted(file, before.made));
            }
            return before;
        }
        Map<String, Outlook> outlooks = new TreeMap<>();
        from.forEach((what, reached) -> outlooks.put(what, Outlook.of(reached, x, seed)));
        Foresight foresight = new Foresight(Instant.now(), Version.current(), new TreeMap<>(from), outlooks);
        Json.write(file, foresight);
        return foresight;
    }

    /**
     * A sentence that holds what was foretold against what came.
     *
     * @param what is measured
     * @param step the largest, in words
     * @param right the share that it reached
     */
    String graded(String what, String step, double right) {
        Outlook outlook = Objects.requireNonNull(outlooks.get(what));
        return String.format(
                Locale.ROOT,
                "%s with %s, foretold from less before it was measured: %.1f %% (%.1f–%.1f); reached %.1f %%, %s the interval.",
                what,
                step,
                100 * (1 - outlook.wrong().mean()),
                100 * (1 - outlook.wrong().high()),
                100 * (1 - outlook.wrong().low()),
                100 * right,
                outlook.wrong().contains(1 - right) ? "inside" : "outside");
    }
}

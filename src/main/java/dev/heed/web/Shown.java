package dev.heed.web;

import dev.heed.feedback.Asking;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Hashes;
import dev.heed.feedback.Message;
import dev.heed.run.Draws;
import java.util.List;
import java.util.stream.Stream;

/**
 * A comparison as one labeler sees it: sides in an order of its own, and nothing that tells who wrote which.
 *
 * @param comparison its number
 * @param content tells this comparison from another of the same number in another home; the same for either order
 */
record Shown(long comparison, String content, List<Message> prompt, String left, String right) {

    static Shown to(String labeler, Comparison comparison) {
        boolean swapped = secondOnLeft(labeler, comparison);
        String first = comparison.first().text();
        String second = comparison.second().text();
        return new Shown(
                comparison.id(),
                content(comparison),
                comparison.prompt().messages(),
                swapped ? second : first,
                swapped ? first : second);
    }

    /**
     * A fair coin for each comparison and labeler, the same at every showing. A repeat takes its original's: as its first
     * and second are swapped, so are the sides.
     */
    static boolean secondOnLeft(String labeler, Comparison comparison) {
        Asking.Repeat repeat = comparison.asking().repeat();
        long number = repeat == null ? comparison.id() : repeat.original();
        return Draws.uniform(0, "sides for " + labeler, number) < 0.5;
    }

    static String content(Comparison comparison) {
        List<String> texts = Stream.of(
                        comparison.first().text(), comparison.second().text())
                .sorted()
                .toList();
        return Hashes.sha256(comparison.prompt().id() + "\u0000" + String.join("\u0000", texts))
                .substring(0, 16);
    }
}

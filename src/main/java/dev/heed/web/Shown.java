package dev.heed.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.heed.feedback.Asking;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Grades;
import dev.heed.feedback.Hashes;
import dev.heed.feedback.Kind;
import dev.heed.feedback.Message;
import dev.heed.run.Draws;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A comparison as one labeler sees it: completions in an order of its own, and nothing that tells who wrote which.
 *
 * @param comparison its number
 * @param content tells this comparison from another of the same number in another home; the same for every order
 * @param left what stands first
 * @param right what stands second
 * @param more what stands after that
 * @param axes on which each is to be rated; empty where they are compared
 */
record Shown(
        long comparison,
        String content,
        List<Message> prompt,
        String left,
        String right,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> more,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> axes) {

    static Shown to(String labeler, Comparison comparison) {
        List<String> texts = comparison.texts();
        List<String> inOrder =
                order(labeler, comparison).stream().map(texts::get).toList();
        return new Shown(
                comparison.id(),
                content(comparison),
                comparison.prompt().messages(),
                inOrder.get(0),
                inOrder.get(1),
                inOrder.subList(2, inOrder.size()),
                comparison.axes());
    }

    /**
     * Places of the completions as they stand on the page: drawn for each comparison and labeler, the same at every showing.
     * Of a repeat of two, its original's: as its first and second are swapped, so are the sides. Of a repeat of more, another
     * one than its original's.
     */
    static List<Integer> order(String labeler, Comparison comparison) {
        int count = comparison.form().completions();
        Asking.Repeat repeat = comparison.asking().repeat();
        long number = repeat == null ? comparison.id() : repeat.original();
        if (count == 2) {
            return Draws.uniform(0, "sides for " + labeler, number) < 0.5 ? List.of(1, 0) : List.of(0, 1);
        }
        String purpose = "order for " + labeler;
        if (repeat == null) {
            return order(count, purpose, number);
        }
        List<Integer> before =
                order(count, purpose, number).stream().map(Shown::swapped).toList();
        List<Integer> again = order(count, purpose, comparison.id());
        while (again.equals(before)) {
            purpose += " again";
            again = order(count, purpose, comparison.id());
        }
        return again;
    }

    private static List<Integer> order(int count, String purpose, long number) {
        return Arrays.stream(Draws.permutation(count, 0, purpose, number))
                .boxed()
                .toList();
    }

    /** The place in a repeat of what has this place in its original: first and second are swapped. */
    private static int swapped(int place) {
        return place < 2 ? 1 - place : place;
    }

    /**
     * What was said to the completions, from the page's order into the comparison's own.
     *
     * @param ranks of each, as they stood; null where there are none
     * @param ratings of each, as they stood, by axis; null where there are none
     * @return null for a pair
     */
    static @Nullable Grades grades(
            String labeler,
            Comparison comparison,
            @Nullable List<Integer> ranks,
            @Nullable Map<String, List<Integer>> ratings) {
        if (comparison.kind() == Kind.PAIR && ranks == null && ratings == null) {
            return null;
        }
        List<Integer> order = order(labeler, comparison);
        return new Grades(
                order,
                ranks == null ? List.of() : unshuffled(ranks, order),
                ratings == null
                        ? Map.of()
                        : ratings.entrySet().stream()
                                .collect(Collectors.toMap(
                                        Map.Entry::getKey, axis -> unshuffled(axis.getValue(), order))));
    }

    private static List<Integer> unshuffled(List<Integer> asShown, List<Integer> order) {
        if (asShown.size() != order.size() || asShown.contains(null)) {
            throw new IllegalArgumentException(
                    "one number for each of %d completions, was %s".formatted(order.size(), asShown));
        }
        return IntStream.range(0, order.size())
                .mapToObj(place -> asShown.get(order.indexOf(place)))
                .toList();
    }

    static String content(Comparison comparison) {
        List<String> texts = comparison.texts().stream().sorted().toList();
        return Hashes.sha256(comparison.prompt().id() + "\u0000" + String.join("\u0000", texts))
                .substring(0, 16);
    }
}

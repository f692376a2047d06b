package dev.heed.feedback;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was said to each completion of a comparison that asks for more than which of two is better, in the comparison's own
 * order, whatever the order on the page.
 *
 * @param shown completions as they stood on the page: its first number is the place, from 0, of the one that stood first
 * @param ranks of each completion, from 1, the best; equal ranks are a tie, and no rank is left out; empty where there is
 *     no order: one skipped, none acceptable, or a rating
 * @param ratings of each completion, by axis, from 1 to 7; empty where there are none
 */
public record Grades(
        List<Integer> shown,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Integer> ranks,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, List<Integer>> ratings) {
    /** The best rating; 1 is the worst. */
    public static final int HIGHEST = 7;

    @SuppressWarnings("ConstantValue") // what is empty is not written
    public Grades {
        shown = List.copyOf(shown);
        ranks = ranks == null ? List.of() : List.copyOf(ranks);
        ratings = ratings == null ? Map.of() : copy(ratings);
        int count = shown.size();
        if (shown.stream().anyMatch(place -> place < 0 || place >= count) || new HashSet<>(shown).size() < count) {
            throw new IllegalArgumentException(
                    "shown must be each number from 0 to %d once, was %s".formatted(count - 1, shown));
        }
        if (!ranks.isEmpty() && (ranks.size() != count || outside(ranks, count))) {
            throw new IllegalArgumentException("a ranking of %d completions has %d ranks from 1 to %d, was %s"
                    .formatted(count, count, count, ranks));
        }
        ranks = dense(ranks);
        ratings.forEach((axis, given) -> {
            if (given.size() != count || outside(given, HIGHEST)) {
                throw new IllegalArgumentException(
                        "a rating of %d completions has %d numbers from 1 to %d, was %s for %s"
                                .formatted(count, count, HIGHEST, given, axis));
            }
        });
    }

    /** Nothing but how they stood on the page: skipped, or none is acceptable. */
    public static Grades none(List<Integer> shown) {
        return new Grades(shown, List.of(), Map.of());
    }

    private static Map<String, List<Integer>> copy(Map<String, List<Integer>> ratings) {
        Map<String, List<Integer>> copy = new LinkedHashMap<>();
        ratings.forEach((axis, given) -> copy.put(axis, List.copyOf(given)));
        return Collections.unmodifiableMap(copy);
    }

    private static boolean outside(List<Integer> numbers, int most) {
        return numbers.stream().anyMatch(number -> number < 1 || number > most);
    }

    /** The same order without gaps, so that one order is always the same numbers. */
    private static List<Integer> dense(List<Integer> ranks) {
        List<Integer> steps = ranks.stream().distinct().sorted().toList();
        return ranks.stream().map(rank -> steps.indexOf(rank) + 1).toList();
    }

    /** 1 where one completion is ranked above another, −1 where below, 0 where they are a tie or nothing is ranked. */
    public int above(int one, int other) {
        return ranks.isEmpty() ? 0 : Integer.signum(ranks.get(other) - ranks.get(one));
    }

    /** Whether one completion stood before another on the page. */
    public boolean showedBefore(int one, int other) {
        return shown.indexOf(one) < shown.indexOf(other);
    }
}

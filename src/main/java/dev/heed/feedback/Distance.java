package dev.heed.feedback;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/** How far two judgements of one comparison lie apart. */
final class Distance {
    /** Of two who order by lot: half of what they order is opposed. */
    static final double OF_ORDERS_BY_CHANCE = 1 / 2.0;

    /** Of two who draw from 1 to n each: (n² − 1) / 3n. */
    static final double OF_RATINGS_BY_CHANCE = (Grades.HIGHEST * Grades.HIGHEST - 1) / (3.0 * Grades.HIGHEST);

    private Distance() {}

    /**
     * The share of every two completions that they put in opposite orders (Kendall 1938). A tie opposes nothing.
     *
     * @return in [0, 1]; of a pair, 0 or 1
     */
    static double ofOrders(Form form, Judgement one, Judgement other) {
        int count = form.completions();
        int opposed = 0;
        for (int i = 0; i < count; i++) {
            for (int j = i + 1; j < count; j++) {
                opposed += one.above(i, j) * other.above(i, j) < 0 ? 1 : 0;
            }
        }
        return opposed / (count * (count - 1) / 2.0);
    }

    /** The mean absolute difference of their ratings, in points, on the axis on which that is greatest. */
    static double ofRatings(Form form, Judgement one, Judgement other) {
        Map<String, List<Integer>> ratings = ratings(one);
        Map<String, List<Integer>> others = ratings(other);
        return form.axes().stream()
                .mapToDouble(axis ->
                        meanOf(Objects.requireNonNull(ratings.get(axis)), Objects.requireNonNull(others.get(axis))))
                .max()
                .orElse(0);
    }

    private static Map<String, List<Integer>> ratings(Judgement of) {
        return Objects.requireNonNull(of.grades()).ratings();
    }

    private static double meanOf(List<Integer> ratings, List<Integer> others) {
        return IntStream.range(0, ratings.size())
                .map(i -> Math.abs(ratings.get(i) - others.get(i)))
                .average()
                .orElse(0);
    }
}

package dev.heed.quality;

import dev.heed.feedback.Grades;
import dev.heed.feedback.Preference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * How labelers rate on one axis, and how far they rate the same.
 *
 * @param ratings of completions, by all labelers
 * @param mean of those ratings, from 1 to 7
 * @param alpha Krippendorff's, of grades in an order, over the completions that two or more rated; the interval by drawing
 *     comparisons, with all their completions
 */
public record AxisAgreement(String axis, long ratings, double mean, Figure alpha) {
    private static final int HIGHEST = 7;
    private static final double[] VALUES =
            IntStream.rangeClosed(1, HIGHEST).asDoubleStream().toArray();

    /** What was said to one comparison on one axis: of each labeler, the ratings of its completions. */
    private record Said(List<List<Integer>> byLabeler) {
        IntStream ratings() {
            return byLabeler.stream().flatMap(List::stream).mapToInt(Integer::intValue);
        }

        /** Ordered pairs of ratings of one completion, each weighing 1 / (its ratings − 1). */
        double[][] coincidences() {
            double[][] pairs = new double[HIGHEST][HIGHEST];
            double weight = 1.0 / (byLabeler.size() - 1);
            for (int one = 0; one < byLabeler.size(); one++) {
                for (int other = 0; other < byLabeler.size(); other++) {
                    for (int c = 0; one != other && c < byLabeler.get(one).size(); c++) {
                        pairs[byLabeler.get(one).get(c) - 1][
                                byLabeler.get(other).get(c) - 1] += weight;
                    }
                }
            }
            return pairs;
        }
    }

    /** Of each axis that anybody rated on, by name. */
    static List<AxisAgreement> of(List<Preference> preferences, Bootstrap bootstrap) {
        Map<String, Map<Long, Said>> axes = new TreeMap<>();
        for (Preference preference : preferences) {
            Grades grades = preference.grades();
            if (grades != null) {
                grades.ratings().forEach((axis, given) -> axes.computeIfAbsent(axis, first -> new LinkedHashMap<>())
                        .computeIfAbsent(preference.comparison(), first -> new Said(new ArrayList<>()))
                        .byLabeler()
                        .add(given));
            }
        }
        List<AxisAgreement> agreements = new ArrayList<>();
        axes.forEach((axis, said) -> agreements.add(of(axis, List.copyOf(said.values()), bootstrap)));
        return List.copyOf(agreements);
    }

    private static AxisAgreement of(String axis, List<Said> said, Bootstrap bootstrap) {
        int[] ratings = said.stream().flatMapToInt(Said::ratings).toArray();
        return new AxisAgreement(
                axis,
                ratings.length,
                IntStream.of(ratings).average().orElseThrow(),
                alpha(said.stream().filter(one -> one.byLabeler().size() > 1).toList(), bootstrap));
    }

    private static Figure alpha(List<Said> shared, Bootstrap bootstrap) {
        int n = shared.size();
        if (n < Agreed.FEWEST) {
            return Figure.undefined(n, Agreed.tooFew(n, "two or more labelers"));
        }
        boolean oneRatingOnly =
                shared.stream().flatMapToInt(Said::ratings).distinct().count() == 1;
        List<double[][]> coincidences = shared.stream().map(Said::coincidences).toList();
        return Figure.beyondChance(
                n,
                oneRatingOnly // of which Krippendorff's convention makes 1
                        ? Interval.NONE
                        : bootstrap.of(
                                n,
                                drawn -> Agreement.alpha(VALUES, sum(coincidences, drawn), Agreement.Level.ORDINAL)));
    }

    private static double[][] sum(List<double[][]> matrices, int[] drawn) {
        double[][] sum = new double[HIGHEST][HIGHEST];
        for (int at : drawn) {
            double[][] matrix = matrices.get(at);
            for (int i = 0; i < HIGHEST; i++) {
                for (int j = 0; j < HIGHEST; j++) {
                    sum[i][j] += matrix[i][j];
                }
            }
        }
        return sum;
    }
}

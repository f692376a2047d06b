package dev.heed.quality;

import java.util.Arrays;
import java.util.Locale;

/**
 * How far labelers say the same. Ratings are [labelers][comparisons], NaN where a labeler was not asked; comparisons with
 * fewer than two ratings count nowhere.
 */
public final class Agreement {
    private Agreement() {}

    /** What the numbers of a rating mean: how far apart two of them are. */
    public enum Level {
        /** Names: equal or not. */
        NOMINAL,
        /** Grades in an order, such as strengths of preference. */
        ORDINAL,
        /** Differences mean something. */
        INTERVAL,
        /** Ratios mean something. */
        RATIO;

        /** Squared distance of the values at i and j; counts and values ascend together. */
        private double distance(double[] values, double[] counts, int i, int j) {
            double difference = values[i] - values[j];
            return switch (this) {
                case NOMINAL -> i == j ? 0 : 1;
                case ORDINAL -> square(between(counts, Math.min(i, j), Math.max(i, j)));
                case INTERVAL -> square(difference);
                case RATIO -> i == j ? 0 : square(difference / (values[i] + values[j]));
            };
        }

        private void expect(double[] values) {
            double least = this == RATIO ? 0 : -Double.MAX_VALUE;
            for (double value : values) {
                if (value < least || value > Double.MAX_VALUE) {
                    throw new IllegalArgumentException("%s ratings must be finite%s, was %s"
                            .formatted(name().toLowerCase(Locale.ROOT), this == RATIO ? " and at least 0" : "", value));
                }
            }
        }

        private static double between(double[] counts, int i, int j) {
            return Arrays.stream(counts, i, j + 1).sum() - (counts[i] + counts[j]) / 2;
        }

        private static double square(double x) {
            return x * x;
        }
    }

    /** Share of equal ratings among all pairs of ratings of one comparison; NaN without such a pair. */
    public static double percent(double[][] ratings) {
        double[] values = values(ratings);
        double[][] pairs = coincidences(ratings, values, false);
        double equal = 0;
        double all = 0;
        for (int i = 0; i < values.length; i++) {
            equal += pairs[i][i];
            all += Arrays.stream(pairs[i]).sum();
        }
        return equal / all;
    }

    /**
     * Krippendorff's alpha: 1 where all agree, 0 where they agree as by chance. Any number of labelers, gaps allowed. Source:
     * Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability".
     *
     * @return NaN without two ratings of one comparison; 1 where only one value was ever given
     * @throws IllegalArgumentException if a rating is infinite, or negative where ratios mean something
     */
    public static double krippendorff(double[][] ratings, Level level) {
        double[] values = values(ratings);
        level.expect(values);
        return alpha(values, coincidences(ratings, values, true), level);
    }

    /**
     * The same from coincidences.
     *
     * @param values ascending
     * @param pairs (values, values), symmetric: ordered pairs of values given to one comparison, those of a comparison with m
     *     ratings weighing 1 / (m − 1)
     */
    static double alpha(double[] values, double[][] pairs, Level level) {
        double[] counts = Arrays.stream(pairs)
                .mapToDouble(row -> Arrays.stream(row).sum())
                .toArray();
        double all = Arrays.stream(counts).sum();
        double observed = 0;
        double expected = 0;
        for (int i = 0; i < values.length; i++) {
            for (int j = 0; j < values.length; j++) {
                double distance = level.distance(values, counts, i, j);
                observed += pairs[i][j] * distance;
                expected += counts[i] * counts[j] * distance;
            }
        }
        if (all == 0) {
            return Double.NaN;
        }
        return expected == 0 ? 1 : 1 - (all - 1) * observed / expected;
    }

    /**
     * The same with its interval. Deviation 1: comparisons are drawn, where Hayes and Krippendorff 2007 draw pairs of ratings.
     */
    public static Interval krippendorff(double[][] ratings, Level level, Bootstrap bootstrap) {
        return bootstrap.of(
                comparisons(ratings),
                drawn -> krippendorff(
                        Arrays.stream(ratings)
                                .map(row -> Arrays.stream(drawn)
                                        .mapToDouble(c -> row[c])
                                        .toArray())
                                .toArray(double[][]::new),
                        level));
    }

    private static double[] values(double[][] ratings) {
        return Arrays.stream(ratings)
                .flatMapToDouble(Arrays::stream)
                .filter(r -> !Double.isNaN(r))
                .distinct()
                .sorted()
                .toArray();
    }

    private static int comparisons(double[][] ratings) {
        int[] lengths =
                Arrays.stream(ratings).mapToInt(r -> r.length).distinct().toArray();
        if (lengths.length > 1) {
            throw new IllegalArgumentException(
                    "each labeler has one rating per comparison, NaN where there is none: got %d for one, %d for another"
                            .formatted(lengths[0], lengths[1]));
        }
        return lengths.length == 0 ? 0 : lengths[0];
    }

    /** Ordered pairs of values given to one comparison; shared: each comparison's pairs weigh 1 / (its ratings − 1). */
    private static double[][] coincidences(double[][] ratings, double[] values, boolean shared) {
        double[][] pairs = new double[values.length][values.length];
        for (int c = 0; c < comparisons(ratings); c++) {
            int comparison = c;
            int[] given = Arrays.stream(ratings)
                    .mapToDouble(row -> row[comparison])
                    .filter(r -> !Double.isNaN(r))
                    .mapToInt(r -> Arrays.binarySearch(values, r))
                    .toArray();
            double weight = shared ? 1.0 / (given.length - 1) : 1;
            for (int i = 0; i < given.length; i++) {
                for (int j = 0; j < given.length; j++) {
                    pairs[given[i]][given[j]] += i == j ? 0 : weight;
                }
            }
        }
        return pairs;
    }
}

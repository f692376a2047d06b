package dev.heed.eval;

import java.util.Arrays;

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
     */
    public static double krippendorff(double[][] ratings, Level level) {
        double[] values = values(ratings);
        double[][] pairs = coincidences(ratings, values, true);
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
     * Cohen's kappa of two labelers who rated the same comparisons, unweighted. Source: Cohen 1960.
     *
     * @return NaN where both only ever gave the same one answer
     */
    public static double cohen(int[] a, int[] b) {
        if (a.length != b.length) {
            throw new IllegalArgumentException(
                    "both rate the same comparisons: got %d, %d".formatted(a.length, b.length));
        }
        int[] values = Arrays.stream(new int[][] {a, b})
                .flatMapToInt(Arrays::stream)
                .distinct()
                .toArray();
        double n = a.length;
        double observed = 0;
        for (int i = 0; i < a.length; i++) {
            observed += a[i] == b[i] ? 1 / n : 0;
        }
        double chance = 0;
        for (int value : values) {
            chance += share(a, value) * share(b, value);
        }
        return (observed - chance) / (1 - chance);
    }

    private static double share(int[] ratings, int value) {
        return Arrays.stream(ratings).filter(r -> r == value).count() / (double) ratings.length;
    }

    private static double[] values(double[][] ratings) {
        return Arrays.stream(ratings)
                .flatMapToDouble(Arrays::stream)
                .filter(r -> !Double.isNaN(r))
                .distinct()
                .sorted()
                .toArray();
    }

    /** Ordered pairs of values given to one comparison; shared: each comparison's pairs weigh 1 / (its ratings − 1). */
    private static double[][] coincidences(double[][] ratings, double[] values, boolean shared) {
        double[][] pairs = new double[values.length][values.length];
        int comparisons = Arrays.stream(ratings).mapToInt(r -> r.length).max().orElse(0);
        for (int c = 0; c < comparisons; c++) {
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

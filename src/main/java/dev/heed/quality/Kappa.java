package dev.heed.quality;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How far labelers who all rated the same say the same, beyond chance: 1 where all agree, 0 where they agree as by chance.
 * For gaps, and for any number of labelers, see {@link Agreement#krippendorff}.
 */
public final class Kappa {
    private Kappa() {}

    /** What a disagreement weighs. */
    public enum Weight {
        /** Any as much as any other. */
        EQUAL,
        /** As far apart as the two grades are. */
        LINEAR,
        /** The square of that. */
        QUADRATIC;

        private double of(int a, int b) {
            double apart = Math.abs((double) a - b);
            return switch (this) {
                case EQUAL -> a == b ? 0 : 1;
                case LINEAR -> apart;
                case QUADRATIC -> apart * apart;
            };
        }
    }

    /**
     * Cohen's kappa of two labelers. Source: Cohen 1960; weighted, Cohen 1968.
     *
     * @param a a grade for each comparison; the numbers themselves are what a weight measures, gaps between them included
     * @param b the other labeler's, of the same comparisons
     * @return at most 1; NaN where both only ever gave the same one answer
     */
    public static double cohen(int[] a, int[] b, Weight weight) {
        if (a.length != b.length || a.length == 0) {
            throw new IllegalArgumentException(
                    "both rate the same comparisons, at least 1: got %d, %d".formatted(a.length, b.length));
        }
        double observed = IntStream.range(0, a.length)
                .mapToDouble(i -> weight.of(a[i], b[i]))
                .average()
                .orElseThrow();
        double chance = 0;
        for (int ours : values(a)) {
            for (int theirs : values(b)) {
                chance += share(a, ours) * share(b, theirs) * weight.of(ours, theirs);
            }
        }
        return 1 - observed / chance; // 0 / 0 where nothing could disagree
    }

    private static int[] values(int[] ratings) {
        return Arrays.stream(ratings).distinct().toArray();
    }

    private static double share(int[] ratings, int value) {
        return Arrays.stream(ratings).filter(r -> r == value).count() / (double) ratings.length;
    }

    /**
     * Fleiss' kappa of any number of labelers, who need not be the same for each comparison. Source: Fleiss 1971.
     *
     * @param counts (comparisons, answers): how many gave that answer; each comparison has equally many labelers, at least 2
     * @return at most 1; NaN where all only ever gave the same one answer
     */
    public static double fleiss(int[][] counts) {
        int labelers = expectEqualTotals(counts);
        double pairs = labelers * (labelers - 1.0);
        double observed = Arrays.stream(counts)
                .mapToDouble(row ->
                        Arrays.stream(row).mapToDouble(n -> n * (n - 1.0)).sum() / pairs)
                .average()
                .orElseThrow();
        double chance = 0;
        for (int answer = 0; answer < counts[0].length; answer++) {
            int column = answer;
            double given = Arrays.stream(counts).mapToDouble(row -> row[column]).sum();
            double share = given / labelers / counts.length;
            chance += share * share;
        }
        return chance == 1 ? Double.NaN : (observed - chance) / (1 - chance);
    }

    private static int expectEqualTotals(int[][] counts) {
        Finite.expectAtLeast(1, "comparisons", counts.length);
        int labelers = Arrays.stream(counts[0]).sum();
        Finite.expectAtLeast(2, "labelers", labelers);
        for (int[] row : counts) {
            if (row.length != counts[0].length
                    || Arrays.stream(row).sum() != labelers
                    || Arrays.stream(row).anyMatch(n -> n < 0)) {
                throw new IllegalArgumentException(
                        "each comparison has %d counts from 0 that sum to %d labelers: got %s"
                                .formatted(counts[0].length, labelers, Arrays.toString(row)));
            }
        }
        return labelers;
    }
}

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
        int[] grades = IntStream.concat(Arrays.stream(a), Arrays.stream(b))
                .distinct()
                .sorted()
                .toArray();
        double[][] table = new double[grades.length][grades.length];
        for (int i = 0; i < a.length; i++) {
            table[Arrays.binarySearch(grades, a[i])][Arrays.binarySearch(grades, b[i])]++;
        }
        return cohen(table, grades, weight);
    }

    /**
     * The same from how often the two gave which grades.
     *
     * @param table (grades of the one, grades of the other)
     * @return NaN where both only ever gave the same one answer, or none
     */
    static double cohen(double[][] table, int[] grades, Weight weight) {
        double[] ours = new double[grades.length];
        double[] theirs = new double[grades.length];
        double all = 0;
        for (int i = 0; i < grades.length; i++) {
            for (int j = 0; j < grades.length; j++) {
                ours[i] += table[i][j];
                theirs[j] += table[i][j];
                all += table[i][j];
            }
        }
        double observed = 0;
        double chance = 0;
        for (int i = 0; i < grades.length; i++) {
            for (int j = 0; j < grades.length; j++) {
                double apart = weight.of(grades[i], grades[j]);
                observed += table[i][j] * apart;
                chance += ours[i] * theirs[j] / all * apart;
            }
        }
        return 1 - observed / chance; // 0 / 0 where nothing could disagree
    }

    /**
     * Fleiss' kappa of any number of labelers, who need not be the same for each comparison. Source: Fleiss 1971.
     *
     * @param counts (comparisons, answers): how many gave that answer; each comparison has equally many labelers, at least 2
     * @return at most 1; NaN where all only ever gave the same one answer
     */
    public static double fleiss(int[][] counts) {
        int labelers = expectEqualTotals(counts);
        int[] once = new int[counts.length];
        Arrays.fill(once, 1);
        return fleiss(counts, once, labelers);
    }

    /**
     * The same of comparisons many of which are alike.
     *
     * @param times how many comparisons have each row of counts
     * @param labelers the sum of each row
     */
    static double fleiss(int[][] counts, int[] times, int labelers) {
        double comparisons = Arrays.stream(times).asLongStream().sum();
        double equal = 0;
        double[] given = new double[counts[0].length];
        for (int i = 0; i < counts.length; i++) {
            for (int answer = 0; answer < given.length; answer++) {
                equal += (double) times[i] * counts[i][answer] * (counts[i][answer] - 1);
                given[answer] += (double) times[i] * counts[i][answer];
            }
        }
        double observed = equal / (labelers * (labelers - 1.0)) / comparisons;
        double chance = Arrays.stream(given)
                .map(g -> g / labelers / comparisons)
                .map(share -> share * share)
                .sum();
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

package dev.heed.quality;

import java.util.HashMap;
import java.util.Map;

/**
 * How much of each comparison is as it should be: a ranking is every two of its completions, but one comparison, as these
 * depend on each other.
 */
final class Shares {
    private final Map<Long, int[]> counts = new HashMap<>(); // of a comparison, how many are, and of how many

    void add(long comparison, boolean is) {
        int[] counted = counts.computeIfAbsent(comparison, first -> new int[2]);
        counted[0] += is ? 1 : 0;
        counted[1]++;
    }

    /** The mean over comparisons. */
    Figure figure(String whyNone) {
        double sum = counts.values().stream()
                .mapToDouble(counted -> (double) counted[0] / counted[1])
                .sum();
        return Figure.share(sum, counts.size(), whyNone);
    }
}

package dev.heed.db;

import java.util.Map;

/**
 * How far the labeling is.
 *
 * @param comparisons all that were ever stored
 * @param answered of these, how many have at least one current answer other than SKIP
 * @param preferences current ones, SKIP and BOTH_BAD included
 * @param latestRound 0 before the first
 * @param byLabeler current preferences of each labeler, SKIP included, by name
 */
public record Tally(
        long prompts, long comparisons, long answered, long preferences, int latestRound, Map<String, Long> byLabeler) {
    public Tally {
        byLabeler = Map.copyOf(byLabeler);
    }

    /** Comparisons that nobody has answered. */
    public long unanswered() {
        return comparisons - answered;
    }

    /** How many comparisons this labeler has answered or skipped. */
    public long of(String labeler) {
        return byLabeler.getOrDefault(labeler, 0L);
    }
}

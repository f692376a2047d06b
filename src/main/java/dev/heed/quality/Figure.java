package dev.heed.quality;

import org.jspecify.annotations.Nullable;

/**
 * A measured number, or why there is none.
 *
 * @param n how many things it was measured on
 * @param interval the estimate and its 95 % interval; null where it is undefined
 * @param undefined a sentence that says why; empty where it is defined
 */
public record Figure(long n, @Nullable Interval interval, String undefined) {
    static Figure of(long n, Interval interval) {
        return new Figure(n, interval, "");
    }

    static Figure undefined(long n, String why) {
        return new Figure(n, null, why);
    }

    /** A share with Wilson's interval. What succeeds in part counts in part: the interval is then wider than it need be. */
    static Figure share(double successes, long trials, String whyNone) {
        return trials == 0 ? undefined(0, whyNone) : of(trials, Interval.wilson(successes, trials));
    }

    /**
     * The mean of numbers from 0 to {@code most}, with the interval of a share of it, which is none too narrow: no such
     * numbers scatter more than those that are 0 or {@code most}.
     */
    static Figure mean(double sum, long n, double most, String whyNone) {
        Interval share = Interval.wilson(sum / most, n);
        return n == 0
                ? undefined(0, whyNone)
                : of(n, new Interval(most * share.mean(), most * share.low(), most * share.high()));
    }

    /**
     * A share with the interval of a bootstrap; where it is 0 or 1, which every resample repeats, with Wilson's.
     *
     * @param n how many things are drawn
     */
    static Figure drawnShare(long n, Interval share) {
        boolean extreme = share.mean() == 0 || share.mean() == 1;
        return extreme ? share(n * share.mean(), n, "") : of(n, share);
    }

    /** A number beyond chance: where it is NaN, nothing tells agreement from chance. */
    static Figure beyondChance(long n, Interval interval) {
        return interval.known()
                ? of(n, interval)
                : undefined(
                        n,
                        "all answers to %d comparisons are the same, so nothing tells agreement from chance"
                                .formatted(n));
    }

    /** Whether the whole interval is above a value. */
    boolean above(double value) {
        return interval != null && interval.low() > value;
    }

    /** Whether the whole interval is below a value. */
    boolean below(double value) {
        return interval != null && interval.high() < value;
    }

    /** As people read it: a share in per cent, or the reason why there is none. */
    String percent() {
        return interval == null
                ? undefined
                : "%.0f %% (%.0f–%.0f)".formatted(100 * interval.mean(), 100 * interval.low(), 100 * interval.high());
    }
}

package dev.heed.quality;

/**
 * An estimate and its 95 % interval.
 *
 * @param mean the estimate from the sample as it is; NaN where there was nothing to measure
 * @param low lower bound
 * @param high upper bound
 */
public record Interval(double mean, double low, double high) {
    /** Nothing was measured: all three are NaN. */
    public static final Interval NONE = exact(Double.NaN);

    /** The normal quantile of a two-sided 95 % interval. */
    private static final double Z = 1.959963984540054;

    /** A number that is known, not estimated: the interval has no width. */
    public static Interval exact(double value) {
        return new Interval(value, value, value);
    }

    /**
     * Wilson's score interval of a share, clipped to [0, 1]; {@link #NONE} without trials. Source: Wilson 1927. For
     * independent trials only: several completions of one prompt are not, use {@link Bootstrap}.
     */
    public static Interval wilson(long successes, long trials) {
        return wilson((double) successes, trials);
    }

    /** The same of what succeeds in part: {@code successes} is the sum. The interval is then wider than it need be. */
    public static Interval wilson(double successes, long trials) {
        return wilson(successes, trials, Z);
    }

    /**
     * The same with another coverage than 95 %.
     *
     * @param z the normal quantile of the interval's upper end, above 0: 1.645 for 90 %
     */
    public static Interval wilson(double successes, long trials, double z) {
        if (!(z > 0 && z < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("z must be above 0 and finite, was " + z);
        }
        if (!(successes >= 0 && successes <= trials)) {
            throw new IllegalArgumentException("successes must be from 0 to %d, was %s".formatted(trials, successes));
        }
        if (trials == 0) {
            return NONE;
        }
        double share = successes / trials;
        double shrink = 1 + z * z / trials;
        double centre = (share + z * z / (2 * trials)) / shrink;
        double half = z / shrink * Math.sqrt(share * (1 - share) / trials + z * z / (4.0 * trials * trials));
        return new Interval(share, Math.max(0, centre - half), Math.min(1, centre + half));
    }

    /** Whether a value lies in it, its ends included. */
    public boolean contains(double value) {
        return value >= low && value <= high;
    }

    /** Whether anything was measured; a method that is no property in JSON. */
    public boolean known() {
        return !Double.isNaN(mean);
    }
}

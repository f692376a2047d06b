package dev.heed.train;

/**
 * Shares of probability ratios that clipping kept from moving farther: below the range where the advantage is negative,
 * above it where it is positive. A ratio beyond the range on the other side still earns, and is not counted.
 */
final class ClipRatios {
    private double low;
    private double high;
    private long count;
    private double lowMin = Double.POSITIVE_INFINITY;
    private double highMax = Double.NEGATIVE_INFINITY;

    /** Where a ratio may move and still earn. */
    record Range(double low, double high) {
        static final Range ALL = new Range(0, Double.POSITIVE_INFINITY);
    }

    /** @param ratios of a completion's tokens, or its only one; none: it is not counted */
    void add(double[] ratios, double advantage, Range range) {
        if (ratios.length == 0) {
            return;
        }
        int below = 0;
        int above = 0;
        for (double ratio : ratios) {
            below += ratio < range.low && advantage < 0 ? 1 : 0;
            above += ratio > range.high && advantage > 0 ? 1 : 0;
        }
        low += below;
        high += above;
        count += ratios.length;
        lowMin = Math.min(lowMin, (double) below / ratios.length);
        highMax = Math.max(highMax, (double) above / ratios.length);
    }

    double lowMean() {
        return count == 0 ? 0 : low / count;
    }

    double highMean() {
        return count == 0 ? 0 : high / count;
    }

    double regionMean() {
        return lowMean() + highMean();
    }

    /** Of the completion that has least. */
    double lowMin() {
        return count == 0 ? 0 : lowMin;
    }

    /** Of the completion that has most. */
    double highMax() {
        return count == 0 ? 0 : highMax;
    }
}

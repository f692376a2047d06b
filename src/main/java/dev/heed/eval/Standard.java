package dev.heed.eval;

import dev.heed.quality.Interval;
import java.util.Arrays;

/**
 * A yardstick: scores in standard deviations above a reference's mean, so that scores of different judges fit one plot.
 *
 * @param deviation of single scores, above 0
 */
public record Standard(double mean, double deviation) {
    /** The yardstick under which these scores have mean 0 and (biased) deviation 1. */
    public static Standard of(double[] scores) {
        double mean = Arrays.stream(scores).average().orElseThrow();
        double variance = Arrays.stream(scores)
                .map(s -> (s - mean) * (s - mean))
                .average()
                .orElseThrow();
        return new Standard(mean, variance > 0 ? Math.sqrt(variance) : 1);
    }

    public double measure(double score) {
        return (score - mean) / deviation;
    }

    public Interval measure(Interval score) {
        return new Interval(measure(score.mean()), measure(score.low()), measure(score.high()));
    }
}

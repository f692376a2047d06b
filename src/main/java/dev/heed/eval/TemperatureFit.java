package dev.heed.eval;

import java.util.Arrays;
import java.util.List;

/**
 * The one number that scores are divided by so that their softmax says how often they are right: the temperature of least
 * negative log-likelihood. Source: Guo et al. 2017, arXiv:1706.04599, section 4.2. Fitted in its inverse, in which the loss is
 * convex, by halving the interval in which its slope changes sign.
 */
public final class TemperatureFit {
    /** Bounds of the temperature: reached where every answer is right, or the scores say nothing. */
    public static final double LEAST = 0.05;

    public static final double MOST = 20;
    private static final int HALVINGS = 100;

    private TemperatureFit() {}

    /**
     * Fits.
     *
     * @param scores of each question's options, nats; at least one question
     * @param right each question's right option
     * @return from 0.05 to 20; above 1 where the scores are too sure
     */
    public static double of(List<double[]> scores, int[] right) {
        if (scores.isEmpty() || scores.size() != right.length) {
            throw new IllegalArgumentException("one right option a question and at least one question: got %d, %d"
                    .formatted(scores.size(), right.length));
        }
        double low = Math.log(1 / MOST);
        double high = Math.log(1 / LEAST);
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (slope(scores, right, Math.exp(middle)) > 0) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return Math.exp(-(low + high) / 2);
    }

    /** Of the loss in the inverse temperature: what the softmax expects of the scores, less what the right ones have. */
    private static double slope(List<double[]> scores, int[] right, double inverse) {
        double slope = 0;
        for (int q = 0; q < right.length; q++) {
            double[] p = softmax(scores.get(q), 1 / inverse);
            for (int i = 0; i < p.length; i++) {
                slope += p[i] * scores.get(q)[i];
            }
            slope -= scores.get(q)[right[q]];
        }
        return slope;
    }

    /** Probabilities that add up to 1. */
    public static double[] softmax(double[] scores, double temperature) {
        double most = Arrays.stream(scores).max().orElseThrow();
        double[] p = new double[scores.length];
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            p[i] = Math.exp((scores[i] - most) / temperature);
            sum += p[i];
        }
        for (int i = 0; i < p.length; i++) {
            p[i] /= sum;
        }
        return p;
    }
}

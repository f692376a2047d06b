package dev.heed.eval;

import dev.heed.quality.Finite;
import java.util.Arrays;

/**
 * How the true score R rises and then falls with the distance d = √KL from where a policy began, while it is optimised against
 * a model of that score. R is measured above the start's: R(0) = 0. Fitted by least squares. Source: Gao et al. 2022,
 * arXiv:2210.10760, eq. 1 and 2. Deviation 1: points are not weighted by their errors.
 *
 * @param alpha how much the first bit of distance buys, score per √nat
 * @param beta how fast that wears off; 0 or below where it does not
 */
public record OverOptimization(Form form, double alpha, double beta) {
    /** How the policy was optimised. */
    public enum Form {
        /** The best of n: R = d (α − β d). */
        BEST_OF_N {
            @Override
            double wear(double d) {
                return d;
            }

            @Override
            double peak(double alpha, double beta) {
                return Math.max(0, alpha / (2 * beta));
            }
        },
        /** Reinforcement learning: R = d (α − β ln d). */
        RL {
            @Override
            double wear(double d) {
                return d == 0 ? 0 : Math.log(d); // d ln d is 0 at 0
            }

            @Override
            double peak(double alpha, double beta) {
                return Math.exp(alpha / beta - 1);
            }
        };

        /** What β is multiplied with. */
        abstract double wear(double d);

        /** Where R is largest, for β above 0. */
        abstract double peak(double alpha, double beta);
    }

    /**
     * @param distance √KL, √nats, at least 0; at least two different ones above 0
     * @param score at each, above that of the start
     */
    public static OverOptimization fit(Form form, double[] distance, double[] score) {
        if (distance.length != score.length) {
            throw new IllegalArgumentException(
                    "one score per distance: got %d, %d".formatted(score.length, distance.length));
        }
        Finite.expectNotNegative("distances", distance);
        Finite.expect("scores", score);
        double uu = 0;
        double uv = 0;
        double vv = 0;
        double us = 0;
        double vs = 0;
        for (int i = 0; i < score.length; i++) {
            double u = distance[i];
            double v = -distance[i] * form.wear(distance[i]);
            uu += u * u;
            uv += u * v;
            vv += v * v;
            us += u * score[i];
            vs += v * score[i];
        }
        double determinant = uu * vv - uv * uv; // 0 where one distance is all there is
        if (!(determinant > 1e-12 * uu * vv)) {
            throw new IllegalArgumentException(
                    "at least two different distances above 0 are needed, got %s".formatted(Arrays.toString(distance)));
        }
        return new OverOptimization(form, (vv * us - uv * vs) / determinant, (uu * vs - uv * us) / determinant);
    }

    /** The score above the start's that the fit expects at this distance, which is at least 0. */
    public double at(double distance) {
        return distance * (alpha - beta * form.wear(distance));
    }

    /** The distance beyond which more of it no longer helps, √nats; infinite where β is not above 0. */
    public double peak() {
        return beta > 0 ? form.peak(alpha, beta) : Double.POSITIVE_INFINITY;
    }

    /**
     * Share of the variance of scores that the fit explains, at most 1; below 0 where their mean explains more, as the curve
     * must pass through 0. NaN where the scores never change.
     */
    public double determination(double[] distance, double[] score) {
        double mean = Arrays.stream(score).average().orElse(Double.NaN);
        double unexplained = 0;
        double all = 0;
        for (int i = 0; i < score.length; i++) {
            unexplained += (score[i] - at(distance[i])) * (score[i] - at(distance[i]));
            all += (score[i] - mean) * (score[i] - mean);
        }
        return all == 0 ? Double.NaN : 1 - unexplained / all;
    }
}

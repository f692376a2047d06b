package dev.heed.rating;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Strengths of players whose answers differ in length, were they equally long: P(i beats j) = σ(θ_i − θ_j + γ x), x how much
 * longer i's answer was, as a multiple of the root mean square over all bouts. Source: Li, Angelopoulos and Chiang 2024, "Does
 * style matter?" (Chatbot Arena's style control), for length alone; a tie is half a win for both. Deviation 1: x is scaled but not
 * centred, so that swapping the sides changes nothing. Deviation 2: a ridge on γ worth one observation, as in AlpacaEval's
 * length-controlled rate: where one player's answers are always the same share longer than another's, nothing tells length from
 * strength, and the ridges decide.
 *
 * @param theta log-strength of each player, nats, their mean about 0
 * @param slope γ: what an answer longer by one root mean square gains, nats
 */
record LengthControl(double[] theta, double slope) {
    private static final double SLOPE_RIDGE = 1;

    /**
     * Bouts as columns, to be fitted many times with other weights.
     *
     * @param x (bouts), scaled
     */
    record Columns(int players, int[] first, int[] second, double[] score, double[] x) {
        static Columns of(List<Bout> bouts, int players) {
            double square = bouts.stream()
                    .mapToDouble(b -> b.longer() * b.longer())
                    .average()
                    .orElse(0);
            double scale = square > 0 ? Math.sqrt(square) : 1;
            return new Columns(
                    players,
                    bouts.stream().mapToInt(b -> b.game().first()).toArray(),
                    bouts.stream().mapToInt(b -> b.game().second()).toArray(),
                    bouts.stream().mapToDouble(b -> b.game().score()).toArray(),
                    bouts.stream().mapToDouble(b -> b.longer() / scale).toArray());
        }

        double logit(double[] at, int bout) {
            return at[first[bout]] - at[second[bout]] + at[players] * x[bout];
        }
    }

    /**
     * The fit.
     *
     * @param drawn which bouts count, each as often as it is there
     * @param l2 weight of Σ θ² / 2 beside the negative log-likelihood, above 0
     * @param start strengths and slope to begin with (players + 1)
     */
    static LengthControl fit(Columns bouts, int[] drawn, double l2, double[] start) {
        double[] weight = new double[bouts.score().length];
        for (int bout : drawn) {
            weight[bout]++;
        }
        double[] found = Newton.minimum(new Loss(bouts, weight, l2), start);
        return new LengthControl(Arrays.copyOf(found, bouts.players()), found[bouts.players()]);
    }

    /** Where a fit may begin, or begin again. */
    double[] unknowns() {
        double[] all = Arrays.copyOf(theta, theta.length + 1);
        all[theta.length] = slope;
        return all;
    }

    /** Negative log-likelihood and ridges, of the strengths and then the slope. */
    private record Loss(Columns bouts, double[] weight, double l2) implements Newton.Convex {
        private double ridge(int unknown) {
            return unknown < bouts.players() ? l2 : SLOPE_RIDGE;
        }

        @Override
        public double value(double[] at) {
            double loss = 0;
            for (int i = 0; i < at.length; i++) {
                loss += ridge(i) * at[i] * at[i] / 2;
            }
            for (int b = 0; b < weight.length; b++) {
                if (weight[b] > 0) {
                    double logit = bouts.logit(at, b);
                    loss += weight[b] * (Logistic.softplus(logit) - bouts.score()[b] * logit);
                }
            }
            return loss;
        }

        @Override
        public double[] gradient(double[] at) {
            double[] gradient = IntStream.range(0, at.length)
                    .mapToDouble(i -> ridge(i) * at[i])
                    .toArray();
            for (int b = 0; b < weight.length; b++) {
                if (weight[b] > 0) {
                    double off = weight[b] * (Logistic.sigmoid(bouts.logit(at, b)) - bouts.score()[b]);
                    gradient[bouts.first()[b]] += off;
                    gradient[bouts.second()[b]] -= off;
                    gradient[bouts.players()] += off * bouts.x()[b];
                }
            }
            return gradient;
        }

        @Override
        public double[][] curvature(double[] at) {
            double[][] curvature = new double[at.length][at.length];
            for (int i = 0; i < at.length; i++) {
                curvature[i][i] = ridge(i);
            }
            for (int b = 0; b < weight.length; b++) {
                if (weight[b] > 0) {
                    double p = Logistic.sigmoid(bouts.logit(at, b));
                    add(curvature, bouts.first()[b], bouts.second()[b], bouts.x()[b], weight[b] * p * (1 - p));
                }
            }
            return curvature;
        }

        /** The outer product of a bout's derivatives: 1 for the first, −1 for the second, x for the slope. */
        private void add(double[][] curvature, int i, int j, double x, double information) {
            int slope = bouts.players();
            curvature[i][i] += information;
            curvature[j][j] += information;
            curvature[i][j] -= information;
            curvature[j][i] -= information;
            curvature[i][slope] += information * x;
            curvature[slope][i] += information * x;
            curvature[j][slope] -= information * x;
            curvature[slope][j] -= information * x;
            curvature[slope][slope] += information * x * x;
        }
    }
}

package dev.heed.rating;

import dev.heed.quality.Bootstrap;
import dev.heed.quality.Finite;
import dev.heed.quality.Interval;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Strengths under which the games seen are most likely: P(i beats j) = σ(θ_i − θ_j). Unlike {@link Elo}'s running ratings they
 * do not depend on the order of the games. Source: Bradley and Terry 1952. Deviation 1: a tie is half a win for both, as in
 * Chatbot Arena (Chiang et al. 2024, arXiv:2403.04132); {@link Davidson} models ties. Deviation 2: a ridge on the strengths,
 * if wanted, keeps those of players who never lost finite.
 *
 * @param theta log-strength of each player, nats, their mean 0
 * @param standardErrors of each, nats: root of the diagonal of the inverse information, without a ridge of its pseudo-inverse
 * @param logLikelihood of the half-win counts, nats, without the ridge
 */
public record BradleyTerry(double[] theta, double[] standardErrors, double logLikelihood) {
    /**
     * @param players how many there are; games name them by index
     * @param l2 weight of Σ θ² / 2 beside the negative log-likelihood; 0 for none
     * @throws IllegalArgumentException if l2 is 0 and some players were never compared or never lost, not even through others
     */
    public static BradleyTerry fit(List<Game> games, int players, double l2) {
        if (!(l2 >= 0 && l2 < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("l2 must be at least 0 and finite, was " + l2);
        }
        Finite.expectAtLeast(2, "players", players);
        double[][] wins = Wins.withHalfTies(games, players);
        if (l2 == 0) {
            Wins.expectChains(wins);
        }
        Loss loss = new Loss(wins, l2, l2 == 0 ? 1.0 / players : 0);
        double[] theta = Newton.minimum(loss, new double[players]);
        double[][] inverse = Cholesky.of(loss.curvature(theta)).inverse();
        double[] errors = IntStream.range(0, players)
                .mapToDouble(i -> Math.sqrt(inverse[i][i] - loss.anchor))
                .toArray();
        return new BradleyTerry(theta, errors, -loss.ofGames(theta));
    }

    /**
     * Each player's rating with its interval; the games are drawn and the fit is made anew in each resample.
     *
     * @param l2 above 0: a resample may lack the only game that a player lost
     */
    public static List<Interval> ratings(List<Game> games, int players, double l2, Elo scale, Bootstrap bootstrap) {
        if (!(l2 > 0)) {
            throw new IllegalArgumentException(
                    "l2 must be above 0 where games are resampled, was %s: a resample may lack a player's only loss"
                            .formatted(l2));
        }
        return bootstrap.all(games.size(), drawn -> fit(
                        Arrays.stream(drawn).mapToObj(games::get).toList(), players, l2)
                .ratings(scale));
    }

    /** Strengths on the given scale, their mean the scale's. */
    public double[] ratings(Elo scale) {
        return scale.ratings(theta);
    }

    /** How probably i beats j, a tie counted as half. */
    public double beats(int i, int j) {
        return Logistic.sigmoid(theta[i] - theta[j]);
    }

    /**
     * Negative log-likelihood and ridge.
     *
     * @param anchor weight of (Σ θ)² / 2: holds the mean at 0 where games alone leave it free; its inverse in that direction
     *     is itself for 1 / players, which makes the pseudo-inverse a difference
     */
    private record Loss(double[][] wins, double l2, double anchor) implements Newton.Convex {
        double ofGames(double[] theta) {
            double loss = 0;
            for (int i = 0; i < wins.length; i++) {
                for (int j = 0; j < wins.length; j++) {
                    loss += wins[i][j] == 0 ? 0 : wins[i][j] * Logistic.softplus(theta[j] - theta[i]);
                }
            }
            return loss;
        }

        @Override
        public double value(double[] theta) {
            double sum = Arrays.stream(theta).sum();
            double squares = Arrays.stream(theta).map(t -> t * t).sum();
            return ofGames(theta) + (l2 * squares + anchor * sum * sum) / 2;
        }

        @Override
        public double[] gradient(double[] theta) {
            double sum = Arrays.stream(theta).sum();
            double[] gradient = new double[theta.length];
            for (int i = 0; i < theta.length; i++) {
                gradient[i] = l2 * theta[i] + anchor * sum;
                for (int j = 0; j < theta.length; j++) {
                    double met = wins[i][j] + wins[j][i];
                    gradient[i] += met * Logistic.sigmoid(theta[i] - theta[j]) - wins[i][j];
                }
            }
            return gradient;
        }

        @Override
        public double[][] curvature(double[] theta) {
            double[][] curvature = new double[theta.length][theta.length];
            for (int i = 0; i < theta.length; i++) {
                for (int j = 0; j < theta.length; j++) {
                    double p = Logistic.sigmoid(theta[i] - theta[j]);
                    double information = (wins[i][j] + wins[j][i]) * p * (1 - p);
                    curvature[i][i] += information;
                    curvature[i][j] += anchor - information;
                }
                curvature[i][i] += l2;
            }
            return curvature;
        }
    }
}

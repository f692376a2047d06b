package dev.heed.rating;

import dev.heed.quality.Finite;
import java.util.Arrays;
import java.util.List;

/**
 * Strengths of players between whom ties happen, the more the nearer they are: with x = exp(θ_i), y = exp(θ_j) and
 * z = ν √(xy), P(i wins) = x / (x + y + z) and P(tie) = z / (x + y + z). Fitted by maximum likelihood. Source: Davidson 1970,
 * JASA 65(329).
 *
 * @param theta log-strength of each player, nats, their mean 0
 * @param nu how readily equal players tie, at least 0: twice the odds of a tie to a decision
 * @param logLikelihood of the games, nats
 */
public record Davidson(double[] theta, double nu, double logLikelihood) {
    /**
     * @param players how many there are; games name them by index
     * @throws IllegalArgumentException if no finite strengths are the most likely: some players were never compared or never
     *     lost, not even through others, or there are too few upsets to tell ties from strengths
     */
    public static Davidson fit(List<Game> games, int players) {
        Finite.expectAtLeast(2, "players", players);
        if (games.stream().noneMatch(Game::isTie)) {
            BradleyTerry decided = BradleyTerry.fit(games, players, 0);
            return new Davidson(decided.theta(), 0, decided.logLikelihood());
        }
        Wins.expectChains(Wins.withHalfTies(games, players));
        Loss loss = Loss.of(games, players);
        loss.expectFinite();
        double[] at = Newton.minimum(loss, new double[players + 1]);
        double[] theta = Arrays.copyOf(at, players);
        return new Davidson(theta, Math.exp(at[players]), -loss.value(at));
    }

    /** How probably i beats j. */
    public double beats(int i, int j) {
        return Pair.of(theta[i], theta[j], Math.log(nu)).first();
    }

    /** How probably neither beats the other. */
    public double ties(int i, int j) {
        return Pair.of(theta[i], theta[j], Math.log(nu)).tie();
    }

    /** Chances of the three ends of a game, and the logarithm of what they were divided by. */
    private record Pair(double first, double second, double tie, double logSum) {
        static Pair of(double first, double second, double logNu) {
            double middle = logNu + (first + second) / 2;
            double most = Math.max(Math.max(first, second), middle);
            double sum = Math.exp(first - most) + Math.exp(second - most) + Math.exp(middle - most);
            double logSum = most + Math.log(sum);
            return new Pair(Math.exp(first - logSum), Math.exp(second - logSum), Math.exp(middle - logSum), logSum);
        }
    }

    /**
     * Negative log-likelihood of (θ, ln ν), in which it is convex: each game is a softmax over three linear functions. The mean
     * of θ is held at 0 by (Σ θ)² / 2n.
     *
     * @param decided wins, ties not among them
     * @param tied ties, symmetric
     */
    private record Loss(double[][] decided, double[][] tied) implements Newton.Convex {
        static Loss of(List<Game> games, int players) {
            double[][] decided = new double[players][players];
            double[][] tied = new double[players][players];
            for (Game game : games) {
                if (game.isTie()) {
                    tied[game.first()][game.second()]++;
                    tied[game.second()][game.first()]++;
                } else if (game.score() == 1) {
                    decided[game.first()][game.second()]++;
                } else {
                    decided[game.second()][game.first()]++;
                }
            }
            return new Loss(decided, tied);
        }

        private int players() {
            return decided.length;
        }

        private double met(int i, int j) {
            return decided[i][j] + decided[j][i] + tied[i][j];
        }

        /**
         * Strengths and ln ν run away together where every win can be of at least one and every tie of at most one unit of
         * strength. Such strengths are there unless a circle of games has more wins than ties (Bellman-Ford's negative cycle).
         */
        void expectFinite() {
            int n = players();
            double[][] most = new double[n][n]; // how far j's strength can be above i's, through others
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    most[i][j] = decided[i][j] > 0 ? -1 : tied[i][j] > 0 ? 1 : Double.POSITIVE_INFINITY;
                }
            }
            for (int through = 0; through < n; through++) {
                for (int i = 0; i < n; i++) {
                    for (int j = 0; j < n; j++) {
                        most[i][j] = Math.min(most[i][j], most[i][through] + most[through][j]);
                        if (i == j && most[i][i] < 0) {
                            return;
                        }
                    }
                }
            }
            throw new IllegalArgumentException(
                    "no finite strengths fit ties and wins best: no circle of games has more wins than ties; ask for more games, or count ties as half wins (BradleyTerry)");
        }

        @Override
        public double value(double[] at) {
            int n = players();
            double loss = square(sum(at)) / (2 * n);
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < i; j++) {
                    double logSum = Pair.of(at[i], at[j], at[n]).logSum();
                    loss += met(i, j) * logSum
                            - decided[i][j] * at[i]
                            - decided[j][i] * at[j]
                            - tied[i][j] * (at[n] + (at[i] + at[j]) / 2);
                }
            }
            return loss;
        }

        @Override
        public double[] gradient(double[] at) {
            int n = players();
            double[] gradient = new double[n + 1];
            Arrays.fill(gradient, 0, n, sum(at) / n);
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < i; j++) {
                    Pair pair = Pair.of(at[i], at[j], at[n]);
                    double met = met(i, j);
                    gradient[i] += met * (pair.first + pair.tie / 2) - decided[i][j] - tied[i][j] / 2;
                    gradient[j] += met * (pair.second + pair.tie / 2) - decided[j][i] - tied[i][j] / 2;
                    gradient[n] += met * pair.tie - tied[i][j];
                }
            }
            return gradient;
        }

        /** Covariances of (points of i, points of j, tie) of a game, summed over games. */
        @Override
        public double[][] curvature(double[] at) {
            int n = players();
            double[][] curvature = new double[n + 1][n + 1];
            for (int i = 0; i < n; i++) {
                Arrays.fill(curvature[i], 0, n, 1.0 / n);
            }
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < i; j++) {
                    add(curvature, i, j, met(i, j), Pair.of(at[i], at[j], at[n]));
                }
            }
            return curvature;
        }

        private static void add(double[][] curvature, int i, int j, double met, Pair pair) {
            int n = curvature.length - 1;
            double ofI = pair.first + pair.tie / 2;
            double ofJ = pair.second + pair.tie / 2;
            curvature[i][i] += met * (pair.first + pair.tie / 4 - ofI * ofI);
            curvature[j][j] += met * (pair.second + pair.tie / 4 - ofJ * ofJ);
            curvature[n][n] += met * pair.tie * (1 - pair.tie);
            addBoth(curvature, i, j, met * (pair.tie / 4 - ofI * ofJ));
            addBoth(curvature, i, n, met * pair.tie * (.5 - ofI));
            addBoth(curvature, j, n, met * pair.tie * (.5 - ofJ));
        }

        private static void addBoth(double[][] matrix, int i, int j, double value) {
            matrix[i][j] += value;
            matrix[j][i] += value;
        }

        private double sum(double[] at) {
            return Arrays.stream(at, 0, players()).sum();
        }

        private static double square(double x) {
            return x * x;
        }
    }
}

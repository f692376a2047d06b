package dev.heed.eval;

import dev.heed.quality.Finite;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * What picking the best of n completions by a score would give, estimated without bias from N ≥ n completions of one prompt by
 * averaging over all subsets. Source: Nakano et al. 2021, arXiv:2112.09332; Gao et al. 2022, arXiv:2210.10760.
 */
public final class BestOfN {
    private BestOfN() {}

    /** Expected score of the best of n. */
    public static double expectedMax(double[] scores, int n) {
        return expected(scores, scores, n);
    }

    /**
     * Expected gold score of the one of n that the proxy likes best; completions that the proxy scores equally share their
     * chances.
     *
     * @param proxy the reward model's score of each completion
     * @param gold the gold score of each completion
     */
    public static double expected(double[] proxy, double[] gold, int n) {
        int all = proxy.length;
        if (gold.length != all || n < 1 || n > all) {
            throw new IllegalArgumentException(
                    "n must be from 1 to %d scores, was %d (gold scores: %d)".formatted(all, n, gold.length));
        }
        Finite.expect("scores", proxy);
        Finite.expect("gold scores", gold);
        int[] order = IntStream.range(0, all)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> proxy[i]))
                .mapToInt(i -> i)
                .toArray();
        double expected = 0;
        for (int from = 0; from < all; ) {
            int to = from;
            double goldOfEqual = 0;
            double chance = 0;
            while (to < all && proxy[order[to]] == proxy[order[from]]) {
                goldOfEqual += gold[order[to]];
                chance += chanceOfRank(to + 1, all, n);
                to++;
            }
            expected += chance * goldOfEqual / (to - from);
            from = to;
        }
        return expected;
    }

    /** C(rank − 1, n − 1) / C(all, n): how probably the one of this rank (1 the worst) is the best of a random n. */
    private static double chanceOfRank(int rank, int all, int n) {
        if (rank < n) {
            return 0;
        }
        double chance = (double) n / all;
        for (int i = 1; i < n; i++) {
            chance *= (double) (rank - i) / (all - i);
        }
        return chance;
    }

    /**
     * ln n − (n − 1) / n, nats: at most so far does best-of-n stray from the policy. Source: Stiennon et al. 2020; that it is
     * an upper bound: Beirami et al. 2024, arXiv:2401.01879.
     */
    public static double klBound(int n) {
        Finite.expectAtLeast(1, "samples", n);
        return Math.log(n) - (n - 1.0) / n;
    }

    /** n / (n + 1): at most so often does best-of-n win against a single sample by the score it picks with. */
    public static double winBound(int n) {
        Finite.expectAtLeast(1, "samples", n);
        return n / (n + 1.0);
    }

    /**
     * What the best of n is like where one draws from given answers of a prompt with replacement: exact for that draw, and an
     * estimate of the model's own best-of-n, too low where n is not small beside their number.
     *
     * @param kl to a single draw, nats
     * @param wins how often it beats a single draw by the score it picks with, ties as half
     * @param goldWins how often by the gold score
     */
    public record Drawn(double kl, double wins, double goldWins) {}

    /**
     * @param proxy the score to pick by; of answers that it scores equally, one is picked by lot
     * @param gold the gold score of each answer
     */
    public static Drawn drawn(double[] proxy, double[] gold, int n) {
        int all = proxy.length;
        if (gold.length != all || all == 0) {
            throw new IllegalArgumentException(
                    "both score the same answers, at least 1: got %d, %d".formatted(all, gold.length));
        }
        Finite.expectAtLeast(1, "samples", n);
        Finite.expect("scores", proxy);
        Finite.expect("gold scores", gold);
        double kl = 0;
        double wins = 0;
        double goldWins = 0;
        for (int i = 0; i < all; i++) {
            int below = 0;
            int equal = 0;
            double beaten = 0;
            for (int j = 0; j < all; j++) {
                below += proxy[j] < proxy[i] ? 1 : 0;
                equal += proxy[j] == proxy[i] ? 1 : 0;
                beaten += gold[j] < gold[i] ? 1 : gold[j] == gold[i] ? 0.5 : 0;
            }
            double upTo = Math.pow((double) (below + equal) / all, n);
            double chance = (upTo - Math.pow((double) below / all, n)) / equal;
            kl += chance > 0 ? chance * Math.log(chance * all) : 0;
            wins += chance * (below + 0.5 * equal) / all;
            goldWins += chance * beaten / all;
        }
        return new Drawn(kl, wins, goldWins);
    }
}

package dev.heed.eval;

import dev.heed.quality.Bootstrap;
import dev.heed.quality.Interval;
import java.util.stream.IntStream;

/**
 * How probably at least one of k samples is right, estimated without bias from n ≥ k of them: 1 − C(n − c, k) / C(n, k).
 * Source: Chen et al. 2021, arXiv:2107.03374, eq. 1.
 */
public final class PassAtK {
    private PassAtK() {}

    /**
     * Of one problem.
     *
     * @param samples n, at least k
     * @param right c, from 0 to n
     * @param k at least 1
     * @return in [0, 1]
     */
    public static double of(int samples, int right, int k) {
        if (k < 1 || k > samples) {
            throw new IllegalArgumentException("k must be from 1 to %d samples, was %d".formatted(samples, k));
        }
        if (right < 0 || right > samples) {
            throw new IllegalArgumentException("right must be from 0 to %d samples, was %d".formatted(samples, right));
        }
        double allWrong = 1; // C(n − c, k) / C(n, k), a factor at a time
        for (int i = 0; i < k && allWrong > 0; i++) {
            allWrong *= (double) Math.max(0, samples - right - i) / (samples - i);
        }
        return 1 - allWrong;
    }

    /** The mean over problems, which are what is drawn; {@link Interval#NONE} of none. */
    public static Interval mean(int[] samples, int[] right, int k, Bootstrap bootstrap) {
        if (samples.length != right.length) {
            throw new IllegalArgumentException(
                    "one count of right ones per problem: got %d problems, %d".formatted(samples.length, right.length));
        }
        return bootstrap.mean(IntStream.range(0, samples.length)
                .mapToDouble(i -> of(samples[i], right[i], k))
                .toArray());
    }
}

package dev.heed.eval;

import java.util.List;

/**
 * Estimates of KL(policy || reference) of one completion that the policy sampled, nats, summed over its tokens. Each token's
 * estimate is unbiased given what comes before, so both sums are unbiased for the KL of whole completions. Source: Schulman
 * 2020, "Approximating KL Divergence".
 *
 * @param k1 Σ Δ with Δ = log π − log π_ref: exact bookkeeping, but noisy and at times negative. A mean clearly below 0 says
 *     that what sampled is not what was measured
 * @param k3 Σ (e^−Δ − 1 + Δ): never negative, less noisy near the reference
 */
public record Divergence(double k1, double k3) {
    /**
     * @param policy log-probability of each token, nats
     * @param reference the same under the reference
     */
    public static Divergence of(float[] policy, float[] reference) {
        if (policy.length != reference.length) {
            throw new IllegalArgumentException(
                    "both score the same tokens: got %d, %d".formatted(policy.length, reference.length));
        }
        double k1 = 0;
        double k3 = 0;
        for (int t = 0; t < policy.length; t++) {
            double delta = (double) policy[t] - reference[t];
            k1 += delta;
            k3 += Math.expm1(-delta) + delta;
        }
        return new Divergence(k1, k3);
    }

    /** The mean of each over completions; NaN of none. */
    public static Divergence mean(List<Divergence> completions) {
        return new Divergence(
                completions.stream().mapToDouble(Divergence::k1).average().orElse(Double.NaN),
                completions.stream().mapToDouble(Divergence::k3).average().orElse(Double.NaN));
    }
}

package dev.heed.train;

/** Generalised advantage estimation (Schulman et al. 2016, equations 11–16) on one completion. */
public final class Gae {
    private Gae() {}

    /**
     * Advantages of one completion's tokens.
     *
     * @param rewards one a token; the completion ends after the last
     * @param values the critic's estimate before each token; after the last token nothing is to come, so 0
     * @param gamma discount, in [0, 1]
     * @param lambda 0 trusts the critic, 1 trusts what was received
     * @return A_t = δ_t + γλ A_{t+1} with δ_t = r_t + γ V_{t+1} − V_t
     * @throws IllegalArgumentException if there is not one value per reward
     */
    public static float[] advantages(float[] rewards, float[] values, double gamma, double lambda) {
        if (rewards.length != values.length) {
            throw new IllegalArgumentException(
                    "one value per reward: got %d rewards, %d values".formatted(rewards.length, values.length));
        }
        float[] advantages = new float[rewards.length];
        double next = 0;
        for (int t = rewards.length - 1; t >= 0; t--) {
            double nextValue = t + 1 < values.length ? values[t + 1] : 0;
            double surprise = rewards[t] + gamma * nextValue - values[t]; // the paper's delta_t
            next = surprise + gamma * lambda * next;
            advantages[t] = (float) next;
        }
        return advantages;
    }

    /** What the critic should have said: R_t = A_t + V_t. */
    public static float[] returns(float[] advantages, float[] values) {
        float[] returns = new float[values.length];
        for (int t = 0; t < values.length; t++) {
            returns[t] = advantages[t] + values[t];
        }
        return returns;
    }
}

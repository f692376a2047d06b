package dev.heed.train;

/** The weight of KL(policy ‖ reference) in the reward, per nat. An immutable value: each update gives the next. */
public sealed interface KlControl {
    /** The weight now. */
    double coefficient();

    /**
     * The controller after one update.
     *
     * @param kl summed over tokens, mean over completions, nats
     * @param completions how many were sampled for it
     */
    KlControl after(double kl, int completions);

    /** The same controller at another weight: where a resumed run goes on. */
    KlControl with(double coefficient);

    /** Never changes. */
    record Fixed(double coefficient) implements KlControl {
        @Override
        public KlControl after(double kl, int completions) {
            return this;
        }

        @Override
        public KlControl with(double coefficient) {
            return new Fixed(coefficient);
        }
    }

    /**
     * Proportional control in log space (Ziegler et al. 2019, section 2.2): err = clip(KL/target − 1, ±0.2),
     * β ← β·(1 + err·n/horizon).
     *
     * @param target nats a completion
     * @param horizon in completions; the paper's 10,000 belongs to a budget of a million
     */
    record Adaptive(double coefficient, double target, double horizon) implements KlControl {
        private static final double MAX_ERROR = 0.2;

        @Override
        public KlControl after(double kl, int completions) {
            double error = Math.max(-MAX_ERROR, Math.min(MAX_ERROR, kl / target - 1));
            return new Adaptive(coefficient * (1 + error * completions / horizon), target, horizon);
        }

        @Override
        public KlControl with(double coefficient) {
            return new Adaptive(coefficient, target, horizon);
        }
    }
}

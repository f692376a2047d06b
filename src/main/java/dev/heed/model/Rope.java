package dev.heed.model;

import dev.heed.run.UserError;

/**
 * Which angles a model's rotary positions have (Su et al. 2021): channel pair i of R/2 turns by t · theta^(−2i/R), R being
 * the share of a head's channels that turn at all.
 *
 * @param theta base of the wavelengths
 * @param share of a head's channels that turn, in (0, 1]; those behind stay as they are
 */
public record Rope(double theta, double share, Scaling scaling) {
    public Rope {
        if (!(theta > 0) || Double.isInfinite(theta) || !(share > 0 && share <= 1)) {
            throw new UserError(
                    "rope theta must be above 0 and the share of channels that turn in (0, 1], were %s and %s"
                            .formatted(theta, share));
        }
    }

    /** As it was first described: every channel turns. */
    public static Rope of(double theta) {
        return new Rope(theta, 1, new Plain());
    }

    /** How frequencies change for contexts longer than those first trained on. */
    public sealed interface Scaling {
        /**
         * What becomes of one of them.
         *
         * @param frequency radians a token
         */
        double scaled(double frequency);
    }

    /** They stay. */
    public record Plain() implements Scaling {
        @Override
        public double scaled(double frequency) {
            return frequency;
        }
    }

    /**
     * Positions are divided (Chen et al. 2023).
     *
     * @param factor at least 1
     */
    public record Linear(double factor) implements Scaling {
        public Linear {
            atLeastOne(factor);
        }

        @Override
        public double scaled(double frequency) {
            return frequency / factor;
        }
    }

    /**
     * Llama 3.1's: wavelengths above {@code original / lowFactor} tokens are stretched by the factor, those below {@code
     * original / highFactor} stay, between them it goes smoothly.
     *
     * @param factor at least 1
     * @param lowFactor below highFactor
     * @param original the context first trained on
     */
    public record Llama3(double factor, double lowFactor, double highFactor, double original) implements Scaling {
        public Llama3 {
            atLeastOne(factor);
            if (!(lowFactor > 0 && lowFactor < highFactor && original > 0)) {
                throw new UserError(
                        "rope scaling llama3 needs 0 < low_freq_factor < high_freq_factor and an original context, were %s, %s and %s"
                                .formatted(lowFactor, highFactor, original));
            }
        }

        @Override
        public double scaled(double frequency) {
            double waves = original * frequency / (2 * Math.PI); // how often it turns within the original context
            double smooth = Math.min(1, Math.max(0, (waves - lowFactor) / (highFactor - lowFactor)));
            return smooth * frequency + (1 - smooth) * frequency / factor;
        }
    }

    private static void atLeastOne(double factor) {
        if (!(factor >= 1) || Double.isInfinite(factor)) {
            throw new UserError("the factor of a rope scaling must be at least 1, was " + factor);
        }
    }

    /** R, how many channels of a head of this width turn. */
    int turning(int headWidth) {
        return (int) (headWidth * share);
    }

    /** Radians a token of each of the D/2 pairs of channels (i, i + D/2); 0 for those that do not turn. */
    float[] frequencies(int headWidth) {
        int turning = turning(headWidth);
        float[] frequencies = new float[headWidth / 2];
        for (int i = 0; i < turning / 2; i++) {
            frequencies[i] = (float) scaling.scaled((float) StrictMath.pow(theta, -2.0 * i / turning));
        }
        return frequencies;
    }
}

package dev.heed.tensor;

import dev.heed.run.UserError;

/**
 * The learning rate over a run: a linear warm-up, then a decay to {@code floor} times the peak.
 *
 * @param peak the rate after warm-up
 * @param warmup steps of linear rise; the first step takes peak / warmup
 * @param total steps of the whole run; after it the rate stays at its end
 * @param floor fraction of the peak at the end, in [0, 1]
 */
public record Schedule(Decay decay, double peak, long warmup, long total, double floor) {
    /** How the rate falls after warm-up. */
    public enum Decay {
        CONSTANT,
        LINEAR,
        COSINE
    }

    public Schedule {
        if (!(peak >= 0) || warmup < 0 || total < 0 || !(floor >= 0 && floor <= 1)) {
            throw new UserError("a schedule needs rate, warm-up and steps of at least 0 and a floor in [0, 1], were"
                    + " %s, %d, %d and %s".formatted(peak, warmup, total, floor));
        }
    }

    /** Rate of the optimizer step with this number, the first being 0; never zero before the end. */
    public double at(long step) {
        return peak * (step < warmup ? (step + 1.0) / warmup : factor(step));
    }

    /** The multiple of the peak after that many steps, as the schedulers of {@code transformers} count. */
    double factor(long steps) {
        if (steps < warmup) {
            return (double) steps / warmup;
        }
        double progress = Math.min(1, (double) (steps - warmup) / Math.max(1, total - warmup));
        return floor + (1 - floor) * remaining(progress);
    }

    private double remaining(double progress) {
        return switch (decay) {
            case CONSTANT -> 1;
            case LINEAR -> 1 - progress;
            case COSINE -> 0.5 * (1 + Math.cos(Math.PI * progress));
        };
    }
}

package dev.heed.tensor;

import dev.heed.run.UserError;

/**
 * The learning rate over a run: a warm-up, then a decay to {@code floor} times the peak.
 *
 * @param peak the rate after warm-up
 * @param total steps of the whole run; after it the rate stays at its end
 * @param floor fraction of the peak at the end, in [0, 1]
 */
public record Schedule(Warmup warmup, Decay decay, double peak, long total, double floor) {
    /**
     * How the rate rises.
     *
     * @param steps how many; the last one takes the peak
     * @param shape a decay, run backwards
     * @param start fraction of the peak before the first step, in [0, 1]
     */
    public record Warmup(long steps, Decay shape, double start) {
        public Warmup {
            if (!(start >= 0 && start <= 1)) {
                throw new UserError("a warm-up starts in [0, 1], was " + start);
            }
        }

        double after(long done) {
            double share = (double) done / steps;
            double risen = shape == Decay.LINEAR ? share : shape.left(1 - share); // 1 - (1 - share) would round
            return start + (1 - start) * risen;
        }
    }

    /** How the rate falls after warm-up. */
    @FunctionalInterface
    public interface Decay {
        /** Stays at the peak. */
        Decay CONSTANT = progress -> 1;

        /** Falls evenly. */
        Decay LINEAR = progress -> Math.max(0, 1 - progress);

        /** Falls as half a cosine does (Loshchilov and Hutter 2017). */
        Decay COSINE = progress -> 0.5 * (1 + Math.cos(Math.PI * progress));

        /** Falls as one minus the square root, fast at first (Hägele et al. 2024). */
        Decay ROOT = progress -> 1 - Math.sqrt(progress);

        /**
         * What is left of the way from peak to floor.
         *
         * @param progress 0 at the peak, 1 at the run's end
         * @return 1 at the peak
         */
        double left(double progress);

        /** A cosine in so many pieces, each from the peak to the floor (Loshchilov and Hutter 2017). */
        static Decay restarting(int cycles) {
            return progress -> progress >= 1 ? 0 : COSINE.left(cycles * progress % 1);
        }

        /** Falls as a power of what remains of the run. */
        static Decay polynomial(double power) {
            return progress -> Math.pow(LINEAR.left(progress), power);
        }

        /**
         * Falls as the inverse square root of the steps, like the first Transformer's (Vaswani et al. 2017).
         *
         * @param times how often the timescale, there the warm-up, fits between warm-up and end
         */
        static Decay inverseRoot(double times) {
            return progress -> 1 / Math.sqrt(1 + times * progress);
        }

        /**
         * Stays at the peak and falls in the last part of the run only (Hu et al. 2024).
         *
         * @param share of the steps after warm-up, in (0, 1]
         * @param decay how it then falls
         */
        static Decay last(double share, Decay decay) {
            double stable = 1 - share;
            return progress -> progress <= stable ? 1 : decay.left(Math.min(1, (progress - stable) / share));
        }
    }

    public Schedule {
        if (!(peak >= 0) || warmup.steps < 0 || total < 0 || !(floor >= 0 && floor <= 1)) {
            throw new UserError("a schedule needs rate, warm-up and steps of at least 0 and a floor in [0, 1], were"
                    + " %s, %d, %d and %s".formatted(peak, warmup.steps, total, floor));
        }
    }

    /**
     * With a linear warm-up.
     *
     * @param warmup its steps; the first one takes peak / warmup
     */
    public Schedule(Decay decay, double peak, long warmup, long total, double floor) {
        this(new Warmup(warmup, Decay.LINEAR, 0), decay, peak, total, floor);
    }

    /** Rate of the optimizer step with this number, the first being 0; never zero before the end. */
    public double at(long step) {
        boolean rising = step < warmup.steps;
        return peak * (rising ? warmup.after(step + 1) : factor(Math.max(warmup.steps, Math.min(step, total))));
    }

    /** The multiple of the peak after that many steps, as the schedulers of {@code transformers} count. */
    double factor(long steps) {
        if (steps < warmup.steps) {
            return warmup.after(steps);
        }
        double progress = (double) (steps - warmup.steps) / Math.max(1, total - warmup.steps);
        return floor + (1 - floor) * decay.left(progress);
    }
}

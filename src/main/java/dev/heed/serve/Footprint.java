package dev.heed.serve;

import dev.heed.model.Head;
import dev.heed.model.ModelConfig;
import dev.heed.sample.LiveSampler;

/** What memory a model takes. */
final class Footprint {
    /** Memory for the keys and values of all that one model is writing. */
    static final long MOST_KEPT = 1L << 30;

    private static final double BESIDES = 1.1; // what a step takes meanwhile

    private Footprint() {}

    /** The part of the model's context that is kept for one completion: all of it, unless that took too much memory. */
    static int context(ModelConfig config) {
        return (int) Math.min(config.context(), MOST_KEPT / config.bytesKept(1));
    }

    /** In bytes, at most: the arrays, a second time as decoding wants them, and the keys and values. */
    static long of(ModelConfig config, Head head) {
        long arrays = config.parameters(head) * Float.BYTES;
        long kept = Math.min(MOST_KEPT, LiveSampler.MOST_ROWS * config.bytesKept(context(config)));
        return (long) (BESIDES * (head == Head.LANGUAGE ? 2 * arrays + kept : arrays));
    }
}

package dev.heed.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.heed.tensor.Kernels.Turns;

/**
 * The cosines and sines of a model's rotary positions. They grow with the longest row so far, for contexts may be long; what
 * they were before stays, for someone may still read it. Safe for several threads.
 */
final class Rotary {
    private final NDManager manager;
    private final ModelConfig config;
    private int length;
    private Turns turns;
    private NDArray pairs;

    /** @param none what a model gets that turns nothing */
    Rotary(NDManager manager, ModelConfig config, NDArray none) {
        this.manager = manager;
        this.config = config;
        turns = new Turns(none, none);
        pairs = none;
    }

    /**
     * For whole rows: (S, D) each, S at least so long, every angle twice, as Hugging Face lays them out; the first half of
     * the sines is negated, for it meets the second half of x.
     */
    synchronized Turns turns(int least) {
        growTo(least);
        return turns;
    }

    /** For a token a row: cosine and sine of each pair's angle, (S, D/2, 2), S at least so long. */
    synchronized NDArray pairs(int least) {
        growTo(least);
        return pairs;
    }

    private void growTo(int least) {
        if (!config.turns() || least <= length) {
            return;
        }
        length = Math.min(config.context(), Math.max(least, 2 * length));
        int half = config.headWidth() / 2;
        float[] frequencies = config.rope().frequencies(config.headWidth());
        float[] cos = new float[2 * length * half];
        float[] sin = new float[2 * length * half];
        float[] both = new float[2 * length * half];
        for (int t = 0; t < length; t++) {
            for (int i = 0; i < half; i++) {
                float angle = t * frequencies[i];
                int place = 2 * t * half + i;
                cos[place] = (float) StrictMath.cos(angle);
                cos[place + half] = cos[place];
                sin[place] = (float) -StrictMath.sin(angle);
                sin[place + half] = -sin[place];
                both[2 * (t * half + i)] = cos[place];
                both[2 * (t * half + i) + 1] = -sin[place];
            }
        }
        Shape shape = new Shape(length, 2L * half);
        turns = new Turns(manager.create(cos, shape), manager.create(sin, shape));
        pairs = manager.create(both, new Shape(length, half, 2));
    }
}

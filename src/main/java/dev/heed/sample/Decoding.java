package dev.heed.sample;

import dev.heed.run.UserError;

/**
 * How completions are drawn.
 *
 * @param temperature divides the logits; 0: always the most likely token
 * @param maxTokens most tokens of a completion, the end token included
 * @param topK only the k most likely tokens; 0: all
 * @param topP only the smallest set of most likely tokens with that mass; 1: all
 */
public record Decoding(double temperature, int maxTokens, int topK, double topP) {
    public Decoding {
        if (!(temperature >= 0) || Double.isInfinite(temperature)) {
            throw new UserError("temperature must be at least 0, was " + temperature);
        }
        if (maxTokens < 1) {
            throw new UserError("max tokens must be at least 1, was " + maxTokens);
        }
        if (topK < 0 || !(topP > 0 && topP <= 1)) {
            throw new UserError("top-k must be at least 0 and top-p in (0, 1], were %d and %s".formatted(topK, topP));
        }
    }

    /** From the whole distribution, as learning needs it: a truncated one would not be the policy's own. */
    public static Decoding at(double temperature, int maxTokens) {
        return new Decoding(temperature, maxTokens, 0, 1);
    }

    /** Always the most likely token. */
    public static Decoding greedy(int maxTokens) {
        return new Decoding(0, maxTokens, 0, 1);
    }
}

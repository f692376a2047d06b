package dev.heed.sample;

import dev.heed.run.UserError;

/**
 * How completions are drawn.
 *
 * @param temperature divides the logits; 0: always the most likely token
 * @param maxTokens most tokens of a completion, the end token included
 * @param filters which tokens may be drawn; without temperature only those against repetition count
 */
public record Decoding(double temperature, int maxTokens, Filters filters) {
    public Decoding {
        if (!(temperature >= 0) || Double.isInfinite(temperature)) {
            throw new UserError("temperature must be at least 0, was " + temperature);
        }
        if (maxTokens < 1) {
            throw new UserError("max tokens must be at least 1, was " + maxTokens);
        }
    }

    /** From the whole distribution, as learning needs it: a truncated one would not be the policy's own. */
    public static Decoding at(double temperature, int maxTokens) {
        return new Decoding(temperature, maxTokens, Filters.NONE);
    }

    /** Always the most likely token. */
    public static Decoding greedy(int maxTokens) {
        return at(0, maxTokens);
    }
}

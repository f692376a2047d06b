package dev.heed.sample;

import org.jspecify.annotations.Nullable;

/**
 * One token of a completion.
 *
 * @param logProb under the whole distribution at its temperature (at 1 when greedy), nats
 * @param likeliest null where nobody asked
 */
public record Token(int id, float logProb, @Nullable Likeliest likeliest) {

    /**
     * What the model itself thought there, at temperature 1 and without filters.
     *
     * @param logProb of the token, nats
     * @param ids the likeliest tokens, the first above all
     * @param logProbs of each of them, nats
     */
    public record Likeliest(float logProb, int[] ids, float[] logProbs) {}
}

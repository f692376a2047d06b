package dev.heed.sample;

/**
 * One completion.
 *
 * @param ids with the end token where it ended
 * @param logProbs of each token under the whole distribution at its temperature (at 1 when greedy), nats
 * @param ended whether the model ended it; else it reached the token limit or the context's end
 */
public record Sampled(int[] ids, float[] logProbs, boolean ended) {}

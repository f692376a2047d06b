package dev.heed.eval.scaling;

/**
 * What a run costs.
 *
 * @param parameters N, numbers that each token is multiplied with
 * @param tokens D, tokens learned from
 * @param flops C, floating-point operations of the training
 */
public record Spent(long parameters, long tokens, double flops) {}

package dev.heed.model;

/**
 * Floating-point operations, counted from the architecture. A product with a matrix of n numbers is 2n a token, n products and n
 * sums. A token attends to itself and those before it: H·D products and sums for the scores and as many for the values, each pair.
 * Backward costs twice the forward pass (Kaplan et al. 2020, §2.1; Chowdhery et al. 2022, appendix B). Norms, rotations, softmax,
 * activations, the embedding's look-up and the optimizer are not counted: they are few beside the rest. Deviation 1: pairs beyond
 * the causal mask are not counted either, since nobody needs them.
 */
public final class Flops {
    private Flops() {}

    /** N: numbers in the matrices that each token is multiplied with, the unembedding among them, the embedding not. */
    public static long multiplied(ModelConfig config) {
        long width = config.width();
        long layer = width * (config.attended() + 2L * config.shared())
                + width * config.attended()
                + width * config.intermediate() * (config.family().gated() ? 3 : 2);
        return config.layers() * layer + width * config.vocabulary();
    }

    /** Of one forward pass over a row of so many tokens, each of which predicts the next. */
    public static double forward(ModelConfig config, int tokens) {
        double pairs = tokens * (tokens + 1.0) / 2;
        return 2.0 * multiplied(config) * tokens + 4.0 * config.layers() * config.attended() * pairs;
    }

    /** Of forward and backward pass over such a row. */
    public static double training(ModelConfig config, int tokens) {
        return 3 * forward(config, tokens);
    }
}

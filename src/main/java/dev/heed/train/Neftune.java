package dev.heed.train;

import dev.heed.run.Draws;
import java.util.SplittableRandom;

/**
 * Noise on the embeddings of what a model is fine-tuned on (Jain et al. 2023, NEFTune, algorithm 1): each number is uniform
 * in ±α/√(L·C), L the tokens of the text, C the width. It depends on the seed, the step and the text alone, so neither the
 * way in which a step is taken in parts nor a resume changes it.
 *
 * <p>Deviation 1: L is the text's own length, as in the paper; TRL takes that of the padded or packed row.
 *
 * @param alpha α; 0: there is none
 * @param width C
 */
record Neftune(double alpha, int width, long seed) {
    /**
     * What is added to each text of a step.
     *
     * @param rows ids
     * @param texts which text each row is
     * @return (L, C) a row, flat; empty where there is none
     */
    float[][] of(int[][] rows, int[] texts, long step) {
        if (alpha == 0) {
            return new float[0][];
        }
        long drawn = Draws.key(seed, "neftune", step);
        float[][] noise = new float[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            SplittableRandom random = Draws.of(drawn, "text", texts[i]);
            double most = alpha / Math.sqrt((double) rows[i].length * width);
            noise[i] = new float[rows[i].length * width];
            for (int k = 0; k < noise[i].length; k++) {
                noise[i][k] = (float) ((2 * random.nextDouble() - 1) * most);
            }
        }
        return noise;
    }
}

package dev.heed.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FlopsTest {
    /** V 50, C 16, two layers, four heads of 4 channels, two of them for keys and values, F 24. */
    private static final ModelConfig SMALL = ModelConfig.llama(50, 16, 2, 4, 2, 24, 32, 10_000, 1e-5, false, 1, 2, 0);

    @Test
    void multipliesWithEveryMatrixButTheEmbedding() {
        long query = 16 * 16;
        long keyAndValue = 2 * (16 * 8);
        long output = 16 * 16;
        long feedForward = 3 * (16 * 24);
        long unembedding = 16 * 50;
        assertThat(Flops.multiplied(SMALL))
                .isEqualTo(2 * (query + keyAndValue + output + feedForward) + unembedding)
                .isEqualTo(SMALL.parameters(Head.LANGUAGE)
                        - 50 * 16
                        - 5 * 16); // less the embedding and the gains of five norms
    }

    @Test
    void aRowOfThreeIsCountedByHand() {
        double matrices = 3 * 2 * Flops.multiplied(SMALL);
        int pairs = 1 + 2 + 3; // who attends to whom
        double scores = pairs * 2 * 16; // a product and a sum for each channel of each head
        double values = pairs * 2 * 16;
        assertThat(Flops.forward(SMALL, 3)).isEqualTo(matrices + 2 * (scores + values));
        assertThat(Flops.training(SMALL, 3)).isEqualTo(3 * Flops.forward(SMALL, 3));
    }

    @Test
    void aTiedModelUnembedsAllTheSame() {
        ModelConfig tied = ModelConfig.llama(50, 16, 2, 4, 2, 24, 32, 10_000, 1e-5, true, 1, 2, 0);
        assertThat(Flops.multiplied(tied)).isEqualTo(Flops.multiplied(SMALL));
    }
}

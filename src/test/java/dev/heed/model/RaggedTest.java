package dev.heed.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.heed.run.Draws;
import dev.heed.tensor.AdamW;
import dev.heed.tensor.Learner;
import dev.heed.tensor.Precision;
import dev.heed.tensor.Torch;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Rows that begin alike: what they have in common is computed once, and nobody can tell. */
class RaggedTest {
    private static final Torch TORCH = Torch.start(2, Precision.FP32);
    private static final ModelConfig SMALL = ModelConfig.llama(20, 16, 2, 4, 2, 24, 12, 10000, 1e-5, true, 1, 2, 0);

    /** Two prompts with three completions and with two; a row that is all of another's beginning; one twice; one alone. */
    private static final int[][] ALIKE = {
        {1, 5, 6, 7, 8, 9, 10},
        {1, 5, 9, 9, 4},
        {1, 5, 6, 7, 11},
        {1, 5, 9, 9, 3, 3},
        {1, 5, 6, 7, 8, 12, 13, 14},
        {1, 5, 6, 7},
        {3, 3, 3},
        {1, 5, 9, 9, 4}
    };

    @Test
    void tokensThatRowsBeginWithInCommonLieThereOnce() {
        int[] lengths = Arrays.stream(ALIKE).mapToInt(row -> row.length).toArray();
        try (NDManager scope = TORCH.manager().newSubManager()) {
            long all = IntStream.of(lengths).sum();
            assertThat(all).isEqualTo(43);
            assertThat(Ragged.apart(scope, TORCH.kernels(), ALIKE, lengths)
                            .ids(20)
                            .size())
                    .isEqualTo(all);
            // 1 5, then 6 7, 8, 9 10 and 12 13 14, 11; 9 9, 4 and 3 3; 3 3 3
            assertThat(new Ragged(scope, TORCH.kernels(), ALIKE, lengths)
                            .ids(20)
                            .size())
                    .isEqualTo(19);
        }
    }

    @Test
    void aRowsNumbersAreThoseThatItHasAlone() {
        try (Transformer scorer = Transformer.create(TORCH, SMALL, Head.SCALAR, 5);
                Transformer language = Transformer.create(TORCH, SMALL, Head.LANGUAGE, 5);
                NDManager scope = TORCH.manager().newSubManager()) {
            float[] scores = scorer.scores(scope, ALIKE).toFloatArray();
            float[] logProbs = language.logProbs(scope, Batch.whole(ALIKE), 1).toFloatArray();
            int from = 0;
            for (int i = 0; i < ALIKE.length; i++) {
                int[][] alone = {ALIKE[i]};
                assertThat(scores[i])
                        .isCloseTo(
                                scorer.scores(scope, alone).getFloat(0), within(1e-6f + 1e-5f * Math.abs(scores[i])));
                int to = from + ALIKE[i].length - 1;
                assertThat(Arrays.copyOfRange(logProbs, from, to))
                        .containsExactly(
                                language.logProbs(scope, Batch.whole(alone), 1).toFloatArray(), within(1e-5f));
                from = to;
            }
        }
    }

    @Test
    void gradientsAreTheSumsOfThoseOfEachRowAlone() {
        List<Batch> alone =
                Arrays.stream(ALIKE).map(row -> Batch.whole(new int[][] {row})).toList();
        float[][] together = gradients(List.of(Batch.whole(ALIKE)));
        float[][] each = gradients(alone);
        for (int i = 0; i < each.length; i++) {
            assertThat(together[i]).containsExactly(each[i], within(2e-4f)); // float32: sums of 35 tokens, up to 30
        }
    }

    private static float[][] gradients(List<Batch> batches) {
        try (Transformer model = Transformer.create(TORCH, SMALL, Head.LANGUAGE, 3);
                Learner learner = new Learner(TORCH, model.parameters(), new AdamW.Config(.9, .99, 1e-8, 0, 0))) {
            for (Batch batch : batches) {
                learner.accumulate(scope -> model.logProbs(scope, batch, 1).sum());
            }
            return model.parameters().names().stream()
                    .map(name -> {
                        try (NDArray gradient = model.parameters().expect(name).getGradient()) {
                            return gradient.toFloatArray();
                        }
                    })
                    .toArray(float[][]::new);
        }
    }

    @Test
    void whatIsAddedToARowsTokensReachesNoOtherRow() {
        SplittableRandom random = Draws.of(1, "noise", 0);
        float[][] noise = new float[ALIKE.length][];
        for (int i = 0; i < noise.length; i += 1) {
            noise[i] = new float[ALIKE[i].length * SMALL.width()];
            for (int j = 0; j < noise[i].length; j++) {
                noise[i][j] = i % 2 == 0 ? 0 : (float) random.nextDouble(-.1, .1);
            }
        }
        try (Transformer model = Transformer.create(TORCH, SMALL, Head.LANGUAGE, 5);
                NDManager scope = TORCH.manager().newSubManager()) {
            float[] noisy =
                    model.logProbs(scope, Batch.whole(ALIKE).with(noise), 1).toFloatArray();
            float[] calm = model.logProbs(scope, Batch.whole(ALIKE), 1).toFloatArray();
            int from = 0;
            for (int i = 0; i < ALIKE.length; i++) {
                int to = from + ALIKE[i].length - 1;
                float[] own = Arrays.copyOfRange(noisy, from, to);
                if (i % 2 == 0) {
                    assertThat(own).containsExactly(Arrays.copyOfRange(calm, from, to), within(1e-5f));
                } else {
                    assertThat(own).isNotEqualTo(Arrays.copyOfRange(calm, from, to));
                }
                from = to;
            }
        }
    }

    @Test
    void rowsThatBeginAlikeStayTogetherWhateverTheirLengths() {
        List<int[]> rows = List.of(
                new int[] {1, 2, 3, 4, 5, 6, 7, 8}, new int[] {9, 9, 9, 9}, new int[] {1, 2, 3, 4, 8}, new int[] {
                    7, 7, 7, 7, 7, 7
                });
        assertThat(Forward.groups(rows, 1000)).containsExactly(new int[] {1, 3, 0, 2});
        assertThat(Forward.groups(rows, 16)).containsExactly(new int[] {1, 3}, new int[] {0, 2});
        assertThat(Forward.groups(List.of(), 16)).isEmpty();
    }

    @Test
    void halvesHaveAsManyTokensAndTearApartFewRowsThatBeginAlike() {
        int[][] prompts = {{1, 2, 3, 4, 5, 6}, {2, 2, 3, 4, 5, 6}, {3, 2, 3, 4, 5, 6}, {4, 2, 3, 4, 5, 6}};
        List<int[]> rows = IntStream.range(0, 16)
                .mapToObj(i -> IntStream.concat(IntStream.of(prompts[i % 4]), IntStream.of(5 + i, 3))
                        .toArray())
                .toList();
        List<int[]> parts = Forward.parts(TORCH, rows, 1000);
        assertThat(parts).hasSize(2);
        for (int[] part : parts) {
            assertThat(IntStream.of(part).map(i -> i % 4).distinct().count()).isEqualTo(2);
            assertThat(part).hasSize(8);
        }
        List<int[]> ofOne = IntStream.range(0, 6)
                .mapToObj(i -> new int[] {1, 2, 3, 4, 5, 6, 5 + i, 3})
                .toList();
        assertThat(Forward.parts(TORCH, ofOne, 1000)).containsExactly(new int[] {0, 1, 2}, new int[] {3, 4, 5});
        List<int[]> uneven = List.of(new int[9], new int[] {1}, new int[] {2, 2}, new int[] {3, 3, 3});
        assertThat(Forward.parts(TORCH, uneven, 1000)).containsExactly(new int[] {0}, new int[] {1, 2, 3});
        assertThat(Forward.parts(TORCH, List.of(new int[] {1}), 1000)).containsExactly(new int[] {0});
    }
}

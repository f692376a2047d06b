package dev.heed.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.heed.model.Batch;
import dev.heed.model.Head;
import dev.heed.model.ModelConfig;
import dev.heed.model.Transformer;
import dev.heed.run.UserError;
import dev.heed.tensor.Precision;
import dev.heed.tensor.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SamplerTest {
    private static final Torch TORCH = Torch.start(2, Precision.FP32);
    private static final ModelConfig CONFIG = ModelConfig.llama(20, 16, 2, 4, 2, 24, 40, 10000, 1e-5, true, 1, 2, 0);
    private static final int EOS = 2;
    private static final Decoding TWENTY = Decoding.at(1, 20);
    private static final Decoding FILTERED = new Decoding(.7, 20, new Filters(12, .95, .02, .9, 1.3, 3));

    @Test
    void keptLogProbsAreThoseOfAFullForwardPass() {
        try (Transformer model = Transformer.create(TORCH, CONFIG, Head.LANGUAGE, 1);
                NDManager scope = TORCH.manager().newSubManager()) {
            List<int[]> prompts = prompts(40);
            List<Sampled> sampled = new Sampler(model, EOS).sample(prompts, Decoding.at(.7, 20), 5, keys(40));
            assertThat(sampled).anyMatch(Sampled::ended).anyMatch(row -> !row.ended());
            for (int i = 0; i < prompts.size(); i++) {
                int[] prompt = prompts.get(i);
                int[] ids = sampled.get(i).ids();
                Batch row = new Batch(new int[][] {join(prompt, ids)}, new int[] {prompt.length});
                assertThat(model.logProbs(scope, row, .7).toFloatArray())
                        .containsExactly(sampled.get(i).logProbs(), within(1e-4f));
                assertThat(sampled.get(i).ended()).isEqualTo(ids[ids.length - 1] == EOS);
                assertThat(Arrays.copyOf(ids, ids.length - 1)).doesNotContain(EOS);
            }
        }
    }

    /** So many rows, and so long, that waiting ones enter, the cache grows, and all its rows move back. */
    @Test
    void theCacheHoldsWhatAFullForwardPassReadsHoweverItGrowsAndItsRowsChange() {
        ModelConfig longer = ModelConfig.llama(20, 16, 2, 4, 2, 24, 120, 10000, 1e-5, true, 1, 2, 0);
        try (Transformer model = Transformer.create(TORCH, longer, Head.LANGUAGE, 1);
                NDManager scope = TORCH.manager().newSubManager()) {
            List<int[]> prompts = IntStream.range(0, 500)
                    .mapToObj(i -> IntStream.range(0, 1 + i % 37)
                            .map(t -> (i * 7 + t * 3) % 17 + 3)
                            .toArray())
                    .toList();
            List<Sampled> sampled = new Sampler(model, EOS).sample(prompts, Decoding.at(1, 80), 5, keys(500));
            assertThat(sampled).extracting(row -> row.ids().length).contains(80).anyMatch(length -> length < 20);
            for (int i = 0; i < prompts.size(); i++) {
                int[] prompt = prompts.get(i);
                Batch row = new Batch(new int[][] {join(prompt, sampled.get(i).ids())}, new int[] {prompt.length});
                assertThat(model.logProbs(scope, row, 1).toFloatArray())
                        .as("row %d", i)
                        .containsExactly(sampled.get(i).logProbs(), within(1e-4f));
            }
        }
    }

    @Test
    void aRowsTokensDoNotDependOnTheOtherRows() {
        try (Transformer model = Transformer.create(TORCH, CONFIG, Head.LANGUAGE, 1)) {
            Sampler sampler = new Sampler(model, EOS);
            List<int[]> prompts = prompts(40);
            List<Sampled> together = sampler.sample(prompts, TWENTY, 5, keys(40));
            for (int i : new int[] {0, 7, 39}) {
                Sampled alone = sampler.sample(List.of(prompts.get(i)), TWENTY, 5, new long[] {i})
                        .get(0);
                assertThat(alone.ids()).containsExactly(together.get(i).ids());
            }
            List<int[]> backwards = new ArrayList<>(prompts);
            Collections.reverse(backwards);
            long[] keys = LongStream.range(0, 40).map(i -> 39 - i).toArray();
            assertThat(sampler.sample(backwards, TWENTY, 5, keys).get(0).ids())
                    .containsExactly(together.get(39).ids());
        }
    }

    @Test
    void onePromptManyTimesGivesDifferentCompletionsFromOneReading() {
        try (Transformer model = Transformer.create(TORCH, CONFIG, Head.LANGUAGE, 1)) {
            List<int[]> prompts = Collections.nCopies(150, new int[] {1, 5});
            List<Sampled> sampled = new Sampler(model).sample(prompts, TWENTY, 5, keys(150));
            assertThat(sampled.stream().map(row -> Arrays.toString(row.ids())).distinct())
                    .hasSizeGreaterThan(140);
        }
    }

    @Test
    void drawsFollowTheModelsDistribution() {
        int n = 2000;
        try (Transformer model = Transformer.create(TORCH, CONFIG, Head.LANGUAGE, 1);
                NDManager scope = TORCH.manager().newSubManager()) {
            List<Sampled> sampled =
                    new Sampler(model).sample(Collections.nCopies(n, new int[] {1}), Decoding.at(1, 1), 5, keys(n));
            int[] counts = new int[CONFIG.vocabulary()];
            sampled.forEach(row -> counts[row.ids()[0]]++);
            for (int id = 0; id < counts.length; id++) {
                double p = Math.exp(model.logProbs(scope, Batch.whole(new int[][] {{1, id}}), 1)
                        .getFloat());
                assertThat(counts[id] / (double) n).isCloseTo(p, within(4 * Math.sqrt(p * (1 - p) / n))); // 4 sigma
            }
        }
    }

    @Test
    void leavesNoArraysBehind() {
        try (Transformer model = Transformer.create(TORCH, CONFIG, Head.LANGUAGE, 1)) {
            Sampler sampler = new Sampler(model, EOS);
            for (Decoding decoding : List.of(TWENTY, FILTERED)) {
                sampler.sample(prompts(40), decoding, 5, keys(40));
                int before = TORCH.manager().getManagedArrays().size();
                sampler.sample(prompts(40), decoding, 6, keys(40));
                assertThat(TORCH.manager().getManagedArrays()).hasSize(before);
            }
        }
    }

    @Test
    void stopsAtTheContextsEnd() {
        try (Transformer model = Transformer.create(TORCH, CONFIG, Head.LANGUAGE, 1)) {
            List<int[]> prompts = List.of(new int[38], new int[10], new int[39]);
            List<Sampled> sampled = new Sampler(model).sample(prompts, TWENTY, 5, keys(3));
            assertThat(sampled).extracting(row -> row.ids().length).containsExactly(2, 20, 1);
            assertThatThrownBy(() -> new Sampler(model).sample(List.of(new int[40]), TWENTY, 5, keys(1)))
                    .isInstanceOf(UserError.class)
                    .hasMessage("a prompt of 40 tokens leaves no room in the model's context of 40; shorten it");
        }
    }

    @Test
    void noPairOfTokensComesTwiceWhereThatIsForbidden() {
        Filters filters = new Filters(0, 1, 0, 1, 1, 2);
        try (Transformer model = Transformer.create(TORCH, CONFIG, Head.LANGUAGE, 1)) {
            for (double temperature : new double[] {0, 1}) {
                Decoding decoding = new Decoding(temperature, 20, filters);
                List<Sampled> sampled = new Sampler(model).sample(prompts(40), decoding, 5, keys(40));
                for (int i = 0; i < 40; i++) {
                    int[] text = join(prompts(40).get(i), sampled.get(i).ids());
                    assertThat(IntStream.range(1, text.length).mapToObj(t -> text[t - 1] + " " + text[t]))
                            .doesNotHaveDuplicates();
                }
            }
        }
    }

    @Test
    void filtersChangeWhatIsDrawnButNotWhatIsRecordedOfIt() {
        try (Transformer model = Transformer.create(TORCH, CONFIG, Head.LANGUAGE, 1);
                NDManager scope = TORCH.manager().newSubManager()) {
            Sampler sampler = new Sampler(model, EOS);
            List<Sampled> filtered = sampler.sample(prompts(40), FILTERED, 5, keys(40));
            List<Sampled> whole = sampler.sample(prompts(40), Decoding.at(.7, 20), 5, keys(40));
            assertThat(filtered.get(39).ids()).isNotEqualTo(whole.get(39).ids());
            int[] prompt = prompts(40).get(39);
            Batch row = new Batch(new int[][] {join(prompt, filtered.get(39).ids())}, new int[] {prompt.length});
            assertThat(model.logProbs(scope, row, .7).toFloatArray())
                    .containsExactly(filtered.get(39).logProbs(), within(1e-4f));
            List<int[]> alone = List.of(prompt);
            assertThat(sampler.sample(alone, FILTERED, 5, new long[] {39})
                            .get(0)
                            .ids())
                    .containsExactly(filtered.get(39).ids());
        }
    }

    @Test
    void refusesFiltersThatLeaveNothing() {
        assertThatThrownBy(() -> new Filters(0, 0, 0, 1, 1, 0))
                .isInstanceOf(UserError.class)
                .hasMessage("--top-p must be above 0, was 0.0");
    }

    private static List<int[]> prompts(int n) {
        return IntStream.range(0, n)
                .mapToObj(i -> IntStream.range(0, 1 + i % 9)
                        .map(t -> (i * 7 + t * 3) % 17 + 3)
                        .toArray())
                .toList();
    }

    private static long[] keys(int n) {
        return LongStream.range(0, n).toArray();
    }

    private static int[] join(int[] first, int[] second) {
        return IntStream.concat(Arrays.stream(first), Arrays.stream(second)).toArray();
    }
}

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
import dev.heed.sample.Growing.Grown;
import dev.heed.sample.LiveSampler.Wanted;
import dev.heed.tensor.Precision;
import dev.heed.tensor.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LiveSamplerTest {
    private static final Torch TORCH = Torch.start(2, Precision.FP32);
    private static final ModelConfig CONFIG = ModelConfig.llama(20, 16, 2, 4, 2, 24, 120, 10000, 1e-5, true, 1, 2, 0);
    private static final int EOS = 2;
    private static final long MEMORY = 1 << 26;
    private static final Filters NARROW = new Filters(12, .95, .02, .9, 1.3, 3);

    private final Transformer model = Transformer.create(TORCH, CONFIG, Head.LANGUAGE, 1);
    private final LiveSampler sampler = new LiveSampler(model, MEMORY, EOS);

    @AfterEach
    void close() {
        sampler.close();
        model.close();
    }

    /** Lengths, limits, temperatures, filters and seeds all differ; they come while others run, some leave half-way. */
    @Test
    void eachRequestGetsWhatItWouldGetAlone() throws Exception {
        List<Wanted> wanted =
                IntStream.range(0, 200).mapToObj(LiveSamplerTest::wanted).toList();
        List<Growing> growing = new ArrayList<>();
        for (Wanted one : wanted) {
            growing.add(sampler.begin(List.of(one)));
            if (growing.size() % 3 == 0) {
                sampler.begin(List.of(wanted(growing.size() + 500))).close(); // a neighbour that goes away
            }
            if (growing.size() % 20 == 0) {
                Thread.sleep(3);
            }
        }
        for (int i = 0; i < wanted.size(); i++) {
            Wanted one = wanted.get(i);
            Sampled alone = new Sampler(model, EOS)
                    .sample(List.of(one.prompt()), one.decoding(), one.seed(), new long[] {one.key()})
                    .get(0);
            assertThat(ids(growing.get(i))).as("request %d", i).containsExactly(alone.ids());
        }
        assertThat(sampler.busy()).isFalse();
    }

    @Test
    void severalCompletionsOfOneRequestAreToldApart() throws Exception {
        List<Wanted> wanted = IntStream.range(0, 5)
                .mapToObj(i -> new Wanted(new int[] {1, 5}, Decoding.at(1, 30), 7, i, -1))
                .toList();
        List<Sampled> expected = new Sampler(model, EOS)
                .sample(Collections.nCopies(5, new int[] {1, 5}), Decoding.at(1, 30), 7, new long[] {0, 1, 2, 3, 4});
        List<List<Integer>> heard = IntStream.range(0, 5)
                .mapToObj(i -> (List<Integer>) new ArrayList<Integer>())
                .toList();
        int last = 0;
        try (Growing growing = sampler.begin(wanted)) {
            while (last < 5) {
                Grown grown = growing.await(10_000).orElseThrow();
                heard.get(grown.row()).add(grown.token().id());
                last += grown.last() ? 1 : 0;
            }
        }
        for (int i = 0; i < 5; i++) {
            assertThat(heard.get(i))
                    .containsExactlyElementsOf(
                            Arrays.stream(expected.get(i).ids()).boxed().toList());
        }
    }

    @Test
    void tellsTheModelsOwnLogProbabilitiesWhateverTheDecoding() throws Exception {
        int[] prompt = {1, 5, 9};
        Wanted wanted = new Wanted(prompt, new Decoding(.5, 20, NARROW), 3, 0, 4);
        try (Growing growing = sampler.begin(List.of(wanted));
                NDManager scope = TORCH.manager().newSubManager()) {
            List<Token> tokens = tokens(growing);
            int[] ids = tokens.stream().mapToInt(Token::id).toArray();
            int[] text =
                    IntStream.concat(Arrays.stream(prompt), Arrays.stream(ids)).toArray();
            Batch row = new Batch(new int[][] {text}, new int[] {prompt.length});
            float[][] all = rows(model.logits(scope, row).logSoftmax(1).toFloatArray(), CONFIG.vocabulary());
            for (int t = 0; t < ids.length; t++) {
                Token.Likeliest told = Objects.requireNonNull(tokens.get(t).likeliest());
                assertThat(told.logProb()).isCloseTo(all[t][ids[t]], within(1e-4f));
                float[] sorted = all[t].clone();
                Arrays.sort(sorted);
                for (int k = 0; k < 4; k++) {
                    assertThat(told.logProbs()[k]).isCloseTo(sorted[sorted.length - 1 - k], within(1e-4f));
                    assertThat(told.logProbs()[k]).isCloseTo(all[t][told.ids()[k]], within(1e-4f));
                }
            }
        }
    }

    @Test
    void whoGoesAwayFreesTheLaneForWhoWaits() throws Exception {
        LiveSampler narrow = new LiveSampler(model, 1, EOS); // one row at a time
        try (narrow) {
            Growing endless = narrow.begin(List.of(new Wanted(new int[] {1}, Decoding.at(1, 119), 4, 0, -1)));
            Growing next = narrow.begin(List.of(new Wanted(new int[] {1}, Decoding.greedy(3), 4, 0, -1)));
            assertThat(endless.await(10_000)).isPresent();
            endless.close();
            assertThat(ids(next)).isNotEmpty();
            while (endless.await(0).isPresent()) {
                // what had been said before
            }
            assertThat(endless.await(50)).isEmpty();
        }
    }

    @Test
    void leavesNoArraysBehind() throws Exception {
        ids(sampler.begin(List.of(wanted(3))));
        int before = TORCH.manager().getManagedArrays().size();
        for (int i = 0; i < 30; i++) {
            ids(sampler.begin(List.of(wanted(i))));
        }
        assertThat(TORCH.manager().getManagedArrays()).hasSize(before);
    }

    @Test
    void refusesWhatNoLaneCouldHoldAndGoesOn() throws Exception {
        assertThatThrownBy(() -> sampler.begin(List.of(new Wanted(new int[120], Decoding.greedy(1), 1, 0, -1))))
                .isInstanceOf(UserError.class)
                .hasMessage("a prompt of 120 tokens leaves no room in the model's context of 120; shorten it");
        assertThatThrownBy(() -> sampler.begin(List.of(new Wanted(new int[] {99}, Decoding.greedy(1), 1, 0, -1))))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("outside the model's vocabulary of 20");
        assertThat(ids(sampler.begin(List.of(wanted(1))))).isNotEmpty();
    }

    @Test
    void closingTellsThoseWhoWait() {
        Growing growing = sampler.begin(List.of(new Wanted(new int[] {1}, Decoding.at(1, 119), 4, 0, -1)));
        sampler.close();
        assertThatThrownBy(() -> {
                    while (growing.await(10_000).isPresent()) {
                        // what had been said before
                    }
                })
                .isInstanceOf(IllegalStateException.class)
                .hasRootCauseMessage("the model was put away");
    }

    private static Wanted wanted(int i) {
        int[] prompt = IntStream.range(0, 1 + i % 37)
                .map(t -> (i * 7 + t * 3) % 17 + 3)
                .toArray();
        double temperature = new double[] {1, 0, .7, 1.3}[i % 4];
        Filters filters = i % 5 == 0 ? NARROW : Filters.NONE;
        return new Wanted(prompt, new Decoding(temperature, 1 + i * 13 % 80, filters), 5 + i % 3, i, i % 6 - 1);
    }

    private static List<Token> tokens(Growing growing) throws InterruptedException {
        List<Token> tokens = new ArrayList<>();
        Grown grown;
        do {
            grown = growing.await(10_000).orElseThrow();
            tokens.add(grown.token());
        } while (!grown.last());
        return tokens;
    }

    private static int[] ids(Growing growing) throws InterruptedException {
        return tokens(growing).stream().mapToInt(Token::id).toArray();
    }

    private static float[][] rows(float[] flat, int width) {
        return IntStream.range(0, flat.length / width)
                .mapToObj(i -> Arrays.copyOfRange(flat, i * width, (i + 1) * width))
                .toArray(float[][]::new);
    }
}

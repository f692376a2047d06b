package dev.heed.sample;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.tensor.DecodingKernels;
import dev.heed.tensor.Golden;
import dev.heed.tensor.Precision;
import dev.heed.tensor.Torch;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every case of what transformers leaves to be drawn. A new case needs no code, a new kind fails. */
class GoldenSamplingTest {
    private static final Torch TORCH = Torch.start(2, Precision.FP32);
    private static final DecodingKernels KERNELS = TORCH.decoding();
    private static final Map<String, Consumer<Golden>> RUNNERS =
            Map.of("sampling_filter", GoldenSamplingTest::filtersAndDraws);

    @TestFactory
    Stream<DynamicTest> agreesWithTransformers() {
        return Golden.all("sampling").stream()
                .map(golden -> DynamicTest.dynamicTest(golden.name(), () -> {
                    assertThat(RUNNERS).containsKey(golden.op());
                    Objects.requireNonNull(RUNNERS.get(golden.op())).accept(golden);
                }));
    }

    private static void filtersAndDraws(Golden golden) {
        JsonNode config = golden.config();
        double temperature = config.path("temperature").asDouble(1);
        int[] shape = golden.shape("in.logits");
        try (NDManager scope = TORCH.manager().newSubManager()) {
            NDArray logits = scope.create(golden.floats("in.logits"), new Shape(shape[0], shape[1]));
            NDArray scores = filters(config).scores(KERNELS, logits, temperature, texts(golden));
            golden.expect("out.scores", scores.toFloatArray());
            golden.expect("out.probs", scores.softmax(-1).toFloatArray());
            golden.expect("out.logprobs", scores.logSoftmax(-1).toFloatArray());
            assertThat(kept(scores)).containsExactly(golden.longs("out.kept"));
            expectDraws(golden, logits, scores, temperature);
        }
    }

    /** A row's draw is the token in whose part of the cumulative probabilities the uniform number lies. */
    private static void expectDraws(Golden golden, NDArray logits, NDArray scores, double temperature) {
        float[] probs = golden.floats("out.probs");
        int vocabulary = golden.shape("out.probs")[1];
        float[] uniforms = new float[golden.shape("out.probs")[0]];
        for (float uniform = .01f; uniform < 1; uniform += .07f) {
            Arrays.fill(uniforms, uniform);
            int[] ids = KERNELS.draw(logits, scores, uniforms, temperature).ids();
            for (int i = 0; i < ids.length; i++) {
                int row = i * vocabulary;
                double below = IntStream.range(row, row + ids[i])
                        .mapToDouble(at -> probs[at])
                        .sum();
                assertThat((double) uniform)
                        .isBetween(below - 1e-5, below + probs[row + ids[i]] + 1e-5); // float32 sums
                assertThat(probs[row + ids[i]]).isPositive();
            }
        }
    }

    private static Filters filters(JsonNode config) {
        return new Filters(
                config.path("top_k").asInt(0),
                config.path("top_p").asDouble(1),
                config.path("min_p").asDouble(0),
                config.path("typical_p").asDouble(1),
                config.path("repetition_penalty").asDouble(1),
                config.path("no_repeat_ngram_size").asInt(0));
    }

    private static int[][] texts(Golden golden) {
        int[] ids = Arrays.stream(golden.longs("in.input_ids"))
                .mapToInt(Math::toIntExact)
                .toArray();
        int[] shape = golden.shape("in.input_ids");
        return IntStream.range(0, shape[0])
                .mapToObj(row -> Arrays.copyOfRange(ids, row * shape[1], (row + 1) * shape[1]))
                .toArray(int[][]::new);
    }

    private static long[] kept(NDArray scores) {
        float[] all = scores.toFloatArray();
        return IntStream.range(0, all.length)
                .mapToLong(i -> all[i] > Float.NEGATIVE_INFINITY ? 1 : 0)
                .toArray();
    }

    @Test
    void aCompletionEndsWhereTrlCutsIt() {
        for (Golden golden : Golden.cases("losses", "ppo_truncate")) {
            int width = golden.shape("in.responses")[1];
            int end = golden.config().path("stop_token_id").asInt();
            long[] responses = golden.longs("in.responses");
            long[] truncated = golden.longs("out.truncated");
            long[] padding = golden.longs("out.padding_mask");
            for (int row = 0; row < responses.length / width; row++) {
                Sampled ours = grown(Arrays.copyOfRange(responses, row * width, (row + 1) * width), end);
                int length = (int) golden.longs("out.last_index")[row] + 1;
                assertThat(ours.ids()).hasSize(length);
                assertThat(ours.ended()).isEqualTo(golden.longs("out.contains_eos")[row] == 1);
                for (int t = 0; t < width; t++) {
                    assertThat(padding[row * width + t]).isEqualTo(t < length ? 0 : 1);
                    assertThat(truncated[row * width + t])
                            .isEqualTo(
                                    t < length
                                            ? ours.ids()[t]
                                            : golden.config()
                                                    .path("pad_token_id")
                                                    .asInt());
                }
            }
        }
        // Deviation: out.padding_mask_p1 is where TRL has a reward and a value behind the last token; we have neither.
    }

    /** A completion that is given these tokens for as long as it takes any. */
    private static Sampled grown(long[] tokens, int end) {
        Row row = new Row(new int[] {2}, Decoding.at(1, tokens.length), 0);
        for (long token : tokens) {
            if (!row.finished()) {
                row.add(new Token((int) token, 0, null), new int[] {end}, 1 << 20);
            }
        }
        return row.sampled();
    }
}

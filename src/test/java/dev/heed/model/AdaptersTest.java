package dev.heed.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.run.Draws;
import dev.heed.run.Json;
import dev.heed.run.Knobs;
import dev.heed.run.UserError;
import dev.heed.sample.Decoding;
import dev.heed.sample.Sampled;
import dev.heed.sample.Sampler;
import dev.heed.tensor.AdamW;
import dev.heed.tensor.Learner;
import dev.heed.tensor.Precision;
import dev.heed.tensor.Safetensors;
import dev.heed.tensor.Torch;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters, beside those that PEFT made: peft/make.py wrote the folders that are read here. */
class AdaptersTest {
    private static final Torch TORCH = Torch.start(2, Precision.FP32);
    private static final ModelConfig SMALL = ModelConfig.llama(20, 16, 2, 4, 2, 24, 12, 10000, 1e-5, true, 1, 2, 0);
    private static final AdamW.Config PLAIN = new AdamW.Config(.9, .99, 1e-8, 0, 0);
    private static final Lora LORA = new Lora(3, 6, "all");
    private static final Batch BATCH = new Batch(new int[][] {{1, 5, 6, 7, 2}, {1, 9, 3}}, new int[] {2, 1});

    private static Path peft(String name) {
        try {
            return Path.of(Objects.requireNonNull(AdaptersTest.class.getResource("peft/" + name))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Transformer load(Path dir, Head head) {
        return Transformer.load(TORCH, dir, head);
    }

    private static void step(Transformer model, int times) {
        try (Learner learner = new Learner(TORCH, model.parameters(), PLAIN)) {
            for (int i = 0; i < times; i++) {
                learner.minimise(1e-2, scope -> said(model, scope).mean().neg());
            }
        }
    }

    /** Log-probabilities, or values where it scores. */
    private static NDArray said(Transformer model, NDManager scope) {
        return model.head() == Head.LANGUAGE ? model.logProbs(scope, BATCH, 1) : model.values(scope, BATCH);
    }

    private static float[] said(Transformer model) {
        try (NDManager scope = TORCH.manager().newSubManager()) {
            return said(model, scope).toFloatArray();
        }
    }

    @ParameterizedTest
    @CsvSource({"llama,LANGUAGE", "reward,SCALAR", "gpt2,LANGUAGE", "gpt-neox,LANGUAGE"})
    void beginsAsTheModelItselfAndLeavesThatAsItIs(String name, Head head) {
        try (Transformer base = load(peft(name), head);
                Transformer adapted = base.adapted(LORA, 1)) {
            String before = base.hash();
            float[] said = said(base);
            assertThat(adapted.hash()).isEqualTo(before);
            assertThat(said(adapted)).as("to the last bit").containsExactly(said);
            step(adapted, 2);
            assertThat(base.hash()).isEqualTo(before);
            assertThat(said(base)).containsExactly(said);
            assertThat(adapted.hash()).isNotEqualTo(before);
            assertThat(said(adapted)).isNotEqualTo(said);
        }
    }

    @ParameterizedTest
    @CsvSource({"llama,LANGUAGE", "reward,SCALAR", "gpt2,LANGUAGE", "gpt-neox,LANGUAGE"})
    void whatIsSavedIsWhatLearned(String name, Head head, @TempDir Path dir) {
        try (Transformer base = load(peft(name), head);
                Transformer adapted = base.adapted(LORA, 1)) {
            step(adapted, 2);
            adapted.save(dir);
            try (Transformer merged = load(dir, head);
                    Transformer copy = adapted.copy()) {
                assertThat(merged.hasAdapters()).isFalse();
                assertThat(merged.hash()).isEqualTo(adapted.hash()).isEqualTo(copy.hash());
                assertThat(said(merged)).as("to the last bit").containsExactly(said(adapted));
                assertThat(said(copy)).containsExactly(said(adapted));
            }
        }
    }

    @Test
    void samplesFromWhatItSays() {
        try (Transformer base = load(peft("llama"), Head.LANGUAGE);
                Transformer adapted = base.adapted(LORA, 1)) {
            Sampler sampler = new Sampler(adapted, 2);
            sampler.sample(List.of(new int[] {1, 5}), Decoding.at(1, 6), 3, new long[] {0});
            step(adapted, 20); // what decoding had made ready is old now
            Sampled sampled = sampler.sample(List.of(new int[] {1, 5}), Decoding.at(1, 6), 3, new long[] {0})
                    .get(0);
            int[] row = {1, 5};
            row = Arrays.copyOf(row, 2 + sampled.ids().length);
            System.arraycopy(sampled.ids(), 0, row, 2, sampled.ids().length);
            try (NDManager scope = TORCH.manager().newSubManager()) {
                assertThat(sampled.logProbs())
                        .containsExactly(
                                adapted.logProbs(scope, new Batch(new int[][] {row}, new int[] {2}), 1)
                                        .toFloatArray(),
                                within(1e-4f)); // float32, another order of sums
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "llama,LANGUAGE,all",
        "llama,LANGUAGE,'k,up'",
        "reward,SCALAR,'q, v'",
        "gpt2,LANGUAGE,qkv",
        "gpt-neox,LANGUAGE,all"
    })
    void gradientsAreThoseOfFiniteDifferences(String name, Head head, String targets) {
        try (Transformer base = load(peft(name), head);
                Transformer model = base.adapted(new Lora(2, 3, targets), 3)) {
            step(model, 3); // so that B is not zero
            Function<NDManager, NDArray> loss = scope -> said(model, scope).sum();
            try (Learner learner = new Learner(TORCH, model.parameters(), PLAIN)) {
                learner.accumulate(loss);
                SplittableRandom random = Draws.of(1, "places", 0);
                for (String parameter : model.parameters().names()) {
                    NDArray weight = model.parameters().expect(parameter);
                    try (NDArray gradient = weight.getGradient()) {
                        int place = random.nextInt((int) weight.size());
                        double slope =
                                (lossAt(loss, weight, place, 5e-3f) - lossAt(loss, weight, place, -5e-3f)) / 1e-2;
                        assertThat((double) gradient.toFloatArray()[place])
                                .as("%s at %d", parameter, place)
                                .isCloseTo(slope, within(5e-3 + 1e-2 * Math.abs(slope))); // float32
                    }
                }
            }
        }
    }

    private static double lossAt(Function<NDManager, NDArray> loss, NDArray weight, int place, float change) {
        float[] values = weight.toFloatArray();
        values[place] += change;
        try (NDManager scope = TORCH.manager().newSubManager();
                NDArray before = weight.duplicate()) {
            TORCH.kernels().assign(weight, scope.create(values, weight.getShape()));
            double result = loss.apply(scope).getFloat();
            TORCH.kernels().assign(weight, before);
            return result;
        }
    }

    @Test
    void beginsAsTheAuthorsCodeDoes() {
        try (Transformer base = load(peft("llama"), Head.LANGUAGE);
                Transformer one = base.adapted(LORA, 1);
                Transformer same = base.adapted(LORA, 1);
                Transformer other = base.adapted(LORA, 2)) {
            String down = "model.layers.0.mlp.down_proj";
            float[] a = one.parameters().expect(down + ".a").toFloatArray();
            assertThat(a)
                    .hasSize(3 * 24)
                    .containsExactly(same.parameters().expect(down + ".a").toFloatArray());
            assertThat(a).isNotEqualTo(other.parameters().expect(down + ".a").toFloatArray());
            float bound = (float) (1 / Math.sqrt(24));
            for (float value : a) {
                assertThat(value).isBetween(-bound, bound);
            }
            double variance = 0;
            for (float value : a) {
                variance += value * value / a.length;
            }
            assertThat(variance).isCloseTo(bound * bound / 3, within(0.3 * bound * bound / 3)); // of 72 draws
            assertThat(one.parameters().expect(down + ".b").toFloatArray()).containsOnly(0);
        }
    }

    @Test
    void learnsTheAdaptersAndAScoringHeadAlone() {
        try (Transformer base = load(peft("reward"), Head.SCALAR);
                Transformer model = base.adapted(new Lora(2, 4, "q,down"), 1)) {
            // q is (16, 16), down (16, 24), the head (1, 16)
            assertThat(model.parameters().count()).isEqualTo(2 * (2 * (16 + 16) + 2 * (16 + 24)) + 16);
            model.zeroHead();
            assertThat(said(model)).containsOnly(0);
            assertThat(said(base)).as("the model keeps its own head").doesNotContain(0);
        }
    }

    @Test
    void stepsLeaveNoArraysBehind() {
        try (Transformer base = load(peft("llama"), Head.LANGUAGE);
                Transformer model = base.adapted(LORA, 1);
                Learner learner = new Learner(TORCH, model.parameters(), PLAIN)) {
            int arrays = 0;
            for (int i = 0; i < 30; i++) {
                learner.minimise(1e-4, scope -> said(model, scope).mean().neg());
                said(model);
                model.hash();
                if (i == 9) {
                    arrays = managed(TORCH.manager());
                }
            }
            assertThat(managed(TORCH.manager())).isEqualTo(arrays);
        }
    }

    private static int managed(NDManager manager) {
        return manager.getManagedArrays().size();
    }

    // ---- PEFT's ----

    @ParameterizedTest
    @CsvSource({"llama,LANGUAGE", "reward,SCALAR", "gpt2,LANGUAGE", "gpt-neox,LANGUAGE"})
    void saysWhatPeftSaysOfItsAdapter(String name, Head head, @TempDir Path dir) {
        JsonNode expected = Json.read(peft(name).resolve("expected.json"));
        int[] ids = StreamSupport.stream(expected.path("ids").spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
        AdapterFolder folder = AdapterFolder.read(peft(name).resolve("adapter"));
        assertThat(folder.head()).isEqualTo(head);
        assertThat(folder.base()).isEqualTo("somebody/" + name);
        try (Transformer base = load(peft(name), head);
                Transformer adapted = base.adapted(folder);
                NDManager scope = TORCH.manager().newSubManager()) {
            adapted.save(dir);
            try (Transformer merged = load(dir, head)) {
                float[] ours = head == Head.SCALAR
                        ? merged.scores(scope, new int[][] {ids}).toFloatArray()
                        : merged.logits(scope, Batch.whole(new int[][] {ids})).toFloatArray();
                float[] theirs = Arrays.copyOf(numbers(expected.path("logits")), ours.length); // not the last token's
                assertThat(ours).containsExactly(theirs, within(2e-4f)); // float32, logits up to 20
            }
        }
    }

    private static float[] numbers(JsonNode tree) {
        List<JsonNode> all = flat(tree);
        float[] values = new float[all.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = all.get(i).floatValue();
        }
        return values;
    }

    private static List<JsonNode> flat(JsonNode tree) {
        return StreamSupport.stream(tree.spliterator(), false)
                .flatMap(node -> node.isArray() ? flat(node).stream() : Stream.of(node))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"reward,SCALAR,2,4,all", "gpt2,LANGUAGE,2,8,'qkv,down'", "gpt-neox,LANGUAGE,2,8,all"})
    void laysOutAnAdapterAsPeftDoes(String name, Head head, int rank, double alpha, String targets, @TempDir Path dir) {
        try (Transformer base = load(peft(name), head);
                Transformer adapted = base.adapted(new Lora(rank, alpha, targets), 1)) {
            step(adapted, 2);
            adapted.saveAdapters(dir, peft(name));
            assertThat(shapes(dir)).isEqualTo(shapes(peft(name).resolve("adapter")));
            JsonNode ours = Json.read(dir.resolve("adapter_config.json"));
            JsonNode theirs = Json.read(peft(name).resolve("adapter/adapter_config.json"));
            for (String key : List.of("peft_type", "task_type", "r", "bias", "fan_in_fan_out", "use_rslora")) {
                assertThat(ours.path(key)).as(key).isEqualTo(theirs.path(key));
            }
            assertThat(ours.path("lora_alpha").asDouble()).isEqualTo(alpha);
            assertThat(ours.path("base_model_name_or_path").asText())
                    .isEqualTo(peft(name).toString());
            try (Transformer again = base.adapted(AdapterFolder.read(dir))) {
                assertThat(again.hash()).isEqualTo(adapted.hash());
            }
        }
    }

    private static Map<String, String> shapes(Path adapter) {
        try (Safetensors saved = Safetensors.open(adapter.resolve("adapter_model.safetensors"))) {
            Map<String, String> shapes = new TreeMap<>();
            saved.names()
                    .forEach(name ->
                            shapes.put(name, Arrays.toString(saved.expect(name).shape())));
            return shapes;
        }
    }

    // ---- what is refused ----

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--rank=-1      | --rank must be at least 0, was -1",
                "--alpha=0      | --alpha must be between 0.001 and 1000000, was 0.0",
                "--alpha=NaN    | --alpha must be between 0.001 and 1000000, was NaN",
                "--targets=q,x  | --targets must be all, or of q, k, v, qkv, o, gate, up, down with commas, was 'q,x'",
                "--targets=q,,v | --targets must be all, or of q, k, v, qkv, o, gate, up, down with commas, was 'q,,v'",
            })
    void refusesSettingsThatNoModelCouldHave(String option, String message) {
        assertThatThrownBy(() -> Knobs.of(Lora.class, option))
                .isInstanceOf(UserError.class)
                .hasMessage(message);
    }

    @Test
    void refusesMatricesThatTheModelLacks() {
        try (Transformer llama = load(peft("llama"), Head.LANGUAGE);
                Transformer gpt2 = load(peft("gpt2"), Head.LANGUAGE)) {
            assertThatThrownBy(() -> gpt2.adapted(new Lora(1, 1, "q,v"), 1))
                    .isInstanceOf(UserError.class)
                    .hasMessage("--lora-targets: a gpt2 model has no matrix q; it has qkv, o, up, down");
            assertThatThrownBy(() -> llama.adapted(new Lora(1, 1, "qkv"), 1))
                    .isInstanceOf(UserError.class)
                    .hasMessage("--lora-targets: a llama model has no matrix qkv; it has q, k, v, o, gate, up, down");
            assertThatThrownBy(() -> llama.adapted(new Lora(9, 1, "all"), 1))
                    .isInstanceOf(UserError.class)
                    .hasMessage("--lora-rank must be at most 8, the shorter side of k (8 x 16), was 9");
            llama.adapted(new Lora(9, 1, "q,o"), 1).close();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "peft_type         | \"LOHA\"                   | peft_type is \"LOHA\"; Heed reads adapters with LORA",
                "use_dora          | true                       | use_dora is true; Heed reads adapters with false",
                "bias              | \"all\"                    | bias is \"all\"; Heed reads adapters with none",
                "alpha_pattern     | {\"q_proj\": 3}            | alpha_pattern is {\"q_proj\":3}; Heed reads adapters with {}",
                "layer_replication | [[0, 1], [0, 1]]           | layer_replication is [[0,1],[0,1]]; Heed reads adapters with null",
                "lora_alpha        | \"8\"                      | lora_alpha is \"8\"; Heed reads adapters with a number",
            })
    void refusesAdaptersThatPeftWouldComputeOtherwise(String key, String value, String message, @TempDir Path dir)
            throws IOException {
        ObjectNode config = (ObjectNode) Json.read(peft("llama").resolve("adapter/adapter_config.json"));
        config.set(key, Json.mapper().readTree(value));
        Files.writeString(dir.resolve("adapter_config.json"), config.toString());
        assertThatThrownBy(() -> AdapterFolder.read(dir))
                .isInstanceOf(UserError.class)
                .hasMessage(dir.resolve("adapter_config.json") + ": " + message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pissa", "olora", "loftq", "corda", "lora_ga"})
    void refusesAdaptersThatBeganByChangingTheModel(String kind, @TempDir Path dir) throws IOException {
        ObjectNode config = (ObjectNode) Json.read(peft("llama").resolve("adapter/adapter_config.json"));
        config.put("init_lora_weights", kind);
        Files.writeString(dir.resolve("adapter_config.json"), config.toString());
        assertThatThrownBy(() -> AdapterFolder.read(dir))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("init_lora_weights is \"" + kind + "\"; Heed reads adapters with ");
    }

    @Test
    void refusesTheAdapterOfAnotherModel() {
        AdapterFolder theirs = AdapterFolder.read(peft("gpt2").resolve("adapter"));
        AdapterFolder wider = AdapterFolder.read(peft("llama").resolve("adapter"));
        ModelConfig narrow = ModelConfig.llama(20, 8, 2, 2, 2, 24, 12, 10000, 1e-5, true, 1, 2, 0);
        try (Transformer llama = Transformer.create(TORCH, SMALL, Head.LANGUAGE, 1);
                Transformer other = Transformer.create(TORCH, narrow, Head.LANGUAGE, 1)) {
            assertThatThrownBy(() -> llama.adapted(theirs))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("holds 8 tensors that belong to no matrix of the model's layers: base_model");
            assertThatThrownBy(() -> other.adapted(wider))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("has shape [3, 16], the model expects [3, 8]");
        }
    }
}

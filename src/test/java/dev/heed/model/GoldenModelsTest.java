package dev.heed.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Activation;
import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.sample.Decoding;
import dev.heed.sample.Sampled;
import dev.heed.sample.Sampler;
import dev.heed.tensor.AdamW;
import dev.heed.tensor.Bf16;
import dev.heed.tensor.Golden;
import dev.heed.tensor.Learner;
import dev.heed.tensor.Precision;
import dev.heed.tensor.Torch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every case that transformers computed on the models of every family. A new case needs no code, a new kind fails. */
class GoldenModelsTest {
    private static final Torch TORCH = Torch.start(2, Precision.FP32);
    private static final AdamW.Config PLAIN = new AdamW.Config(.9, .99, 1e-8, 0, 0);
    private static final Map<String, Consumer<Golden>> RUNNERS = Map.of(
            "causal_lm_forward", GoldenModelsTest::forward,
            "causal_lm_loss", GoldenModelsTest::loss,
            "generate_greedy", GoldenModelsTest::greedy,
            "reward_forward", GoldenModelsTest::rewards,
            "reward_pair_backward", GoldenModelsTest::rewardPairs);

    @TestFactory
    Stream<DynamicTest> agreesWithTransformersInFloat32() {
        return Golden.all("models").stream()
                .map(golden -> DynamicTest.dynamicTest(golden.name(), () -> {
                    assertThat(RUNNERS).containsKey(golden.op());
                    Objects.requireNonNull(RUNNERS.get(golden.op())).accept(golden);
                }));
    }

    /**
     * bfloat16 keeps eight bits, so each product is off by up to 2⁻⁹ of its size. Two layers of some ten products that err
     * independently, and the head, add up to about one percent of the logits' spread; a wrong formula is off by tens.
     */
    @TestFactory
    Stream<DynamicTest> agreesWithTransformersInBfloat16() {
        return Golden.all("models").stream()
                .filter(golden -> golden.op().equals("causal_lm_forward"))
                .map(golden ->
                        DynamicTest.dynamicTest(golden.name(), () -> Bf16.during(TORCH, () -> roughly(golden, 0.03))));
    }

    private static void roughly(Golden golden, double share) {
        try (Transformer model = load(golden, Head.LANGUAGE);
                NDManager scope = TORCH.manager().newSubManager()) {
            float[] ours = model.logits(scope, Batch.whole(rows(golden))).toFloatArray();
            float[] theirs = logitsBeforeEachToken(golden, model.config().vocabulary());
            double error = 0;
            double size = 0;
            for (int i = 0; i < ours.length; i++) {
                error += Math.pow(ours[i] - theirs[i], 2);
                size += Math.pow(theirs[i], 2);
            }
            assertThat(Math.sqrt(error / size))
                    .as("root mean square error over size")
                    .isLessThan(share);
        }
    }

    private static void forward(Golden golden) {
        try (Transformer model = load(golden, Head.LANGUAGE);
                NDManager scope = TORCH.manager().newSubManager()) {
            Batch batch = Batch.whole(rows(golden));
            golden.expect(
                    "out.next_token_logprobs",
                    kept(golden.floats("out.next_token_logprobs"), golden.longs("out.next_token_mask")),
                    model.logProbs(scope, batch, 1).toFloatArray());
            golden.expect(
                    "out.logits",
                    logitsBeforeEachToken(golden, model.config().vocabulary()),
                    model.logits(scope, batch).toFloatArray());
        }
    }

    private static void loss(Golden golden) {
        try (Transformer model = load(golden, Head.LANGUAGE);
                Learner learner = new Learner(TORCH, model.parameters(), PLAIN)) {
            int[][] rows = rows(golden);
            float[] labelled = labelled(golden, rows);
            float count = (float) IntStream.range(0, labelled.length)
                    .mapToDouble(i -> labelled[i])
                    .sum();
            float loss = learner.accumulate(scope -> model.logProbs(scope, Batch.whole(rows), 1)
                    .mul(scope.create(labelled))
                    .sum()
                    .div(-count));
            golden.expect("out.loss", new float[] {loss});
            expectGradients(golden, model);
        }
    }

    private static void greedy(Golden golden) {
        try (Transformer model = load(golden, Head.LANGUAGE)) {
            int[] ends = ints(golden.config().path("eos_token_id"));
            int[][] prompts = rows(golden);
            Decoding decoding =
                    Decoding.greedy(golden.config().path("max_new_tokens").asInt());
            int width = golden.shape("out.new_tokens")[1];
            long[] expected = golden.longs("out.new_tokens");
            for (int times : new int[] {1, 4}) { // few rows and more are multiplied with weights in different ways
                List<int[]> all = IntStream.range(0, prompts.length * times)
                        .mapToObj(i -> prompts[i % prompts.length])
                        .toList();
                long[] keys = LongStream.range(0, all.size()).toArray();
                List<Sampled> sampled = new Sampler(model, ends).sample(all, decoding, 0, keys);
                for (int i = 0; i < sampled.size(); i++) {
                    int[] ids = sampled.get(i).ids();
                    int[] padded = Arrays.copyOf(ids, width);
                    Arrays.fill(
                            padded,
                            ids.length,
                            width,
                            golden.config().path("pad_token_id").asInt());
                    int from = i % prompts.length * width;
                    assertThat(Arrays.stream(padded).asLongStream().toArray())
                            .containsExactly(Arrays.copyOfRange(expected, from, from + width));
                }
            }
        }
    }

    private static void rewards(Golden golden) {
        try (Transformer model = load(golden, Head.SCALAR);
                NDManager scope = TORCH.manager().newSubManager()) {
            golden.expect("out.rewards", model.scores(scope, rows(golden)).toFloatArray());
        }
    }

    private static void rewardPairs(Golden golden) {
        try (Transformer model = load(golden, Head.SCALAR);
                Learner learner = new Learner(TORCH, model.parameters(), PLAIN)) {
            float[][] rewards = new float[1][];
            float loss = learner.accumulate(scope -> {
                NDArray scores = model.scores(scope, rows(golden));
                rewards[0] = scores.toFloatArray();
                NDArray sides = scores.reshape(2, -1);
                return Activation.softPlus(sides.get(1).sub(sides.get(0))).mean();
            });
            golden.expect("out.loss", new float[] {loss});
            golden.expect("out.rewards", rewards[0]);
            expectGradients(golden, model);
        }
    }

    private static void expectGradients(Golden golden, Transformer model) {
        try (NDManager scope = TORCH.manager().newSubManager()) {
            Map<String, NDArray> gradients = model.namedGradients(scope);
            gradients.computeIfAbsent("lm_head.weight", name -> gradients.get("embed_out.weight")); // as files call it
            JsonNode names = golden.config().path("param_names");
            float[] norms = new float[names.size()];
            double total = 0;
            for (int i = 0; i < norms.length; i++) {
                String name = names.get(i).asText();
                NDArray gradient = Objects.requireNonNull(gradients.get(name), name);
                norms[i] = gradient.norm().getFloat();
                total += norms[i] * norms[i];
                if (golden.has("grad." + name)) {
                    golden.expect("grad." + name, gradient.toFloatArray());
                }
            }
            golden.expect("out.grad_norms", norms);
            golden.expect("out.total_grad_norm", new float[] {(float) Math.sqrt(total)});
        }
    }

    // ---- reading the cases ----

    private static Transformer load(Golden golden, Head head) {
        Path checkpoint = Golden.folder(golden.config().path("checkpoint").asText());
        return Transformer.load(TORCH, checkpoint, head);
    }

    /** The ids where the mask is 1: rows without padding. */
    private static int[][] rows(Golden golden) {
        long[] ids = golden.longs("in.input_ids");
        long[] mask = golden.longs("in.attention_mask");
        int[] shape = golden.shape("in.input_ids");
        return IntStream.range(0, shape[0])
                .mapToObj(row -> IntStream.range(row * shape[1], (row + 1) * shape[1])
                        .filter(at -> mask[at] == 1)
                        .map(at -> (int) ids[at])
                        .toArray())
                .toArray(int[][]::new);
    }

    private static float[] kept(float[] all, long[] mask) {
        int[] places = IntStream.range(0, all.length).filter(i -> mask[i] == 1).toArray();
        float[] kept = new float[places.length];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = all[places[i]];
        }
        return kept;
    }

    /** Logits at each real position but a row's last. */
    private static float[] logitsBeforeEachToken(Golden golden, int vocabulary) {
        float[] logits = golden.floats("out.logits");
        long[] mask = golden.longs("in.attention_mask");
        int width = golden.shape("in.attention_mask")[1];
        float[] values = new float[Batch.whole(rows(golden)).count() * vocabulary];
        int n = 0;
        for (int at = 0; at < mask.length; at++) {
            int row = at / width;
            boolean another = IntStream.range(at + 1, (row + 1) * width).anyMatch(later -> mask[later] == 1);
            if (mask[at] == 1 && another) {
                System.arraycopy(logits, at * vocabulary, values, n++ * vocabulary, vocabulary);
            }
        }
        return values;
    }

    /** 1 for each counted token that has a label. */
    private static float[] labelled(Golden golden, int[][] rows) {
        long[] mask = golden.longs("in.attention_mask");
        long[] labels = golden.longs("in.labels");
        int width = golden.shape("in.labels")[1];
        List<Float> labelled = new ArrayList<>();
        for (int row = 0; row < rows.length; row++) {
            int[] real = IntStream.range(row * width, (row + 1) * width)
                    .filter(at -> mask[at] == 1)
                    .toArray();
            for (int t = 1; t < real.length; t++) {
                labelled.add(labels[real[t]] == -100 ? 0f : 1f);
            }
        }
        float[] flat = new float[labelled.size()];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = labelled.get(i);
        }
        return flat;
    }

    private static int[] ints(JsonNode node) {
        int[] ints = new int[node.size()];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = node.get(i).asInt();
        }
        return ints;
    }
}

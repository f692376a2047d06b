package dev.heed.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.tensor.Golden;
import dev.heed.tensor.Precision;
import dev.heed.tensor.Torch;
import dev.heed.train.Backward.LossAndGradients;
import dev.heed.train.PairObjective.Said;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** The direct methods' numbers are those of TRL, one test an op. */
class GoldenDirectTest {
    private static final Torch TORCH = Torch.start(2, Precision.FP32);

    @Test
    void dpoIsThatOfTrl() {
        for (Golden golden : Golden.cases("losses", "dpo_loss")) {
            expectPairs(
                    golden, dpo(golden.config()), numbers(golden, "in.chosen_len"), numbers(golden, "in.rejected_len"));
        }
    }

    @Test
    void cpoAndSimpoAreThoseOfTrl() {
        for (Golden golden : Golden.cases("losses", "cpo_loss")) {
            // The case has means over tokens already where the kind takes means.
            float[] ones = ones(golden.floats("in.chosen_logps").length);
            expectPairs(golden, cpo(golden.config()), ones, ones);
        }
    }

    @Test
    void orpoIsThatOfTrl() {
        for (Golden golden : Golden.cases("losses", "orpo_odds_ratio")) {
            Orpo orpo = new Orpo(golden.config().path("beta").asDouble());
            float[] ones = ones(golden.floats("in.chosen_logps").length);
            LossAndGradients ours = pairs(golden, orpo, ones, ones);
            golden.expect("out.loss", floats(ours.loss()));
            golden.expect("grad.chosen_logps", ours.gradients().get(0));
            golden.expect("grad.rejected_logps", ours.gradients().get(1));
        }
    }

    @Test
    void ktoIsThatOfTrl() {
        for (Golden golden : Golden.cases("losses", "kto_loss")) {
            Kto.Config config = kto(golden.config());
            float[] reference = golden.floats("in.ref_logps");
            List<Kto.Label> labels = IntStream.range(0, reference.length)
                    .mapToObj(i -> golden.longs("in.label")[i] == 1 ? Kto.Label.DESIRABLE : Kto.Label.UNDESIRABLE)
                    .toList();
            double kl = config.kind() == Kto.Kind.KTO
                    ? Kto.estimate(golden.floats("in.KL_logps"), golden.floats("in.ref_KL_logps"))
                    : 0;
            golden.expect("out.kl", floats(kl));
            LossAndGradients ours = Backward.of(
                    TORCH,
                    inputs -> {
                        NDArray ratios =
                                inputs.get(0).sub(inputs.get(0).getManager().create(reference));
                        return Kto.losses(ratios, labels, kl, config).mean();
                    },
                    golden.floats("in.completion_logps"));
            golden.expect("out.loss", floats(ours.loss()));
            golden.expect("grad.completion_logps", ours.gradients().get(0));
        }
    }

    @Test
    void fromLogitsAllOfThemAreThoseOfTrl() {
        for (Golden golden : Golden.cases("losses", "dpo_token_loss")) {
            expectTokens(golden, dpo(golden.config()), golden.floats("in.ref_logits"));
        }
        for (Golden golden : Golden.cases("losses", "cpo_token_loss")) {
            expectTokens(golden, cpo(golden.config()), new float[0]);
        }
        for (Golden golden : Golden.cases("losses", "orpo_token_loss")) {
            expectTokens(golden, new Orpo(golden.config().path("beta").asDouble()), new float[0]);
        }
    }

    // ---- sums of log-probabilities ----

    private static void expectPairs(Golden golden, PairObjective objective, float[] chosen, float[] rejected) {
        LossAndGradients ours = pairs(golden, objective, chosen, rejected);
        golden.expect("out.loss", floats(ours.loss()));
        golden.expect("grad.chosen_logps", ours.gradients().get(0));
        golden.expect("grad.rejected_logps", ours.gradients().get(1));
        try (NDManager scope = TORCH.manager().newSubManager()) {
            Said said = said(
                    golden,
                    scope.create(golden.floats("in.chosen_logps")),
                    scope.create(golden.floats("in.rejected_logps")),
                    chosen,
                    rejected);
            if (golden.has("out.losses")) {
                golden.expect("out.losses", objective.losses(said).toFloatArray());
            }
            NDArray[] rewards = objective.rewards(said);
            golden.expect("out.chosen_rewards", rewards[0].toFloatArray());
            golden.expect("out.rejected_rewards", rewards[1].toFloatArray());
        }
    }

    private static LossAndGradients pairs(Golden golden, PairObjective objective, float[] chosen, float[] rejected) {
        return Backward.of(
                TORCH,
                inputs -> objective
                        .losses(said(golden, inputs.get(0), inputs.get(1), chosen, rejected))
                        .mean(),
                golden.floats("in.chosen_logps"),
                golden.floats("in.rejected_logps"));
    }

    private static Said said(
            Golden golden, NDArray chosen, NDArray rejected, float[] chosenTokens, float[] rejectedTokens) {
        NDManager scope = chosen.getManager();
        boolean refers = golden.has("in.ref_chosen_logps");
        float[] zeros = new float[chosenTokens.length];
        return new Said(
                chosen,
                rejected,
                scope.create(refers ? golden.floats("in.ref_chosen_logps") : zeros),
                scope.create(refers ? golden.floats("in.ref_rejected_logps") : zeros),
                scope.create(chosenTokens),
                scope.create(rejectedTokens));
    }

    // ---- logits of tokens ----

    /** As {@link DirectTraining#step} goes from logits to a loss; the case has them in a rectangle with masks. */
    private static void expectTokens(Golden golden, PairObjective objective, float[] refLogits) {
        List<PairExample> pairs = examples(golden);
        PairBatch batch = new PairBatch(pairs, objective.surprise().counted());
        Rectangle rectangle = new Rectangle(golden, batch);
        float[][] reference = refLogits.length == 0
                ? new float[pairs.size()][2]
                : batch.sums(rectangle.logProbs(refLogits), objective.tailWeight());
        LossAndGradients ours = Backward.of(
                TORCH,
                inputs -> {
                    NDArray logits = inputs.get(0).reshape(-1, rectangle.vocabulary());
                    return PairLoss.of(TORCH.kernels(), objective, batch, logits, reference, 1)
                            .loss(objective.surprise().weight(), pairs.size(), batch.surprisingTokens());
                },
                rectangle.flat(golden.floats("in.logits")));
        golden.expect("out.loss", floats(ours.loss()));
        golden.expect(
                "grad.logits",
                rectangle.flat(golden.floats("grad.logits")),
                ours.gradients().get(0));
    }

    private static List<PairExample> examples(Golden golden) {
        int width = golden.shape("in.input_ids")[1];
        int n = golden.shape("in.input_ids")[0] / 2;
        long[] ids = golden.longs("in.input_ids");
        long[] there = golden.longs("in.attention_mask");
        long[] completion = golden.longs("in.completion_mask");
        List<int[]> rows = new ArrayList<>();
        List<Integer> from = new ArrayList<>();
        for (int row = 0; row < 2 * n; row++) {
            int start = row * width;
            rows.add(IntStream.range(start, start + width)
                    .filter(i -> there[i] == 1)
                    .map(i -> (int) ids[i])
                    .toArray());
            from.add(IntStream.range(0, width)
                    .filter(t -> completion[start + t] == 1)
                    .findFirst()
                    .orElseThrow());
        }
        return IntStream.range(0, n)
                .mapToObj(i -> new PairExample(rows.get(i), from.get(i), rows.get(n + i), from.get(n + i)))
                .toList();
    }

    /** Which of a rectangle's logits are those before the batch's counted tokens. */
    private record Rectangle(Golden golden, PairBatch batch) {
        int vocabulary() {
            return golden.shape("in.logits")[2];
        }

        long[] targets() {
            return batch.batch().targets();
        }

        float[] flat(float[] all) {
            int width = golden.shape("in.logits")[1];
            int v = vocabulary();
            float[] flat = new float[batch.batch().count() * v];
            int token = 0;
            for (int row = 0; row < batch.batch().rows().length; row++) {
                for (int t = batch.batch().from()[row]; t < batch.batch().rows()[row].length; t++) {
                    System.arraycopy(all, (row * width + t - 1) * v, flat, token++ * v, v);
                }
            }
            return flat;
        }

        float[] logProbs(float[] logits) {
            try (NDManager scope = TORCH.manager().newSubManager()) {
                NDArray flat = scope.create(flat(logits)).reshape(-1, vocabulary());
                return TORCH.kernels()
                        .logProbs(flat, scope.create(targets()), 1)
                        .toFloatArray();
            }
        }
    }

    // ---- settings of the cases ----

    private static Dpo dpo(JsonNode config) {
        List<String> kinds = texts(config.path("loss_type"));
        List<String> weights = texts(config.path("loss_weights"));
        String loss = IntStream.range(0, kinds.size())
                .mapToObj(i -> kinds.get(i).replace('_', '-') + (weights.isEmpty() ? "" : ":" + weights.get(i)))
                .collect(Collectors.joining(","));
        Dpo.Divergence divergence =
                switch (config.path("f_divergence_type").asText()) {
                    case "reverse_kl" -> Dpo.Divergence.REVERSE_KL;
                    case "forward_kl" -> Dpo.Divergence.FORWARD_KL;
                    case "js_divergence" -> Dpo.Divergence.JENSEN_SHANNON;
                    case "alpha_divergence" -> Dpo.Divergence.ALPHA;
                    default ->
                        throw new IllegalArgumentException(
                                config.path("f_divergence_type").asText());
                };
        return new Dpo(
                loss,
                config.path("beta").asDouble(),
                config.path("label_smoothing").asDouble(),
                divergence,
                config.path("f_alpha_divergence_coef").asDouble(),
                config.path("ld_alpha").isNull() ? 1 : config.path("ld_alpha").asDouble(),
                config.path("use_weighting").asBoolean(),
                config.path("reference_free").asBoolean(),
                config.path("discopop_tau").asDouble());
    }

    private static List<String> texts(JsonNode node) {
        return node.isArray()
                ? StreamSupport.stream(node.spliterator(), false)
                        .map(JsonNode::asText)
                        .toList()
                : node.isNull() ? List.of() : List.of(node.asText());
    }

    private static Cpo cpo(JsonNode config) {
        return new Cpo(
                Cpo.Kind.valueOf(config.path("loss_type").asText().toUpperCase(Locale.ROOT)),
                config.path("beta").asDouble(),
                config.path("simpo_gamma").asDouble(),
                config.path("alpha").asDouble(),
                config.path("label_smoothing").asDouble(),
                config.path("cpo_alpha").asDouble(0));
    }

    private static Kto.Config kto(JsonNode config) {
        return new Kto.Config(
                Kto.Kind.valueOf(config.path("loss_type").asText().toUpperCase(Locale.ROOT)),
                config.path("beta").asDouble(),
                config.path("desirable_weight").asDouble(),
                config.path("undesirable_weight").asDouble(),
                1,
                2,
                1e-3,
                0,
                1,
                50);
    }

    private static float[] numbers(Golden golden, String tensor) {
        long[] longs = golden.longs(tensor);
        float[] numbers = new float[longs.length];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = longs[i];
        }
        return numbers;
    }

    private static float[] ones(int n) {
        float[] ones = new float[n];
        java.util.Arrays.fill(ones, 1);
        return ones;
    }

    private static float[] floats(double number) {
        return new float[] {(float) number};
    }
}

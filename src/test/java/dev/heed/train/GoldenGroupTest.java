package dev.heed.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.eval.Divergence;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.model.Forward;
import dev.heed.run.Knobs;
import dev.heed.tensor.Golden;
import dev.heed.tensor.Precision;
import dev.heed.tensor.Torch;
import dev.heed.train.Backward.LossAndGradients;
import dev.heed.train.ClipRatios.Range;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The numbers of TRL's methods without a critic, one test an op. What we compute otherwise is named here, with the reason. */
class GoldenGroupTest {
    private static final Torch TORCH = Torch.start(2, Precision.FP32);

    // ---- advantages ----

    @Test
    void advantagesOfGroupsAreThoseOfTrl() {
        List<String> others = new ArrayList<>();
        for (Golden golden : Golden.cases("losses", "grpo_advantages")) {
            JsonNode config = golden.config();
            if (!config.path("multi_objective_aggregation").asText().equals("sum_then_normalize")) {
                others.add(golden.json().path("name").asText());
                continue;
            }
            int group = config.path("num_generations").asInt();
            float[] rewards = summed(golden);
            golden.expect(
                    "out.advantages",
                    GroupAdvantages.orZero(GroupAdvantages.relative(
                            rewards, group, constant(GroupAdvantages.Scale.class, config.path("scale_rewards")))));
            golden.expect("out.frac_reward_zero_std", floats(GroupAdvantages.shareEqual(rewards, group)));
            golden.expect("out.reward", floats(GroupAdvantages.mean(rewards)));
            golden.expect("out.reward_std", floats(GroupAdvantages.deviation(rewards)));
            if (golden.has("out.loss_mask")) {
                expectMask(golden, rewards, group);
            }
        }
        // Not supported: GDPO rescales each of several rewards before they are added; a completion has one score here.
        assertThat(others).containsExactly("adv-multi-gdpo");
    }

    /** Which completions are learned from where those that were cut off are left out. */
    private static void expectMask(Golden golden, float[] rewards, int group) {
        Grpo.Config config =
                Knobs.of(Grpo.Config.class, "--completions=" + group, "--mask-cut-off=true", "--skip-equal=false");
        long[] ended = golden.longs("in.last_is_eos");
        Prompt prompt = Prompt.ofText("", "", Split.TRAIN);
        float[] none = {};
        List<Rollout> rollouts = IntStream.range(0, ended.length)
                .mapToObj(i -> new Rollout(prompt, new int[] {0}, 1, ended[i] == 1, rewards[i], none, none, none))
                .toList();
        List<Integer> taught =
                Arrays.stream(Grpo.taught(rollouts, rewards, config)).boxed().toList();
        long[] sampled = golden.longs("in.completion_mask");
        int width = golden.shape("in.completion_mask")[1];
        long[] counted = IntStream.range(0, sampled.length)
                .mapToLong(t -> taught.contains(t / width) ? sampled[t] : 0)
                .toArray();
        assertThat(counted).isEqualTo(golden.longs("out.loss_mask"));
        assertThat(Arrays.stream(counted).sum()).isEqualTo(golden.longs("out.num_items_in_batch")[0]);
    }

    @Test
    void advantagesOverTheOthersAreThoseOfTrl() {
        for (Golden golden : Golden.cases("losses", "rloo_advantages")) {
            Rloo.Config config = rloo(golden.config());
            Completions completions = completions(golden, "in.old_per_token_logps", new float[0]);
            float[] rewards = Rloo.rewards(summed(golden), completions, config);
            golden.expect("out.advantages", Rloo.advantages(rewards, config));
            float[] sums = new float[completions.count()];
            double kl = 0;
            for (int i = 0; i < sums.length; i++) {
                sums[i] = sum(completions.old()[i]);
                kl += Divergence.of(completions.old()[i], completions.reference()[i])
                        .k1();
            }
            golden.expect("out.old_logps", sums);
            if (golden.has("out.kl")) {
                golden.expect(
                        "out.kl", floats(kl / completions.spans().tokens())); // ours is a completion's, not a token's
            }
        }
    }

    /** Several rewards of a completion, weighed and added as whoever gives them does; NaN where there is none of them. */
    private static float[] summed(Golden golden) {
        float[] each = golden.floats("in.rewards_per_func");
        int functions = golden.shape("in.rewards_per_func")[1];
        float[] summed = new float[each.length / functions];
        for (int i = 0; i < summed.length; i++) {
            boolean any = false;
            for (int f = 0; f < functions; f++) {
                float reward = each[i * functions + f];
                any |= !Float.isNaN(reward);
                summed[i] += Float.isNaN(reward)
                        ? 0
                        : (float) (reward
                                * golden.config().path("reward_weights").path(f).asDouble(1));
            }
            summed[i] = any ? summed[i] : Float.NaN;
        }
        return summed;
    }

    // ---- losses ----

    @Test
    void lossesOfGroupsAreThoseOfTrl() {
        for (Golden golden : Golden.cases("losses", "grpo_loss")) {
            GroupLoss loss = loss(golden.config());
            String old = golden.has("in.old_per_token_logps") ? "in.old_per_token_logps" : "in.per_token_logps";
            Completions completions = completions(golden, old, golden.floats("in.advantages"));
            GroupLoss.Update update = update(golden, loss, completions);
            float[] logProbs = real(golden, "in.per_token_logps");
            LossAndGradients ours = Backward.of(TORCH, inputs -> loss.of(inputs.get(0), completions, update), logProbs);
            golden.expect("out.loss", floats(ours.loss()));
            golden.expect(
                    "grad.per_token_logps",
                    real(golden, "grad.per_token_logps"),
                    ours.gradients().get(0));
            expectNoGradientOnPadding(golden);
            expectClipRatios(golden, loss, completions, logProbs);
            expectStatistics(golden, loss, completions, logProbs);
        }
    }

    /** A case is one of several parts of an update where gradients are accumulated over parts. */
    private static GroupLoss.Update update(Golden golden, GroupLoss loss, Completions completions) {
        JsonNode config = golden.config();
        int parts = config.path("gradient_accumulation_steps").asInt();
        double updates = config.path("steps_per_generation").asDouble() / parts;
        return new GroupLoss.Update(
                completions.count() * parts,
                (long) completions.spans().tokens() * parts,
                golden.longs("in.num_items_in_batch")[0] / updates,
                config.path("max_completion_length").asInt(),
                loss.leastEntropy(completions));
    }

    private static void expectClipRatios(Golden golden, GroupLoss loss, Completions completions, float[] logProbs) {
        ClipRatios clips = new ClipRatios();
        loss.tally(logProbs, completions, clips);
        expectClipRatios(golden, clips);
        if (golden.has("out.cispo_clip_ratio")) {
            golden.expect("out.cispo_clip_ratio", floats(clips.highMean()));
        }
    }

    private static void expectClipRatios(Golden golden, ClipRatios clips) {
        if (golden.has("out.clip_ratio_region_mean")) {
            golden.expect("out.clip_ratio_low_mean", floats(clips.lowMean()));
            golden.expect("out.clip_ratio_low_min", floats(clips.lowMin()));
            golden.expect("out.clip_ratio_high_mean", floats(clips.highMean()));
            golden.expect("out.clip_ratio_high_max", floats(clips.highMax()));
            golden.expect("out.clip_ratio_region_mean", floats(clips.regionMean()));
        }
    }

    /** out.entropy is left out: the mean of what the case itself gives. */
    private static void expectStatistics(Golden golden, GroupLoss loss, Completions completions, float[] logProbs) {
        if (golden.has("out.vespo_phi_seq_mean")) {
            float[] weights = loss.vespo().weights(logProbs, completions);
            golden.expect("out.vespo_phi_seq_mean", floats(GroupAdvantages.mean(weights)));
        }
        if (golden.has("out.kl")) {
            try (NDManager scope = TORCH.manager().newSubManager()) {
                NDArray now = scope.create(logProbs);
                NDArray ratios = loss.ratio()
                        .logs(now.sub(scope.create(Completions.flat(completions.old()))), completions.spans())
                        .exp();
                NDArray reference = scope.create(Completions.flat(completions.reference()));
                golden.expect(
                        "out.kl", loss.divergence(now, reference, ratios).mean().toFloatArray());
            }
        }
    }

    @Test
    void partsOfAnUpdateAddUpToItsLoss() {
        for (Golden golden : Golden.cases("losses", "grpo_loss")) {
            GroupLoss loss = loss(golden.config());
            String old = golden.has("in.old_per_token_logps") ? "in.old_per_token_logps" : "in.per_token_logps";
            Completions all = completions(golden, old, golden.floats("in.advantages"));
            float[][] now = rows(golden, "in.per_token_logps");
            GroupLoss.Update update = update(golden, loss, all);
            double sum = 0;
            for (int[] part : List.of(new int[] {3, 0, 6}, new int[] {1, 2, 4, 5, 7})) {
                float[][] own = Arrays.stream(part).mapToObj(i -> now[i]).toArray(float[][]::new);
                try (NDManager scope = TORCH.manager().newSubManager()) {
                    sum += loss.of(scope.create(Completions.flat(own)), all.at(part), update)
                            .getFloat();
                }
            }
            assertThat(sum)
                    .as(golden.name())
                    .isCloseTo(golden.floats("out.loss")[0], within(1e-5 + 5e-5 * Math.abs(sum))); // twice rounded
        }
    }

    @Test
    void lossesOfWholeCompletionsAreThoseOfTrl() {
        for (Golden golden : Golden.cases("losses", "rloo_loss")) {
            Rloo.Config config = rloo(golden.config());
            Range range = new Range(1 - config.clip(), 1 + config.clipHigh());
            float[] advantages = golden.floats("in.advantages");
            Completions completions = beganAs(golden.floats("in.old_logps"), golden, advantages);
            LossAndGradients ours = Backward.of(
                    TORCH,
                    inputs -> Rloo.losses(
                                    Rloo.ratios(inputs.get(0), completions),
                                    inputs.get(0).getManager().create(advantages),
                                    range)
                            .mean(),
                    real(golden, "in.per_token_logps"));
            golden.expect("out.loss", floats(ours.loss()));
            golden.expect(
                    "grad.per_token_logps",
                    real(golden, "grad.per_token_logps"),
                    ours.gradients().get(0));
            expectNoGradientOnPadding(golden);
            ClipRatios clips = new ClipRatios();
            try (NDManager scope = TORCH.manager().newSubManager()) {
                NDArray now = scope.create(real(golden, "in.per_token_logps"));
                Rloo.tally(Rloo.ratios(now, completions).toFloatArray(), advantages, range, clips);
            }
            expectClipRatios(golden, clips);
        }
    }

    /** The case has sums over completions only: all of a sum on its first token. */
    private static Completions beganAs(float[] sums, Golden golden, float[] advantages) {
        Completions now = completions(golden, "in.per_token_logps", advantages);
        float[][] old = new float[sums.length][];
        for (int i = 0; i < old.length; i++) {
            old[i] = new float[now.old()[i].length];
            old[i][0] = sums[i];
        }
        return new Completions(now.rows(), advantages, old, old, old);
    }

    private static void expectNoGradientOnPadding(Golden golden) {
        float[] everywhere = golden.floats("grad.per_token_logps");
        long[] mask = golden.longs("in.completion_mask");
        for (int i = 0; i < mask.length; i++) {
            assertThat(mask[i] == 1 || everywhere[i] == 0)
                    .as("padding has no gradient")
                    .isTrue();
        }
    }

    // ---- a case as ours ----

    private static GroupLoss loss(JsonNode config) {
        boolean capped = config.path("loss_type").asText().equals("cispo");
        return new GroupLoss(
                constant(GroupLoss.Kind.class, config.path("loss_type")),
                config.path("importance_sampling_level").asText().equals("token")
                        ? GroupLoss.Ratio.TOKEN
                        : GroupLoss.Ratio.COMPLETION,
                config.path("epsilon").asDouble(),
                config.path("epsilon_high").asDouble(),
                config.path("delta").asDouble(0),
                capped ? config.path("epsilon_high").asDouble() : 1,
                config.path("beta").asDouble(),
                config.path("use_bias_correction_kl").asBoolean(),
                config.path("off_policy_mask_threshold").asDouble(0),
                config.path("top_entropy_quantile").asDouble(),
                new GroupLoss.Soft(
                        config.path("sapo_temperature_pos").asDouble(1),
                        config.path("sapo_temperature_neg").asDouble(1)),
                new GroupLoss.Gamma(
                        config.path("vespo_k_pos").asDouble(1),
                        config.path("vespo_lambda_pos").asDouble(1),
                        config.path("vespo_k_neg").asDouble(1),
                        config.path("vespo_lambda_neg").asDouble(1)));
    }

    private static Rloo.Config rloo(JsonNode config) {
        JsonNode range = config.path("reward_clip_range");
        // Deviation: one bound for both sides.
        assertThat(range.path(0).asDouble()).isEqualTo(-range.path(1).asDouble());
        return Knobs.of(
                Rloo.Config.class,
                "--completions=" + config.path("num_generations").asInt(2),
                "--clip=" + config.path("epsilon").asDouble(.2),
                "--clip-high=" + config.path("epsilon_high").asDouble(.2),
                "--kl-coef=" + config.path("beta").asDouble(0),
                "--score-clip=" + range.path(1).asDouble(0),
                "--normalise=" + config.path("normalize_advantages").asBoolean());
    }

    private static <T extends Enum<T>> T constant(Class<T> type, JsonNode name) {
        return Enum.valueOf(type, name.asText().toUpperCase(Locale.ROOT));
    }

    private static Completions completions(Golden golden, String old, float[] advantages) {
        float[][] before = rows(golden, old);
        List<int[]> ids =
                Arrays.stream(before).map(row -> new int[1 + row.length]).toList();
        int[] from = new int[before.length];
        Arrays.fill(from, 1);
        return new Completions(
                new Forward.Rows(ids, from),
                advantages.length == 0 ? new float[before.length] : advantages,
                before,
                golden.has("in.ref_per_token_logps") ? rows(golden, "in.ref_per_token_logps") : before,
                golden.has("in.entropies") ? rows(golden, "in.entropies") : before);
    }

    /** The numbers where the mask is 1, row by row. */
    private static float[][] rows(Golden golden, String tensor) {
        float[] all = golden.floats(tensor);
        long[] mask = golden.longs("in.completion_mask");
        int width = golden.shape("in.completion_mask")[1];
        return IntStream.range(0, all.length / width)
                .mapToObj(row -> packed(IntStream.range(row * width, (row + 1) * width)
                        .filter(i -> mask[i] == 1)
                        .mapToDouble(i -> all[i])
                        .toArray()))
                .toArray(float[][]::new);
    }

    private static float[] real(Golden golden, String tensor) {
        return Completions.flat(rows(golden, tensor));
    }

    private static float[] packed(double... numbers) {
        float[] packed = new float[numbers.length];
        for (int i = 0; i < packed.length; i++) {
            packed[i] = (float) numbers[i];
        }
        return packed;
    }

    private static float sum(float[] numbers) {
        double sum = 0;
        for (float number : numbers) {
            sum += number;
        }
        return (float) sum;
    }

    private static float[] floats(double number) {
        return new float[] {(float) number};
    }
}

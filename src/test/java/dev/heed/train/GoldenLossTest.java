package dev.heed.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.heed.eval.Divergence;
import dev.heed.run.Knobs;
import dev.heed.tensor.AdamW;
import dev.heed.tensor.Golden;
import dev.heed.tensor.Learner;
import dev.heed.tensor.Parameters;
import dev.heed.tensor.Precision;
import dev.heed.tensor.Scaled;
import dev.heed.tensor.Torch;
import dev.heed.train.Backward.LossAndGradients;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The numbers of TRL, one test an op. What we compute otherwise is named here, with the reason. */
class GoldenLossTest {
    private static final Torch TORCH = Torch.start(2, Precision.FP32);

    @Test
    void policyLossIsThatOfTrl() {
        for (Golden golden : Golden.cases("losses", "ppo_policy_loss")) {
            double clip = golden.config().path("cliprange").asDouble();
            float[] old = real(golden, "in.old_logprobs");
            float[] advantages = real(golden, "in.advantages");
            expectLossAndGradient(golden, "new_logprobs", logProbs -> PpoLoss.policy(
                            logProbs,
                            logProbs.getManager().create(old),
                            logProbs.getManager().create(advantages),
                            clip,
                            0)
                    .mean());
            Tally tally = new Tally();
            tally.ratios(real(golden, "in.new_logprobs"), old, clip);
            golden.expect("out.approxkl_masked", floats(tally.approxkl()));
            golden.expect("out.ratio_masked", floats(tally.ratio()));
            // Deviation: out.clipfrac is the share where clipping raised the loss; ours, as in Stable Baselines and
            // OpenRLHF's dashboards, the share whose ratio left the range, which does not depend on the advantage.
            // Deviation: out.approxkl and out.ratio are means over padding too; we have no padding.
            assertThat(tally.clipfrac()).isGreaterThanOrEqualTo(golden.floats("out.clipfrac")[0] - 1e-6);
        }
    }

    @Test
    void valueLossIsThatOfTrl() {
        for (Golden golden : Golden.cases("losses", "ppo_value_loss")) {
            double clip = golden.config().path("cliprange_value").asDouble();
            float[] old = real(golden, "in.old_values");
            float[] returns = real(golden, "in.returns");
            expectLossAndGradient(golden, "new_values", values -> PpoLoss.value(
                            values,
                            values.getManager().create(old),
                            values.getManager().create(returns),
                            clip)
                    .mean());
        }
    }

    /** Loss and gradient of the real tokens, which the case has in rectangles with a mask. */
    private static void expectLossAndGradient(Golden golden, String input, Function<NDArray, NDArray> loss) {
        LossAndGradients ours = Backward.of(TORCH, scalars -> loss.apply(scalars.get(0)), real(golden, "in." + input));
        golden.expect("out.loss", floats(ours.loss()));
        golden.expect(
                "grad." + input, real(golden, "grad." + input), ours.gradients().get(0));
        float[] everywhere = golden.floats("grad." + input);
        long[] mask = golden.longs("in.mask");
        for (int i = 0; i < mask.length; i++) {
            assertThat(mask[i] == 1 || everywhere[i] == 0)
                    .as("padding has no gradient")
                    .isTrue();
        }
    }

    @Test
    void bradleyTerryLossIsThatOfTrl() {
        for (Golden golden : Golden.cases("losses", "reward_bt_loss")) {
            float[] chosen = golden.floats("in.rewards_chosen");
            float[] ones = new float[chosen.length];
            Arrays.fill(ones, 1);
            float[] leads = golden.has("in.margin") ? golden.floats("in.margin") : new float[chosen.length];
            double centering =
                    golden.config().path("center_rewards_coefficient").asDouble(0);
            LossAndGradients ours = Backward.of(
                    TORCH,
                    scores -> RewardLoss.bradleyTerry(
                            scores.get(0), scores.get(1), RewardLoss.Said.of(ones, leads), centering),
                    chosen,
                    golden.floats("in.rewards_rejected"));
            golden.expect("out.loss", floats(ours.loss()));
            golden.expect("grad.rewards_chosen", ours.gradients().get(0));
            golden.expect("grad.rewards_rejected", ours.gradients().get(1));
        }
    }

    @Test
    void allComparisonsOfAPromptAreThoseOfInstructGpt() {
        for (Golden golden : Golden.cases("losses", "reward_kwise_loss")) {
            List<List<RewardTraining.Example>> prompts = ranked(golden);
            RewardTraining.Config config = Knobs.defaults(RewardTraining.Config.class);
            Compared compared = Compared.of(
                    golden.config().path("reduction").asText().equals("all_pairs_mean")
                            ? prompts.stream()
                                    .flatMap(List::stream)
                                    .map(List::of)
                                    .toList()
                            : prompts);
            // A row's only id is where its reward stands in the case.
            long[] rows =
                    Arrays.stream(compared.rows()).mapToLong(row -> row[0]).toArray();
            LossAndGradients ours = Backward.of(
                    TORCH,
                    rewards -> RewardTraining.loss(
                            rewards.get(0).gather(rewards.get(0).getManager().create(rows), 0), compared, config),
                    golden.floats("in.rewards"));
            golden.expect("out.loss", floats(ours.loss()));
            golden.expect("grad.rewards", ours.gradients().get(0));
        }
    }

    /** Every two responses of a prompt that are not tied, the better one first; prompts without such are left out. */
    private static List<List<RewardTraining.Example>> ranked(Golden golden) {
        long[] ranks = golden.longs("in.ranks");
        int width = golden.shape("in.ranks")[1];
        List<List<RewardTraining.Example>> prompts = new ArrayList<>();
        for (int row = 0; row < ranks.length; row += width) {
            List<RewardTraining.Example> pairs = new ArrayList<>();
            for (int i = row; i < row + width; i++) {
                for (int j = row; j < row + width; j++) {
                    if (ranks[i] > 0 && ranks[j] > ranks[i]) { // 0: there is no response
                        pairs.add(RewardTraining.Example.decided("" + row, new int[] {i}, new int[] {j}));
                    }
                }
            }
            if (!pairs.isEmpty()) {
                prompts.add(pairs);
            }
        }
        return prompts;
    }

    @Test
    void rewardsStandWhereInstructGptPutsThem() {
        List<String> others = new ArrayList<>();
        for (Golden golden : Golden.cases("losses", "ppo_rewards")) {
            if (!ours(golden)) {
                others.add(golden.json().path("name").asText());
                continue;
            }
            float[][] logProbs = rows(golden, "in.logprobs");
            float[][] reference = rows(golden, "in.ref_logprobs");
            float[] scores = golden.floats("in.scores");
            float[][] expected = rows(golden, "out.rewards");
            float[] sums = golden.floats("out.sequence_kl");
            int[] lengths = lengths(golden);
            for (int i = 0; i < scores.length; i++) {
                float[] mine = Experience.rewards(
                        Arrays.copyOf(logProbs[i], lengths[i]),
                        Arrays.copyOf(reference[i], lengths[i]),
                        scores[i],
                        golden.config().path("kl_coef").asDouble());
                golden.expect("out.rewards", Arrays.copyOf(expected[i], lengths[i]), mine);
                for (int t = lengths[i]; t < expected[i].length; t++) {
                    assertThat(expected[i][t]).as("no reward on padding").isZero();
                }
                golden.expect(
                        "out.sequence_kl",
                        new float[] {sums[i]},
                        floats(Divergence.of(
                                        Arrays.copyOf(logProbs[i], lengths[i]), Arrays.copyOf(reference[i], lengths[i]))
                                .k1()));
            }
        }
        // Deviations: after_last_token (TRL) puts the score one position behind the text, we on its last token, as
        // InstructGPT; k3 is no penalty of ours, for its gradient is not that of the KL; and a completion without an
        // end
        // has the missing-EOS score instead of its own (Huang et al. 2024), rather than its own less a penalty.
        assertThat(others)
                .containsExactlyInAnyOrder(
                        "rewards-trl", "rewards-trl-k3", "rewards-trl-missing-eos", "rewards-last-token-missing-eos");
    }

    private static boolean ours(Golden golden) {
        return golden.config().path("score_position").asText().equals("last_token")
                && golden.config().path("kl_estimator").asText().equals("k1")
                && golden.config().path("missing_eos_penalty").isNull();
    }

    /** Tokens of each response up to its end token, which counts; all where it has none. */
    private static int[] lengths(Golden golden) {
        float[][] rewards = rows(golden, "out.rewards");
        long[] ids = golden.longs("in.responses");
        int eos = golden.config().path("eos_token_id").asInt();
        int width = rewards[0].length;
        return IntStream.range(0, rewards.length)
                .map(row -> IntStream.range(0, width)
                        .filter(t -> ids[row * width + t] == eos)
                        .map(t -> t + 1)
                        .findFirst()
                        .orElse(width))
                .toArray();
    }

    @Test
    void advantagesAreThoseOfTrl() {
        for (Golden golden : Golden.cases("losses", "gae")) {
            float[][] rewards = rows(golden, "in.rewards");
            float[][] values = rows(golden, "in.values");
            float[][] advantages = rows(golden, "out.advantages");
            float[][] returns = rows(golden, "out.returns");
            for (int i = 0; i < rewards.length; i++) {
                int length = length(golden, i, rewards[i].length);
                float[] mine = Gae.advantages(
                        Arrays.copyOf(rewards[i], length),
                        Arrays.copyOf(values[i], length),
                        golden.config().path("gamma").asDouble(),
                        golden.config().path("lam").asDouble());
                golden.expect("out.advantages", Arrays.copyOf(advantages[i], length), mine);
                golden.expect(
                        "out.returns",
                        Arrays.copyOf(returns[i], length),
                        Gae.returns(mine, Arrays.copyOf(values[i], length)));
            }
        }
    }

    private static int length(Golden golden, int row, int width) {
        if (!golden.has("in.mask")) {
            return width;
        }
        long[] mask = golden.longs("in.mask");
        int length = 0;
        while (length < width && mask[row * width + length] == 1) {
            length++;
        }
        for (int t = length; t < width; t++) {
            assertThat(mask[row * width + t]).as("padding is on the right").isZero();
        }
        return length;
    }

    @Test
    void whiteningIsThatOfTrl() {
        for (Golden golden : Golden.cases("losses", "ppo_masked_whiten")) {
            Whitening.Shift shift = golden.config().path("shift_mean").asBoolean()
                    ? Whitening.Shift.ZERO_MEAN
                    : Whitening.Shift.KEEP_MEAN;
            golden.expect(
                    "out.whitened",
                    real(golden, "out.whitened"), // TRL transforms padding too
                    Whitening.of(real(golden, "in.values"), shift));
        }
    }

    @Test
    void divergencesAreThoseOfSchulmansNote() {
        for (Golden golden : Golden.cases("losses", "kl_estimators")) {
            float[] policy = real(golden, "in.logprobs");
            float[] reference = real(golden, "in.ref_logprobs");
            double n = policy.length;
            golden.expect(
                    "out.k1_masked_mean",
                    floats(Divergence.of(policy, reference).k1() / n));
            golden.expect(
                    "out.k3_masked_mean",
                    floats(Divergence.of(policy, reference).k3() / n));
            Tally tally = new Tally();
            tally.ratios(policy, reference, 1);
            golden.expect("out.k2_masked_mean", floats(tally.approxkl()));
        }
    }

    @Test
    void entropyIsThatOfTheWholeDistribution() {
        for (Golden golden : Golden.cases("losses", "entropy")) {
            int[] shape = golden.shape("in.logits");
            try (NDManager scope = TORCH.manager().newSubManager()) {
                NDArray logits =
                        scope.create(golden.floats("in.logits"), new Shape((long) shape[0] * shape[1], shape[2]));
                float[] entropy = TORCH.kernels().entropy(logits, 1).toFloatArray();
                golden.expect("out.entropy", entropy);
                golden.expect("out.mean", floats(mean(entropy)));
                golden.expect("out.masked_mean", floats(mean(where(golden.longs("in.mask"), 1, entropy))));
            }
            // Deviation: grad.logits has no counterpart; entropy is watched and is in no loss of ours.
        }
    }

    /** Everything from log-probabilities and a score to the gradients, each part fed with the case's own numbers. */
    @Test
    void aStepIsThatOfTrl() {
        for (Golden golden : Golden.cases("losses", "ppo_step")) {
            expectRewards(golden);
            expectAdvantages(golden);
            expectStepsLosses(golden);
        }
        // Deviations, as in Ppo: the score stands on the last token, so that rewards and advantages are fed with it
        // where
        // TRL has it; k3 is no penalty of ours; a missing end replaces the score. TRL has a value behind the last
        // token,
        // and its means of approxkl, ratio and entropy are over padding too (ours are those called masked);
        // objective_entropy is a sum of -log p, which we do not log.
    }

    /** Ours where the penalty is ours, with the score one position further. */
    private static void expectRewards(Golden golden) {
        if (!golden.config().path("kl_estimator").asText().equals("k1")) {
            return;
        }
        float[][] logProbs = rows(golden, "in.logprobs");
        float[][] reference = rows(golden, "in.ref_logprobs");
        float[] scores = golden.floats("out.scores");
        float[][] expected = tails(golden, "out.padding_mask_p1", "out.rewards");
        float[][] mine = new float[scores.length][];
        for (int i = 0; i < mine.length; i++) {
            int length = tails(golden, "out.padding_mask", "in.logprobs")[i].length;
            float[] ours = Experience.rewards(
                    Arrays.copyOf(logProbs[i], length),
                    Arrays.copyOf(reference[i], length),
                    0,
                    golden.config().path("kl_coef").asDouble());
            mine[i] = Arrays.copyOf(ours, expected[i].length);
            mine[i][mine[i].length - 1] += scores[i];
        }
        float[] flat = Completions.flat(mine);
        golden.expect(
                "out.rewards",
                Completions.flat(expected),
                golden.config().path("whiten_rewards").asBoolean()
                        ? Whitening.of(flat, Whitening.Shift.KEEP_MEAN)
                        : flat);
    }

    private static void expectAdvantages(Golden golden) {
        float[][] rewards = tails(golden, "out.padding_mask_p1", "out.rewards");
        float[][] values = tails(golden, "out.padding_mask_p1", "in.values");
        float[][] returns = tails(golden, "out.padding_mask_p1", "out.returns");
        float[][] advantages = tails(golden, "out.padding_mask_p1", "out.raw_advantages");
        for (int i = 0; i < rewards.length; i++) {
            float[] mine = Gae.advantages(
                    rewards[i],
                    values[i],
                    golden.config().path("gamma").asDouble(),
                    golden.config().path("lam").asDouble());
            golden.expect("out.raw_advantages", advantages[i], mine);
            golden.expect("out.returns", returns[i], Gae.returns(mine, values[i]));
        }
        golden.expect(
                "out.advantages",
                real(golden, "out.padding_mask", "out.advantages"),
                Whitening.of(real(golden, "out.padding_mask", "out.raw_advantages"), Whitening.Shift.ZERO_MEAN));
    }

    private static void expectStepsLosses(Golden golden) {
        double temperature = golden.config().path("temperature").asDouble();
        double clip = golden.config().path("cliprange").asDouble();
        double valueClip = golden.config().path("cliprange_value").asDouble();
        double weight = golden.config().path("vf_coef").asDouble();
        int vocabulary = golden.shape("in.new_logits")[2];
        long[] ids = where(golden.longs("out.padding_mask"), golden.longs("in.responses"));
        float[] old = real(golden, "out.padding_mask", "in.logprobs");
        float[] advantages = real(golden, "out.padding_mask", "out.advantages");
        float[] oldValues = real(golden, "out.padding_mask_p1", "in.values");
        float[] returns = real(golden, "out.padding_mask_p1", "out.returns");
        float[][] parts = new float[3][];
        Tally tally = new Tally();
        LossAndGradients ours = Backward.of(
                TORCH,
                in -> {
                    NDManager scope = in.get(0).getManager();
                    NDArray logits = in.get(0).reshape(ids.length, vocabulary);
                    NDArray now = TORCH.kernels().logProbs(logits, scope.create(ids), temperature);
                    tally.ratios(now.toFloatArray(), old, clip);
                    parts[2] = TORCH.kernels().entropy(logits, temperature).toFloatArray();
                    NDArray policy = PpoLoss.policy(now, scope.create(old), scope.create(advantages), clip, 0)
                            .mean();
                    NDArray value = PpoLoss.value(in.get(1), scope.create(oldValues), scope.create(returns), valueClip)
                            .mean();
                    parts[0] = floats(policy.getFloat());
                    parts[1] = floats(value.getFloat());
                    return policy.add(Scaled.times(value, weight));
                },
                wide(golden, "in.new_logits"),
                real(golden, "out.padding_mask_p1", "in.new_values"));
        golden.expect("out.pg_loss", parts[0]);
        golden.expect("out.vf_loss", parts[1]);
        golden.expect("out.loss", floats(ours.loss()));
        golden.expect(
                "grad.new_logits",
                wide(golden, "grad.new_logits"),
                ours.gradients().get(0));
        golden.expect(
                "grad.new_values",
                real(golden, "out.padding_mask_p1", "grad.new_values"),
                ours.gradients().get(1));
        golden.expect("out.approxkl_masked", floats(tally.approxkl()));
        golden.expect("out.ratio_masked", floats(tally.ratio()));
        golden.expect("out.entropy_masked", floats(mean(parts[2])));
    }

    // ---- what the cases have in rectangles ----

    /** Of each row, what a mask of padding leaves; padding is on the right. */
    private static float[][] tails(Golden golden, String padding, String tensor) {
        float[][] rows = rows(golden, tensor);
        float[][] kept = new float[rows.length][];
        long[] mask = golden.longs(padding);
        for (int i = 0; i < rows.length; i++) {
            int width = rows[i].length;
            int row = i;
            int length = (int) IntStream.range(0, width)
                    .filter(t -> mask[row * width + t] == 0)
                    .count();
            kept[i] = Arrays.copyOf(rows[i], length);
        }
        return kept;
    }

    private static float[] real(Golden golden, String padding, String tensor) {
        return where(golden.longs(padding), 0, golden.floats(tensor));
    }

    /** The vectors of the tokens that are no padding. */
    private static float[] wide(Golden golden, String tensor) {
        int size = golden.shape(tensor)[2];
        long[] padding = golden.longs("out.padding_mask");
        long[] each = new long[padding.length * size];
        Arrays.setAll(each, i -> padding[i / size]);
        return where(each, 0, golden.floats(tensor));
    }

    private static long[] where(long[] padding, long[] ids) {
        return IntStream.range(0, ids.length)
                .filter(i -> padding[i] == 0)
                .mapToLong(i -> ids[i])
                .toArray();
    }

    private static float[] where(long[] mask, long wanted, float[] all) {
        float[] kept = new float[all.length];
        int n = 0;
        for (int i = 0; i < all.length; i++) {
            if (mask[i] == wanted) {
                kept[n++] = all[i];
            }
        }
        return Arrays.copyOf(kept, n);
    }

    private static double mean(float[] numbers) {
        return IntStream.range(0, numbers.length)
                .mapToDouble(i -> numbers[i])
                .average()
                .orElseThrow();
    }

    /** The numbers where the mask is 1. */
    private static float[] real(Golden golden, String tensor) {
        return where(golden.longs("in.mask"), 1, golden.floats(tensor));
    }

    private static float[][] rows(Golden golden, String tensor) {
        float[] flat = golden.floats(tensor);
        int width = golden.shape(tensor)[1];
        return IntStream.range(0, flat.length / width)
                .mapToObj(row -> Arrays.copyOfRange(flat, row * width, (row + 1) * width))
                .toArray(float[][]::new);
    }

    private static float[] floats(double number) {
        return new float[] {(float) number};
    }

    @Test
    void aLearnerFollowsTheLossesDown() {
        try (Parameters parameters = new Parameters(TORCH.manager())) {
            NDArray values = parameters.add(
                    "values", TORCH.manager().create(new float[] {0, 0}).duplicate());
            try (Learner learner = new Learner(TORCH, parameters, new AdamW.Config(0.9, 0.95, 1e-8, 0, 1))) {
                float first = step(learner, values);
                float last = first;
                for (int i = 0; i < 20; i++) {
                    last = step(learner, values);
                }
                assertThat(last).isLessThan(first / 2);
            }
        }
    }

    private static float step(Learner learner, NDArray values) {
        return learner.minimise(0.05, scope -> PpoLoss.value(
                                values, scope.create(new float[] {0, 0}), scope.create(new float[] {1, -1}), 10)
                        .mean())
                .loss();
    }
}

package dev.heed.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.heed.feedback.Prompt;
import dev.heed.model.Transformer;
import dev.heed.run.Knobs;
import dev.heed.run.RunDir;
import dev.heed.run.UserError;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GrpoTest {
    /** Rows of one length and of several are multiplied in another order. */
    private static final double ROUNDING = 1e-5;

    @TempDir
    Path folder;

    private Toy toy;
    private Transformer policy;
    private Transformer reference;

    @BeforeEach
    void makeToy() {
        toy = new Toy(folder.resolve("tokenizer"));
        policy = toy.language(5);
        reference = policy.copy();
    }

    @AfterEach
    void close() {
        reference.close();
        policy.close();
        toy.close();
    }

    /** Few prompts, and completions that need not end. */
    private static Grpo.Config config(String... options) {
        String[] few = {
            "--steps=1",
            "--prompts=4",
            "--completions=6",
            "--minibatches=1",
            "--lr=0.003",
            "--warmup=0",
            "--missing-eos-score=NaN"
        };
        return Knobs.of(
                Grpo.Config.class,
                Stream.of(few, options).flatMap(Arrays::stream).toArray(String[]::new));
    }

    private Seen train(Reward reward, String... options) {
        RunDir dir = RunDir.at(folder, "run" + folder.toFile().list().length);
        try (Grpo grpo =
                new Grpo(policy, toy.rollouts(policy, reference, reward, 5), toy.prompts(), config(options), 5)) {
            grpo.train(dir, Steps.Watch.NONE);
        }
        return Seen.of(dir);
    }

    // ---- the first step ----

    @Test
    void aFirstPassHasRatioOneAndNoDivergenceAndClipsNothing() {
        Seen seen = train(toy::even);
        assertThat(seen.first("first_ratio_error")).isLessThan(ROUNDING);
        assertThat(seen.first("ratio")).isCloseTo(1, within(ROUNDING));
        assertThat(seen.first("approxkl")).isCloseTo(0, within(1e-9));
        assertThat(seen.first("clip_ratio_region_mean")).isZero();
        assertThat(seen.first("kl")).isCloseTo(0, within(1e-4));
        assertThat(seen.first("kl_k3")).isCloseTo(0, within(1e-6));
        assertThat(seen.first("grad_norm")).isPositive();
    }

    @Test
    void theMeanOverCompletionsBeginsAtZero() {
        // Advantages of a group add up to nothing, and each completion counts the same.
        assertThat(train(toy::even, "--loss=grpo").first("loss")).isCloseTo(0, within(1e-5));
    }

    @Test
    void everyStepBeginsAtRatioOneHoweverFarThePolicyHasGone() {
        Seen seen = train(toy::even, "--steps=3", "--minibatches=2", "--epochs=2");
        assertThat(Arrays.stream(seen.all("first_ratio_error")).max().orElseThrow())
                .isLessThan(ROUNDING);
        assertThat(seen.last("approxkl")).as("it does move within a step").isGreaterThan(1e-6);
        assertThat(seen.last("kl_k3")).as("and away from the reference").isGreaterThan(1e-6);
    }

    @Test
    void aStepLeavesNoArraysBehind() {
        try (Grpo grpo = new Grpo(policy, toy.rollouts(policy, reference, toy::even, 5), toy.prompts(), config(), 5)) {
            grpo.step(0);
            grpo.step(1); // a longer text than before makes longer tables of angles, which stay
            int before = Toy.TORCH.manager().getManagedArrays().size();
            grpo.step(0);
            grpo.step(1);
            assertThat(Toy.TORCH.manager().getManagedArrays()).hasSize(before);
        }
    }

    @Test
    void whatThePolicyDoesNotReadIsWhatTheSamplerKept() {
        Rollouts rollouts = toy.rollouts(policy, reference, toy::even, 5);
        List<Rollout> read = rollouts.of(toy.prompts(), 0);
        List<Rollout> kept = rollouts.unread(toy.prompts(), 0);
        for (int i = 0; i < read.size(); i++) {
            assertThat(kept.get(i).row()).isEqualTo(read.get(i).row());
            assertThat(kept.get(i).logProbs()).containsExactly(read.get(i).logProbs(), within(1e-4f));
            assertThat(kept.get(i).refLogProbs()).isEqualTo(read.get(i).refLogProbs());
        }
        assertThat(kept.stream().mapToDouble(r -> r.entropy()[0]).average().orElseThrow())
                .as("an estimate of the entropy")
                .isCloseTo(
                        read.stream().mapToDouble(r -> r.entropy()[0]).average().orElseThrow(), within(.5));
    }

    @Test
    void onlyTheFirstOfSeveralUpdatesCanDoWithoutReading() {
        assertThat(config().once()).isTrue();
        assertThat(config("--minibatches=2").once()).isFalse();
        assertThat(config("--epochs=2").once()).isFalse();
        assertThat(config("--top-entropy=0.2").once()).isFalse();
    }

    // ---- groups ----

    @Test
    void completionsOfAPromptStandTogether() {
        // Whatever a prompt is worth, its completions are worth the same: only mixed groups would differ.
        Reward ofThePrompt = rows -> {
            float[] scores = new float[rows.size()];
            for (int i = 0; i < scores.length; i++) {
                scores[i] = promptOf(rows.get(i));
            }
            return scores;
        };
        Seen seen = train(ofThePrompt, "--prompts=8");
        assertThat(seen.first("reward_std")).as("prompts differ").isGreaterThan(0.5);
        assertThat(seen.first("frac_reward_zero_std")).isEqualTo(1);
    }

    /** Which prompt a text begins with. */
    private int promptOf(int[] row) {
        List<int[]> starts = toy.prompts().stream().map(toy.template::prompt).toList();
        return IntStream.range(0, starts.size())
                .filter(i -> Toy.begins(row, starts.get(i)))
                .boxed()
                .max(Comparator.comparing(i -> starts.get(i).length))
                .orElseThrow();
    }

    @Test
    void aGroupsCompletionsDiffer() {
        List<Prompt> one = toy.prompts().subList(0, 1);
        List<Rollout> group =
                toy.rollouts(policy, reference, toy::even, 5).of(new Passes(1, 5, "grpo").groups(one, 0, 1, 6), 0);
        assertThat(group.stream().map(r -> Arrays.toString(r.row())).distinct().count())
                .isGreaterThan(4);
    }

    @Test
    void equalRewardsTeachNothingAndThatIsSaid() {
        String before = policy.hash();
        Reward equal = rows -> {
            float[] ones = new float[rows.size()];
            Arrays.fill(ones, .1f);
            return ones;
        };
        Seen seen = train(equal, "--steps=2");
        assertThat(policy.hash()).isEqualTo(before);
        assertThat(seen.all("frac_reward_zero_std")).containsExactly(1, 1);
        assertThat(seen.all("grad_norm")).containsExactly(0, 0);
        assertThat(seen.all("loss")).containsExactly(0, 0);
        try (Grpo grpo = new Grpo(policy, toy.rollouts(policy, reference, equal, 5), toy.prompts(), config(), 5)) {
            assertThat(grpo.step(0).note()).endsWith("all rewards equal: nothing to learn");
        }
    }

    @Test
    void onlyWhatThereIsToLearnFromIsTaught() {
        List<Rollout> sampled = IntStream.range(0, 6)
                .mapToObj(i -> new Rollout(
                        toy.prompts().get(0), new int[2], 1, i != 4, 0, new float[1], new float[1], new float[1]))
                .toList();
        float[] scores = {1, 1, 0, 2, 3, 3};
        assertThat(Grpo.taught(sampled, scores, config("--completions=2"))).containsExactly(2, 3);
        assertThat(Grpo.taught(sampled, scores, config("--completions=2", "--skip-equal=false")))
                .containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(Grpo.taught(sampled, scores, config("--completions=3", "--mask-cut-off=true")))
                .containsExactly(0, 1, 2, 3, 5);
    }

    // ---- it learns ----

    @ParameterizedTest
    @CsvSource({
        "grpo, token",
        "bnpo, token",
        "dr-grpo, token",
        "dapo, token",
        "dapo, completion",
        "luspo, completion",
        "cispo, token",
        "sapo, token",
        "vespo, token"
    })
    void learnsToSayWhatIsRewarded(String loss, String ratio) {
        Seen seen = train(
                toy::even,
                "--steps=24",
                "--minibatches=2",
                "--lr=0.01",
                "--kl-coef=0",
                "--loss=" + loss,
                "--ratio=" + ratio);
        assertThat(seen.first("score")).as("half of the ids are even").isBetween(0.4, 0.6);
        assertThat(seen.last("score")).isGreaterThan(seen.first("score") + 0.2);
    }

    @Test
    void aHeavierKlWeightKeepsThePolicyNearer() {
        double far =
                train(toy::even, "--steps=12", "--minibatches=2", "--kl-coef=0").last("kl_k3");
        policy.assign(reference);
        double near =
                train(toy::even, "--steps=12", "--minibatches=2", "--kl-coef=5").last("kl_k3");
        assertThat(near).isLessThan(far / 2);
    }

    // ---- settings ----

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--completions=1  | --completions must be at least 2, was 1",
                "--clip=1.5       | --clip must be between 0.001 and 0.999, was 1.5",
                "--kl-coef=-0.1   | --kl-coef must be at least 0, was -0.1",
                "--delta=1.1      | --delta must be 0 or above 1 + --clip-high, 1.2, was 1.1",
                "--minibatches=25 | --minibatches must be between 1 and 24, was 25",
                "--loss=ppo       | --loss must be one of grpo, bnpo, dr-grpo, dapo, luspo, cispo, sapo, vespo, was 'ppo'",
                "--top-entropy=0  | --top-entropy must be between 0.001 and 1, was 0.0",
                "--sapo-positive=0 | --sapo-positive must be above 0, was 0.0",
            })
    void refusesWhatCannotWork(String option, String message) {
        assertThatThrownBy(() -> config(option.strip()))
                .isInstanceOf(UserError.class)
                .hasMessage(message.strip());
    }
}

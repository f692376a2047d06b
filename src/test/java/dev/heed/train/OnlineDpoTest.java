package dev.heed.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.model.Transformer;
import dev.heed.run.Knobs;
import dev.heed.run.RunDir;
import dev.heed.run.UserError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OnlineDpoTest {
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
    private static OnlineDpo.Config config(String... options) {
        String[] few = {
            "--steps=1", "--prompts=8", "--minibatches=1", "--lr=0.003", "--warmup=0", "--missing-eos-score=NaN"
        };
        return Knobs.of(
                OnlineDpo.Config.class,
                Stream.of(few, options).flatMap(Arrays::stream).toArray(String[]::new));
    }

    private Seen train(Reward reward, long seed, String... options) {
        RunDir dir = RunDir.at(folder, "run" + folder.toFile().list().length);
        try (OnlineDpo dpo = new OnlineDpo(
                policy, toy.rollouts(policy, reference, reward, seed), toy.prompts(), config(options), seed)) {
            dpo.train(dir, Steps.Watch.NONE);
        }
        return Seen.of(dir);
    }

    @Test
    void aFirstStepIsThatOfACoin() {
        Seen seen = train(toy::even, 5);
        assertThat(seen.first("loss")).isCloseTo(Math.log(2), within(1e-4));
        assertThat(seen.first("rewards_margins")).isCloseTo(0, within(1e-4));
        assertThat(seen.first("kl")).isCloseTo(0, within(1e-4));
        assertThat(seen.first("score_margin")).isPositive();
        assertThat(seen.first("grad_norm")).isPositive();
    }

    @Test
    void theBestAndTheWorstOfAPromptAreAPairAndEqualsAreNone() {
        List<Rollout> sampled = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            sampled.add(rollout(i, true));
        }
        List<OnlineDpo.Judged> judged = OnlineDpo.judged(sampled, new float[] {1, 3, -2, 4, 4, 4}, 3);
        assertThat(judged).containsExactly(new OnlineDpo.Judged(sampled.get(1), sampled.get(2), 5));
        assertThat(judged.get(0).pair().chosen()).isEqualTo(sampled.get(1).row());
        assertThat(judged.get(0).pair().rejected()).isEqualTo(sampled.get(2).row());
    }

    static Rollout rollout(int id, boolean ended) {
        return new Rollout(
                Prompt.ofText("p", "", Split.TRAIN),
                new int[] {1, 5, 10 + id},
                2,
                ended,
                id,
                new float[1],
                new float[1],
                new float[1]);
    }

    @Test
    void aCompletionWithoutAnEndScoresWhatIsSaid() {
        List<Rollout> two = List.of(rollout(0, true), rollout(1, false));
        assertThat(config("--missing-eos-score=-2").scoresOf(two)).containsExactly(0, -2);
        assertThat(config().scoresOf(two)).containsExactly(0, 1);
    }

    @Test
    void equalScoresTeachNothingAndThatIsSaid() {
        String before = policy.hash();
        Reward equal = rows -> new float[rows.size()];
        Seen seen = train(equal, 5, "--steps=2");
        assertThat(policy.hash()).isEqualTo(before);
        assertThat(seen.all("frac_reward_zero_std")).containsExactly(1, 1);
        assertThat(seen.all("grad_norm")).containsExactly(0, 0);
        try (OnlineDpo dpo =
                new OnlineDpo(policy, toy.rollouts(policy, reference, equal, 5), toy.prompts(), config(), 5)) {
            assertThat(dpo.step(0).note()).endsWith("all scores equal: nothing to learn");
        }
    }

    @Test
    void aStepLeavesNoArraysBehind() {
        try (OnlineDpo dpo =
                new OnlineDpo(policy, toy.rollouts(policy, reference, toy::even, 5), toy.prompts(), config(), 5)) {
            dpo.step(0);
            dpo.step(1); // a longer text than before makes longer tables of angles, which stay
            int before = Toy.TORCH.manager().getManagedArrays().size();
            dpo.step(0);
            dpo.step(1);
            assertThat(Toy.TORCH.manager().getManagedArrays()).hasSize(before);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {5, 6, 7})
    void learnsToSayWhatIsRewarded(long seed) {
        Seen seen = train(toy::even, seed, "--steps=24", "--prompts=16", "--minibatches=2", "--lr=0.01", "--beta=0.05");
        System.err.printf(
                "online-dpo, seed %d: score %.2f -> %.2f, KL %.1f%n",
                seed, seen.first("score"), seen.last("score"), seen.last("kl"));
        assertThat(seen.last("score")).isGreaterThan(seen.first("score") + 0.15);
        assertThat(seen.last("kl")).isPositive();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ipo", "hinge", "sigmoid:1,sft:0.1", "sigmoid --weighted=true", "sigmoid --reference-free=true"})
    void learnsByOtherLossesToo(String loss) {
        List<String> words = new ArrayList<>(List.of("--steps=12", "--prompts=16", "--lr=0.01", "--completions=4"));
        words.addAll(List.of(("--loss=" + loss).split(" ")));
        Seen seen = train(toy::even, 5, words.toArray(String[]::new));
        assertThat(seen.last("score")).isGreaterThan(seen.first("score") + 0.05);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--completions=1 | --completions must be at least 2, was 1",
                "--minibatches=9 | --minibatches must be between 1 and 8, was 9",
                "--beta=0        | --beta must be above 0, was 0.0",
                "--loss=aot      | --loss=aot compares all pairs of a batch, and a step's may be few; take another",
            })
    void refusesWhatCannotWork(String option, String message) {
        assertThatThrownBy(() -> config(option.strip()))
                .isInstanceOf(UserError.class)
                .hasMessage(message.strip());
    }
}

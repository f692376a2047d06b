package dev.heed.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.heed.model.Forward;
import dev.heed.model.Transformer;
import dev.heed.run.Knobs;
import dev.heed.run.RunDir;
import dev.heed.run.UserError;
import java.nio.file.Path;
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

class RlooTest {
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
    private static Rloo.Config config(String... options) {
        String[] few = {
            "--steps=1",
            "--prompts=8",
            "--completions=3",
            "--minibatches=1",
            "--lr=0.003",
            "--warmup=0",
            "--missing-eos-score=NaN"
        };
        return Knobs.of(
                Rloo.Config.class,
                Stream.of(few, options).flatMap(Arrays::stream).toArray(String[]::new));
    }

    private Seen train(Reward reward, String... options) {
        RunDir dir = RunDir.at(folder, "run" + folder.toFile().list().length);
        try (Rloo rloo =
                new Rloo(policy, toy.rollouts(policy, reference, reward, 5), toy.prompts(), config(options), 5)) {
            rloo.train(dir, Steps.Watch.NONE);
        }
        return Seen.of(dir);
    }

    @Test
    void aFirstPassHasRatioOneAndNoDivergenceAndClipsNothing() {
        Seen seen = train(toy::even);
        assertThat(seen.first("first_ratio_error")).isLessThan(ROUNDING);
        assertThat(seen.first("ratio")).isCloseTo(1, within(ROUNDING));
        assertThat(seen.first("clip_ratio_region_mean")).isZero();
        assertThat(seen.first("kl")).isCloseTo(0, within(1e-4));
        assertThat(seen.first("loss")).as("advantages add up to nothing").isCloseTo(0, within(1e-5));
        assertThat(seen.first("grad_norm")).isPositive();
    }

    @Test
    void aStepLeavesNoArraysBehind() {
        try (Rloo rloo = new Rloo(policy, toy.rollouts(policy, reference, toy::even, 5), toy.prompts(), config(), 5)) {
            rloo.step(0);
            rloo.step(1); // a longer text than before makes longer tables of angles, which stay
            int before = Toy.TORCH.manager().getManagedArrays().size();
            rloo.step(0);
            rloo.step(1);
            assertThat(Toy.TORCH.manager().getManagedArrays()).hasSize(before);
        }
    }

    @Test
    void theKlOfTheWholeCompletionIsInTheReward() {
        Completions two = new Completions(
                new Forward.Rows(List.of(new int[3], new int[2]), new int[] {1, 1}),
                new float[2],
                new float[][] {{-1, -1}, {-2}},
                new float[][] {{-2, -1.5f}, {-1}},
                new float[2][]);
        assertThat(Rloo.rewards(new float[] {1, 4}, two, config("--kl-coef=0.1", "--score-clip=3")))
                .containsExactly(new float[] {1 - .15f, 3 + .1f}, within(1e-6f));
    }

    @Test
    void equalRewardsTeachNothingAndThatIsSaid() {
        String before = policy.hash();
        Reward equal = rows -> new float[rows.size()];
        for (String baseline : List.of("others", "batch")) {
            Seen seen = train(equal, "--steps=2", "--kl-coef=0", "--baseline=" + baseline);
            assertThat(policy.hash()).isEqualTo(before);
            assertThat(seen.all("frac_reward_zero_std")).containsExactly(1, 1);
            assertThat(seen.all("grad_norm")).containsExactly(0, 0);
        }
        try (Rloo rloo = new Rloo(policy, toy.rollouts(policy, reference, equal, 5), toy.prompts(), config(), 5)) {
            assertThat(rloo.step(0).note()).endsWith("all rewards equal: nothing to learn");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"others", "batch"})
    void learnsToSayWhatIsRewarded(String baseline) {
        Seen seen =
                train(toy::even, "--steps=24", "--minibatches=2", "--lr=0.01", "--kl-coef=0", "--baseline=" + baseline);
        assertThat(seen.last("score")).isGreaterThan(seen.first("score") + 0.2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--completions=1 | --completions must be at least 2 with --baseline=others, was 1",
                "--clip=1        | --clip must be between 0.001 and 0.999, was 1.0",
                "--kl-coef=-1    | --kl-coef must be at least 0, was -1.0",
                "--baseline=mean | --baseline must be one of others, batch, none, was 'mean'",
            })
    void refusesWhatCannotWork(String option, String message) {
        assertThatThrownBy(() -> config(option.strip()))
                .isInstanceOf(UserError.class)
                .hasMessage(message.strip());
    }
}

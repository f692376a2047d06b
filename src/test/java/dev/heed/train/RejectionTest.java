package dev.heed.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

class RejectionTest {
    private static final String[] LONG = {"--steps=16", "--prompts=16", "--lr=0.01"};

    @TempDir
    Path folder;

    private final List<List<Rollout>> kept = new ArrayList<>();
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
    private static Rejection.Config config(String... options) {
        String[] few = {
            "--steps=1", "--prompts=8", "--completions=4", "--lr=0.003", "--warmup=0", "--missing-eos-score=NaN"
        };
        return Knobs.of(
                Rejection.Config.class,
                Stream.of(few, options).flatMap(Arrays::stream).toArray(String[]::new));
    }

    private Seen train(Reward reward, long seed, String... options) {
        RunDir dir = RunDir.at(folder, "run" + folder.toFile().list().length);
        try (Rejection rejection = new Rejection(
                policy,
                toy.rollouts(policy, reference, reward, seed),
                toy.prompts(),
                config(options),
                seed,
                (step, demonstrations) -> kept.add(demonstrations))) {
            rejection.train(dir, Steps.Watch.NONE);
        }
        return Seen.of(dir);
    }

    /** Completions of two prompts, three each, in which some did not end. */
    private static List<Rollout> sampled(String ended) {
        List<Rollout> sampled = new ArrayList<>();
        for (int i = 0; i < ended.length(); i++) {
            sampled.add(OnlineDpoTest.rollout(i, ended.charAt(i) == '/'));
        }
        return sampled;
    }

    private static int[] picked(String ended, float[] scores, String... options) {
        Rejection.Config config = Knobs.of(
                Rejection.Config.class,
                Stream.of(new String[] {"--completions=3"}, options)
                        .flatMap(Arrays::stream)
                        .toArray(String[]::new));
        return Rejection.picked(sampled(ended), scores, config, 7);
    }

    @Test
    void theBestOfEachPromptBecomesADemonstration() {
        float[] scores = {1, 3, 2, 5, 4, 5};
        assertThat(picked("//////", scores)).as("of equals the first").containsExactly(1, 3);
        assertThat(picked("/-////", scores)).as("what was cut off is none").containsExactly(2, 3);
        assertThat(picked("---///", scores))
                .as("nor is a prompt without another")
                .containsExactly(3);
        assertThat(picked("---///", scores, "--missing-eos-score=NaN")).containsExactly(1, 3);
        assertThat(picked("//////", scores, "--keep=0.5")).as("the better half").containsExactly(3);
        assertThat(picked("------", scores)).isEmpty();
    }

    @Test
    void aRandomPickIsAnyThatEnded() {
        float[] scores = new float[300];
        int[] places = new int[3];
        for (int from : picked("/-/".repeat(100), scores, "--pick=random")) {
            places[from % 3]++;
        }
        assertThat(places[1]).isZero();
        assertThat(places[0]).isBetween(30, 70); // five standard deviations
        assertThat(places[0] + places[2]).isEqualTo(100);
    }

    @Test
    void whatIsKeptScoresBestAndIsTold() {
        Seen seen = train(toy::even, 5);
        assertThat(seen.first("score_kept")).isGreaterThan(seen.first("score"));
        assertThat(seen.first("frac_kept")).isEqualTo(0.25);
        assertThat(kept).hasSize(1);
        assertThat(kept.get(0)).hasSize(8);
        assertThat(kept.get(0).stream().mapToDouble(Rollout::score).average().orElseThrow())
                .isEqualTo(seen.first("score_kept"));
    }

    @Test
    void whereNothingEndsNothingIsLearnedAndThatIsSaid() {
        String before = policy.hash();
        try (Rejection rejection = new Rejection(
                policy,
                toy.rollouts(policy, reference, toy::even, 5),
                toy.prompts(),
                config("--missing-eos-score=-2"),
                5,
                (step, demonstrations) -> kept.add(demonstrations))) {
            RejectionMetrics metrics = rejection.step(0);
            assertThat(metrics.eosRate())
                    .as("12 tokens of a policy that knows nothing")
                    .isZero();
            assertThat(metrics.note()).endsWith("none ends: nothing to learn");
            assertThat(metrics.gradNorm()).isZero();
        }
        assertThat(policy.hash()).isEqualTo(before);
        assertThat(kept.get(0)).isEmpty();
    }

    @Test
    void aStepLeavesNoArraysBehind() {
        try (Rejection rejection = new Rejection(
                policy,
                toy.rollouts(policy, reference, toy::even, 5),
                toy.prompts(),
                config(),
                5,
                (step, demonstrations) -> {})) {
            rejection.step(0);
            rejection.step(1); // a longer text than before makes longer tables of angles, which stay
            int before = Toy.TORCH.manager().getManagedArrays().size();
            rejection.step(0);
            rejection.step(1);
            assertThat(Toy.TORCH.manager().getManagedArrays()).hasSize(before);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {5, 6, 7})
    void learnsToSayWhatIsRewarded(long seed) {
        Seen seen = train(toy::even, seed, LONG);
        System.err.printf(
                "rejection, seed %d: score %.2f -> %.2f, KL %.1f%n",
                seed, seen.first("score"), seen.last("score"), seen.last("kl"));
        assertThat(seen.last("score")).isGreaterThan(seen.first("score") + 0.15);
    }

    @Test
    void byRandomPicksItLearnsNothingOfTheReward() {
        Seen seen = train(
                toy::even,
                5,
                Stream.of(LONG, new String[] {"--pick=random"})
                        .flatMap(Arrays::stream)
                        .toArray(String[]::new));
        assertThat(seen.last("score")).isLessThan(seen.first("score") + 0.15);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--completions=0 | --completions must be at least 1, was 0",
                "--keep=0        | --keep must be above 0, was 0.0",
                "--keep=1.5      | --keep must be between 0 and 1, was 1.5",
                "--pick=worst    | --pick must be one of best, random, was 'worst'",
            })
    void refusesWhatCannotWork(String option, String message) {
        assertThatThrownBy(() -> config(option.strip()))
                .isInstanceOf(UserError.class)
                .hasMessage(message.strip());
    }
}

package dev.heed.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.heed.model.Transformer;
import dev.heed.run.Knobs;
import dev.heed.run.UserError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The direct methods on a toy: of two completions, the one that does not say everything twice is the better. */
class DirectTrainingTest {
    private static final int STEPS = 20;

    @TempDir
    static Path folder;

    private static Toy toy;

    @BeforeAll
    static void makeToy() {
        toy = new Toy(folder);
    }

    @AfterAll
    static void forget() {
        toy.close();
    }

    static DirectTraining.Config config() {
        return Knobs.of(DirectTraining.Config.class, "--batch=8", "--epochs=4", "--lr=0.002");
    }

    private static PairObjective objective(String name) {
        return switch (name) {
            case "simpo", "sigmoid" -> Knobs.of(Cpo.class, "--kind=" + name, "--surprise-weight=0.1");
            case "orpo" -> Knobs.of(Orpo.class, "--lambda=1");
            default -> Knobs.of(Dpo.class, "--loss=" + name, "--label-smoothing=0.01", "--beta=0.1");
        };
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sigmoid:1",
                "hinge",
                "ipo-sum",
                "exo-pair",
                "nca-pair",
                "robust",
                "bco-pair",
                "sppo-hard",
                "aot",
                "aot-unpaired",
                "apo-zero",
                "discopop",
                "sigmoid-norm",
                "sigmoid:1,sft:0.1",
                "simpo",
                "sigmoid",
                "orpo"
            })
    void learnsWhichOfTwoIsBetter(String name) {
        try (Transformer policy = toy.language(5);
                Transformer reference = policy.copy();
                DirectTraining training =
                        new DirectTraining(policy, reference, toy.pairs(), objective(name), config(), 5)) {
            Stand before = Stand.of(policy, objective(name));
            run(training::step);
            Stand after = Stand.of(policy, objective(name));
            assertThat(after.loss).isLessThan(before.loss);
            if (objective(name).refers()) { // else the margin begins with how much longer the worse texts are
                assertThat(after.margin).isGreaterThan(before.margin + 1e-3);
            }
        }
    }

    /**
     * Where a model stands on all pairs.
     *
     * @param margin mean reward of the better completions less that of the worse ones
     */
    private record Stand(double loss, double margin) {
        static Stand of(Transformer model, PairObjective objective) {
            List<PairExample> pairs = toy.pairs();
            PairBatch batch = new PairBatch(pairs, objective.surprise().counted());
            try (Transformer reference = toy.language(5);
                    NDManager scope = Toy.TORCH.manager().newSubManager()) {
                float[][] said =
                        batch.sums(reference.logProbs(scope, batch.batch(), 1).toFloatArray(), objective.tailWeight());
                PairLoss parts =
                        PairLoss.of(Toy.TORCH.kernels(), objective, batch, model.logits(scope, batch.batch()), said, 1);
                NDArray[] rewards = objective.rewards(parts.said());
                return new Stand(
                        parts.loss(objective.surprise().weight(), pairs.size(), batch.surprisingTokens())
                                .getFloat(),
                        rewards[0].sub(rewards[1]).mean().getFloat());
            }
        }
    }

    private static <M> List<M> run(LongFunction<M> step) {
        List<M> metrics = new ArrayList<>();
        for (long i = 0; i < STEPS; i++) {
            metrics.add(step.apply(i));
        }
        return metrics;
    }

    @Test
    void beginsWhereTheReferenceIs() {
        try (Transformer policy = toy.language(5);
                Transformer reference = policy.copy();
                DirectTraining training =
                        new DirectTraining(policy, reference, toy.pairs(), Knobs.defaults(Dpo.class), config(), 5)) {
            DirectTraining.Metrics first = training.step(0);
            assertThat(first.loss()).as("a coin's").isCloseTo(Math.log(2), within(1e-5));
            assertThat(first.rewardsChosen()).isCloseTo(0, within(1e-5));
            assertThat(first.rewardsRejected()).isCloseTo(0, within(1e-5));
        }
    }

    private static Sync sync(String... options) {
        return Knobs.of(Sync.class, options);
    }

    /** As people set it, its reference following the policy or not, and the steps it took. */
    private static List<DirectTraining.Metrics> followed(Sync sync, Transformer policy, Transformer reference) {
        try (DirectTraining training = new DirectTraining(
                policy,
                new Reference(reference, ReferenceCache.NONE, sync),
                toy.pairs(),
                Knobs.defaults(Dpo.class),
                config(),
                5)) {
            return run(training::step);
        }
    }

    @Test
    void aReferenceThatBecomesThePolicyAfterEachStepMakesEachOneTheFirst() {
        try (Transformer policy = toy.language(5);
                Transformer reference = policy.copy()) {
            String before = reference.hash();
            List<DirectTraining.Metrics> metrics = followed(sync("--sync-every=1", "--sync-mix=1"), policy, reference);
            assertThat(metrics).hasSize(STEPS).allSatisfy(step -> {
                assertThat(step.loss()).as("a coin's").isCloseTo(Math.log(2), within(1e-5));
                assertThat(step.rewardsChosen()).isCloseTo(0, within(1e-4));
            });
            assertThat(metrics.get(STEPS - 1).logpsChosen())
                    .as("it learned all the same")
                    .isNotEqualTo(metrics.get(0).logpsChosen());
            assertThat(reference.hash()).as("what was given stays").isEqualTo(before);
        }
    }

    @Test
    void itFollowsOnlyEverySoManySteps() {
        try (Transformer policy = toy.language(5);
                Transformer reference = policy.copy()) {
            List<DirectTraining.Metrics> metrics = followed(sync("--sync-every=4", "--sync-mix=1"), policy, reference);
            for (int step = 1; step < STEPS; step++) { // TRL's: after the fourth step, the eighth …
                double distance = Math.abs(metrics.get(step).loss() - Math.log(2));
                assertThat(distance < 1e-5).as("step %d begins anew", step).isEqualTo(step % 4 == 0);
            }
        }
    }

    @Test
    void aReferenceThatFollowsInPartIsTheMeanOfTheWeights() {
        try (Transformer policy = toy.language(5);
                Transformer other = toy.language(6);
                Transformer reference = policy.copy()) {
            reference.follow(other, 0.25);
            for (String name : policy.parameters().names()) {
                float[] start = policy.parameters().expect(name).toFloatArray();
                float[] goal = other.parameters().expect(name).toFloatArray();
                for (int i = 0; i < start.length; i++) {
                    start[i] += 0.25f * (goal[i] - start[i]);
                }
                assertThat(reference.parameters().expect(name).toFloatArray())
                        .as(name)
                        .containsExactly(start, within(1e-6f));
            }
            reference.follow(other, 1);
            assertThat(reference.hash()).isEqualTo(other.hash());
        }
    }

    @Test
    void aReferenceThatFollowsLeavesRoomToLearn() {
        try (Transformer policy = toy.language(5);
                Transformer reference = policy.copy();
                Transformer freer = toy.language(5)) {
            followed(Sync.NEVER, policy, reference);
            followed(sync("--sync-every=2"), freer, reference);
            assertThat(Stand.of(freer, objective("hinge")).margin)
                    .as("log π/π_start of the better texts less that of the worse")
                    .isGreaterThan(Stand.of(policy, objective("hinge")).margin);
        }
    }

    @Test
    void withoutAReferenceNoneIsRead() {
        List<String> hashes = new ArrayList<>();
        for (long seed : new long[] {5, 6}) {
            try (Transformer policy = toy.language(5);
                    Transformer reference = toy.language(seed);
                    DirectTraining training = new DirectTraining(
                            policy,
                            reference,
                            toy.pairs(),
                            Knobs.of(Dpo.class, "--reference-free=true"),
                            config(),
                            5)) {
                DirectTraining.Metrics first = training.step(0);
                assertThat(first.rewardsChosen())
                        .as("beta times the log-probability itself")
                        .isCloseTo(0.3 * first.logpsChosen(), within(1e-3));
                hashes.add(policy.hash());
            }
        }
        assertThat(hashes.get(0)).isEqualTo(hashes.get(1));
    }

    @Test
    void ktoLearnsWhichAreGood() {
        Kto.Config config = Knobs.of(Kto.Config.class, "--batch=8", "--lr=0.002");
        try (Transformer policy = toy.language(5);
                Transformer reference = policy.copy();
                Kto kto = new Kto(policy, reference, toy.goodAndBad(), config, 5)) {
            List<Kto.Metrics> metrics = run(kto::step);
            assertThat(metrics.get(0).loss()).as("1 − σ(0)").isCloseTo(0.5, within(1e-5));
            assertThat(metrics.get(0).kl()).isZero();
            assertThat(metrics.get(STEPS - 1).rewardsMargins()).isGreaterThan(0.05);
        }
    }

    @Test
    void ktoRefusesOneSidedLabels() {
        List<Kto.Example> good = toy.goodAndBad().stream()
                .filter(example -> example.label() == Kto.Label.DESIRABLE)
                .toList();
        try (Transformer policy = toy.language(5)) {
            assertThatThrownBy(() -> new Kto(policy, policy, good, Knobs.defaults(Kto.Config.class), 5))
                    .isInstanceOf(UserError.class)
                    .hasMessage("kto needs good and bad completions, got %d and none undesirable; label some more"
                            .formatted(good.size()));
        }
    }

    @Test
    void aStepInPartsIsAStepInOne() {
        List<PairExample> pairs = toy.pairs().subList(0, 6);
        try (Transformer model = toy.language(5)) {
            for (String name : List.of("sigmoid:1,sft:0.5", "simpo", "orpo")) {
                PairObjective objective = objective(name);
                double parts = loss(model, objective, pairs.subList(0, 2), pairs)
                        + loss(model, objective, pairs.subList(2, 6), pairs);
                assertThat(parts).as(name).isCloseTo(loss(model, objective, pairs, pairs), within(1e-5));
            }
        }
    }

    /** The loss of some pairs as a part of a step of all of them. */
    private static double loss(
            Transformer model, PairObjective objective, List<PairExample> some, List<PairExample> all) {
        int tokens = new PairBatch(all, objective.surprise().counted()).surprisingTokens();
        PairBatch batch = new PairBatch(some, objective.surprise().counted());
        try (NDManager scope = Toy.TORCH.manager().newSubManager()) {
            NDArray logits = model.logits(scope, batch.batch());
            return PairLoss.of(Toy.TORCH.kernels(), objective, batch, logits, new float[some.size()][2], 1)
                    .loss(objective.surprise().weight(), all.size(), tokens)
                    .getFloat();
        }
    }

    @Test
    void tokensBeyondTheShorterCompletionCountTheirWeight() {
        PairBatch batch = new PairBatch(
                List.of(new PairExample(new int[] {1, 2, 3}, 1, new int[] {1, 4, 5, 6, 7}, 1)),
                PairObjective.Surprise.Counted.COMPLETION);
        float[] logProbs = {-1, -2, -4, -8, -16, -32};
        assertThat(batch.sums(logProbs, 1)[0]).containsExactly(-3, -60);
        assertThat(batch.sums(logProbs, 0.5)[0]).containsExactly(-3, -36);
        assertThat(Arrays.stream(batch.batch().from()).toArray()).containsExactly(1, 1);
    }

    @Test
    void refusesSettingsThatMeanNothing() {
        assertThatThrownBy(() -> Knobs.of(Dpo.class, "--loss=sigmod"))
                .isInstanceOf(UserError.class)
                .hasMessageStartingWith("--loss must be of sigmoid, hinge, ipo, ")
                .hasMessageEndingWith(", was 'sigmod'");
        assertThatThrownBy(() -> Knobs.of(Dpo.class, "--loss=sigmoid:-1"))
                .hasMessage("--loss: the weight of sigmoid must be a number above 0, was '-1'");
        assertThatThrownBy(() -> Knobs.of(Dpo.class, "--beta=0")).hasMessage("--beta must be above 0, was 0.0");
        assertThatThrownBy(() -> Knobs.of(Dpo.class, "--loss=exo-pair"))
                .hasMessage("--loss=exo-pair needs --label-smoothing above 0, was 0; Ji et al. 2024 take 0.001");
        assertThatThrownBy(() -> Knobs.of(Dpo.class, "--label-smoothing=0.5"))
                .hasMessageStartingWith("--label-smoothing must be between 0 and 0.499");
        assertThatThrownBy(() -> sync("--sync-every=-1")).hasMessage("--sync-every must be at least 0, was -1");
        assertThatThrownBy(() -> sync("--sync-mix=0")).hasMessage("--sync-mix must be above 0, was 0.0");
        assertThatThrownBy(() -> sync("--sync-mix=1.5")).hasMessageStartingWith("--sync-mix must be between 0 and 1");
        assertThatThrownBy(() -> Knobs.of(Kto.Config.class, "--batch=1"))
                .hasMessageContaining("--batch must be at least 2");
    }
}

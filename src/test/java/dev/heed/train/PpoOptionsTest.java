package dev.heed.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.heed.model.Batch;
import dev.heed.model.Forward;
import dev.heed.model.RewardModel;
import dev.heed.model.Transformer;
import dev.heed.run.Knobs;
import dev.heed.run.RunDir;
import dev.heed.run.UserError;
import dev.heed.tensor.Learner;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What PPO may be asked for beyond its defaults. */
class PpoOptionsTest {
    @TempDir
    Path folder;

    private Toy toy;
    private Transformer policy;
    private Transformer reference;
    private RewardModel judge;

    @BeforeEach
    void makeToy() {
        toy = new Toy(folder.resolve("tokenizer"));
        policy = toy.language(5);
        reference = policy.copy();
        judge = new RewardModel(toy.scalar(6), RewardModel.Scale.NONE);
    }

    @AfterEach
    void close() {
        judge.close();
        reference.close();
        policy.close();
        toy.close();
    }

    private static Ppo.Config config(String... options) {
        List<String> all = new ArrayList<>(
                List.of("--steps=6", "--batch=16", "--minibatches=1", "--warmup=0", "--missing-eos-score=NaN"));
        all.addAll(List.of(options));
        return Knobs.of(Ppo.Config.class, all.toArray(String[]::new));
    }

    private Ppo ppo(ActorCritic networks, Ppo.Config config) {
        return new Ppo(networks, toy.rollouts(policy, reference, judge, 5), toy.prompts(), config, 5);
    }

    private Seen train(String name, ActorCritic networks, Ppo.Config config) {
        RunDir dir = RunDir.at(folder, name);
        try (Ppo ppo = ppo(networks, config)) {
            ppo.train(dir, Steps.Watch.NONE);
        }
        return Seen.of(dir);
    }

    // ---- text that is mixed in ----

    private NDArray surprise(NDManager scope) {
        Batch batch = Batch.whole(toy.blocks());
        return Learning.surprise(policy, scope, batch, batch.count());
    }

    private double surprise() {
        try (NDManager scope = Toy.TORCH.manager().newSubManager()) {
            return surprise(scope).getFloat();
        }
    }

    @Test
    void textThatIsMixedInIsNotForgotten() {
        try (Learner learner = Learning.learner(policy, 0, 1)) {
            for (int i = 0; i < 40; i++) {
                learner.minimise(5e-3, this::surprise);
            }
        }
        reference.assign(policy);
        double before = surprise();
        String[] harsh = {"--lr=1e-2", "--epochs=3", "--kl-coef=0", "--kl-target=0", "--ptx-coef=3", "--ptx-batch=8"};
        Ppo.Config config = config(harsh);
        Seen alone;
        try (RewardModel critic = judge.copy()) {
            alone = train("alone", new TwoNetworks(policy, critic, config, 1, Beside.NOTHING), config);
        }
        double without = surprise();
        policy.assign(reference);
        Seen mixed;
        try (RewardModel critic = judge.copy()) {
            Ptx text = new Ptx(policy, toy.blocks(), config.ptx(), 5);
            mixed = train("mixed", new TwoNetworks(policy, critic, config, 1, text), config);
        }
        assertThat(without).as("nats a token without").isGreaterThan(before + 0.1);
        assertThat(surprise()).as("and with the text").isLessThan(before + (without - before) / 4);
        assertThat(mixed.last("ptx_loss")).as("what is reported").isCloseTo(surprise(), within(0.5));
        assertThat(alone.lines())
                .allSatisfy(line -> assertThat(line.has("ptx_loss")).isFalse());
    }

    // ---- a budget ----

    @Test
    void aSpentKlBudgetEndsTheRunAndSaysSo() {
        Ppo.Config config = config("--steps=12", "--lr=1e-2", "--epochs=2", "--kl-budget=0.02", "--kl-coef=0");
        RunDir dir = RunDir.at(folder, "budget");
        Optional<String> ended;
        try (RewardModel critic = judge.copy();
                Ppo ppo = ppo(new TwoNetworks(policy, critic, config, 1, Beside.NOTHING), config)) {
            ended = ppo.train(dir, Steps.Watch.NONE);
        }
        double[] kl = Seen.of(dir).all("kl");
        assertThat(kl).hasSizeBetween(2, 11);
        assertThat(kl[kl.length - 1]).isGreaterThanOrEqualTo(0.02);
        assertThat(Arrays.stream(kl, 0, kl.length - 1).max().orElseThrow()).isLessThan(0.02);
        assertThat(Seen.of(dir).last("grad_norm")).as("no update after that").isZero();
        assertThat(ended).hasValueSatisfying(why -> assertThat(why)
                .contains("at step %d of 12: --kl-budget of 0.02 is spent".formatted(kl.length)));
    }

    @Test
    void aBudgetThatIsNotSpentEndsNothing() {
        Ppo.Config config = config("--steps=2", "--kl-budget=1000");
        try (RewardModel critic = judge.copy();
                Ppo ppo = ppo(new TwoNetworks(policy, critic, config, 1, Beside.NOTHING), config)) {
            assertThat(ppo.train(RunDir.at(folder, "rich"), Steps.Watch.NONE)).isEmpty();
        }
        assertThat(Seen.of(RunDir.at(folder, "rich")).lines()).hasSize(2);
    }

    // ---- length ----

    @Test
    void eachTokenCostsTheLengthPenalty() {
        List<Rollout> rollouts = toy.rollouts(policy, reference, judge, 5).of(toy.prompts(), 0);
        float[][] zeros = rollouts.stream().map(r -> new float[r.length()]).toArray(float[][]::new);
        Experience free = Experience.of(rollouts, zeros, 0, config());
        Experience dear = Experience.of(rollouts, zeros, 0, config("--length-penalty=0.5"));
        for (int i = 0; i < zeros.length; i++) {
            int last = zeros[i].length - 1;
            assertThat(dear.rewards()[i][last]).isCloseTo(free.rewards()[i][last] - 0.5f * (last + 1), within(1e-5f));
        }
    }

    // ---- one trunk ----

    @Test
    void aFurtherHeadSaysWhatAScalarModelOfTheSameTrunkSays() {
        List<Rollout> rollouts = toy.rollouts(policy, reference, judge, 5).of(toy.prompts(), 0);
        Forward.Rows rows = new Forward.Rows(
                rollouts.stream().map(Rollout::row).toList(),
                rollouts.stream().mapToInt(Rollout::from).toArray());
        try (Transformer trunk = policy.copy();
                NDManager scope = Toy.TORCH.manager().newSubManager()) {
            trunk.assign(judge.model()); // all but its head
            NDArray head = judge.model().parameters().expect("head");
            Batch batch = rows.batch(new int[] {0, 3, 7});
            NDArray[] said = trunk.logProbsAndValues(scope, batch, 0.7, head);
            assertThat(said[0].toFloatArray())
                    .isEqualTo(trunk.logProbs(scope, batch, 0.7).toFloatArray());
            assertThat(said[1].toFloatArray())
                    .isEqualTo(judge.model().values(scope, batch).toFloatArray());
            assertThat(Forward.values(trunk, rows, head)).isDeepEqualTo(Forward.values(judge.model(), rows));
        }
    }

    @Test
    void aSharedCriticBeginsAtZeroAndLearnsToForesee() {
        Ppo.Config config = config(
                "--steps=25",
                "--batch=24",
                "--lr=1e-4",
                "--critic-lr=2e-2",
                "--value-clip=9",
                "--lambda=1",
                "--critic=shared");
        TwoHeads networks = new TwoHeads(policy, config, 1, Beside.NOTHING);
        List<Rollout> rollouts = toy.rollouts(policy, reference, judge, 5).of(toy.prompts(), 0);
        Forward.Rows rows = new Forward.Rows(
                rollouts.stream().map(Rollout::row).toList(),
                rollouts.stream().mapToInt(Rollout::from).toArray());
        assertThat(List.of(networks.values(rows)))
                .allSatisfy(row -> assertThat(row).containsOnly(0));
        Reward always = row -> {
            float[] scores = new float[row.size()];
            Arrays.fill(scores, 1);
            return scores;
        };
        RunDir dir = RunDir.at(folder, "shared");
        try (Ppo ppo = new Ppo(networks, toy.rollouts(policy, reference, always, 5), toy.prompts(), config, 5)) {
            ppo.train(dir, Steps.Watch.NONE);
        }
        Seen seen = Seen.of(dir);
        assertThat(seen.first("first_ratio_error")).isLessThan(1e-5);
        assertThat(seen.first("value_loss")).as("half of (0 - 1) squared").isCloseTo(0.5, within(0.1));
        assertThat(seen.last("value_loss")).isLessThan(seen.first("value_loss") / 2);
    }

    @Test
    void theValueLossOfASharedCriticMovesTheTrunkByItsWeight() {
        String heavy = afterOneStep("--value-coef=10");
        assertThat(afterOneStep("--value-coef=10")).isEqualTo(heavy);
        // A head of zeros sends nothing back in the first update, so the second shows it.
        assertThat(afterOneStep("--value-coef=1e-6")).isNotEqualTo(heavy);
    }

    private String afterOneStep(String option) {
        policy.assign(reference);
        Ppo.Config config = config("--steps=1", "--epochs=2", "--critic=shared", option);
        try (Ppo ppo = ppo(new TwoHeads(policy, config, 1, Beside.NOTHING), config)) {
            ppo.step(0);
        }
        return policy.hash();
    }

    // ---- rules ----

    @Test
    void aRuleAloneTeachesThePolicyToObeyIt() {
        Rule rule = new Rule("has a d", 1, null, said -> said.text().contains("d"));
        Scoring scoring = new Scoring(null, new Rubric(List.of(rule)), toy.template::text);
        Ppo.Config config =
                config("--steps=15", "--batch=24", "--epochs=2", "--lr=5e-3", "--kl-coef=0", "--critic=shared");
        RunDir dir = RunDir.at(folder, "rule");
        try (Ppo ppo = new Ppo(
                new TwoHeads(policy, config, 1, Beside.NOTHING),
                toy.rollouts(policy, reference, scoring, 5),
                toy.prompts(),
                config,
                5)) {
            ppo.train(dir, Steps.Watch.NONE);
        }
        double[] obeyed = Seen.of(dir).lines().stream()
                .mapToDouble(line -> line.path("rules").path("has a d").asDouble())
                .toArray();
        assertThat(obeyed).containsExactly(Seen.of(dir).all("score"), within(1e-6));
        assertThat(obeyed[0]).as("share of completions before").isBetween(0.05, 0.6);
        assertThat(obeyed[14]).as("and after").isGreaterThan(obeyed[0] + 0.2);
    }

    // ---- what is refused ----

    @Test
    void settingsThatCannotWorkAreRefused() {
        assertThatThrownBy(() -> config("--dual-clip=1.1"))
                .isInstanceOf(UserError.class)
                .hasMessage("--dual-clip must be 0, or above 1 + --clip = 1.2, was 1.1");
        assertThatThrownBy(() -> config("--ptx-coef=-1")).hasMessage("--ptx-coef must be at least 0, was -1.0");
        assertThatThrownBy(() -> config("--kl-budget=-1")).hasMessage("--kl-budget must be at least 0, was -1.0");
        assertThatThrownBy(() -> config("--length-penalty=-1"))
                .hasMessage("--length-penalty must be at least 0, was -1.0");
    }
}

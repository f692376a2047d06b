package dev.heed.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heed.model.Lora;
import dev.heed.model.RewardModel;
import dev.heed.model.Transformer;
import dev.heed.run.Interrupt;
import dev.heed.run.Interrupted;
import dev.heed.run.Knobs;
import dev.heed.run.RunDir;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A stage that was stopped in the middle and begun again ends with the very weights of one that never stopped. */
class ResumeTest {
    private static final Lora LORA = new Lora(4, 8, "all");

    @TempDir
    Path folder;

    private Toy toy;

    @BeforeEach
    void makeToy() {
        toy = new Toy(folder.resolve("tokenizer"));
    }

    @AfterEach
    void forget() {
        Interrupt.clear();
        toy.close();
    }

    /** Trains a fresh model in a run folder and says what came of it. */
    private interface Training {
        String hash(RunDir dir, Steps.Watch watch);
    }

    private void resumesExactly(Training training) {
        RunDir straight = RunDir.at(folder, "straight");
        String expected = training.hash(straight, Steps.Watch.NONE);
        assertThat(Seen.of(straight).all("grad_norm"))
                .as("there is something to learn in each step")
                .doesNotContain(0);
        assertThat(training.hash(RunDir.at(folder, "again"), Steps.Watch.NONE))
                .as("the same seed twice")
                .isEqualTo(expected);
        RunDir stopped = RunDir.at(folder, "stopped");
        assertThatThrownBy(() -> training.hash(stopped, interruptAt(step -> step == 1)))
                .isInstanceOf(Interrupted.class);
        Interrupt.clear();
        assertThat(Seen.of(stopped).lines()).hasSize(2);
        assertThat(training.hash(stopped, Steps.Watch.NONE)).as("resumed").isEqualTo(expected);
        assertThat(Seen.of(stopped).all("loss"))
                .containsExactly(Seen.of(straight).all("loss"));
    }

    private static Steps.Watch interruptAt(LongPredicate step) {
        return (at, log) -> {
            if (step.test(at)) {
                Interrupt.request();
            }
            return Map.of();
        };
    }

    @Test
    void pretraining() {
        resumesExactly((dir, watch) -> {
            try (Transformer model = toy.language(5);
                    Pretrain pretrain = new Pretrain(
                            model, toy.blocks(), new Pretrain.Config(5, 4, 24, 4e-3, 0.2, 0.1, 1, 100), 5)) {
                pretrain.train(dir, watch);
                return model.hash();
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"--batch=8", "--batch=2 --pack=160 --neftune-alpha=5"})
    void supervisedFineTuning(String options) {
        Sft.Config config = Knobs.of(Sft.Config.class, ("--lr=1e-3 --epochs=2 " + options).split(" "));
        resumesExactly((dir, watch) -> {
            try (Transformer model = toy.language(5);
                    Sft sft = new Sft(model, toy.demonstrations(), config, 5)) {
                sft.train(dir, watch);
                return model.hash();
            }
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--element=comparison",
                "--element=comparison --centering=0.01 --margin=1 --label-smoothing=0.1",
                "--element=prompt --centering=0.01 --margin=1 --label-smoothing=0.1",
                "--element=ranking"
            })
    void theRewardModel(String options) {
        RewardTraining.Config config =
                Knobs.of(RewardTraining.Config.class, ("--batch=8 --lr=1e-3 " + options).split(" "));
        resumesExactly((dir, watch) -> {
            try (Transformer model = toy.scalar(5);
                    RewardTraining reward = new RewardTraining(model, toy.rankings(), config, 5)) {
                reward.train(dir, watch);
                return model.hash();
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void ppoWithItsCriticItsKlCoefficientAndItsText(Ppo.Critic critic) {
        Ppo.Config config = ppo(critic);
        resumesExactly((dir, watch) -> {
            try (Transformer policy = toy.language(5);
                    Transformer reference = policy.copy();
                    RewardModel judge = new RewardModel(toy.scalar(6), RewardModel.Scale.NONE);
                    RewardModel own = judge.copy();
                    Ppo ppo = new Ppo(
                            networks(policy, own, config),
                            toy.rollouts(policy, reference, judge, 5),
                            toy.prompts(),
                            config,
                            5)) {
                ppo.train(dir, watch);
                return policy.hash() + own.model().hash();
            }
        });
    }

    private static Ppo.Config ppo(Ppo.Critic critic) {
        return Knobs.of(
                Ppo.Config.class,
                "--steps=4",
                "--batch=8",
                "--epochs=2",
                "--minibatches=2",
                "--lr=1e-3",
                "--kl-coef=0.05",
                "--kl-target=1",
                "--kl-horizon=0.05",
                "--critic=" + critic.name().toLowerCase(Locale.ROOT),
                "--ptx-coef=1",
                "--ptx-batch=4");
    }

    private ActorCritic networks(Transformer policy, RewardModel critic, Ppo.Config config) {
        Ptx text = new Ptx(policy, toy.blocks(), config.ptx(), 5);
        return config.critic() == Ppo.Critic.SHARED
                ? new TwoHeads(policy, config, 1, text)
                : new TwoNetworks(policy, critic, config, 1, text);
    }

    @Test
    void adaptersOfFineTuningAreAllThatACheckpointHolds() {
        resumesExactly((dir, watch) -> {
            try (Transformer base = toy.language(5);
                    Transformer model = base.adapted(LORA, 5);
                    Sft sft = new Sft(
                            model, toy.demonstrations(), Knobs.of(Sft.Config.class, "--batch=8", "--lr=1e-2"), 5)) {
                sft.train(dir, watch);
                return model.hash();
            }
        });
        Path checkpoint = new Checkpoints(RunDir.at(folder, "stopped").checkpoints())
                .findNewest()
                .orElseThrow()
                .path();
        assertThat(checkpoint.resolve("model"))
                .isDirectoryNotContaining("glob:**/model.safetensors")
                .isDirectoryContaining("glob:**/adapter_model.safetensors");
    }

    @Test
    void theAdaptersAndTheHeadOfARewardModel() {
        RewardTraining.Config config = Knobs.of(RewardTraining.Config.class, "--batch=8", "--lr=1e-2");
        resumesExactly((dir, watch) -> {
            try (Transformer base = toy.scalar(5);
                    Transformer model = base.adapted(LORA, 5);
                    RewardTraining reward = new RewardTraining(model, toy.rankings(), config, 5)) {
                reward.train(dir, watch);
                return model.hash();
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void ppoWithAdaptersOnPolicyAndCritic(Ppo.Critic kind) {
        Ppo.Config config = ppo(kind);
        resumesExactly((dir, watch) -> {
            try (Transformer reference = toy.language(5);
                    Transformer policy = reference.adapted(LORA, 5);
                    RewardModel judge = new RewardModel(toy.scalar(6), RewardModel.Scale.NONE);
                    RewardModel critic = judge.adapted(LORA, 6);
                    Ppo ppo = new Ppo(
                            networks(policy, critic, config),
                            toy.rollouts(policy, reference, judge, 5),
                            toy.prompts(),
                            config,
                            5)) {
                String before = reference.hash() + judge.model().hash();
                ppo.train(dir, watch);
                assertThat(reference.hash() + judge.model().hash()).isEqualTo(before);
                return policy.hash() + critic.model().hash();
            }
        });
    }

    @Test
    void grpo() {
        Grpo.Config config = Knobs.of(
                Grpo.Config.class,
                "--steps=4",
                "--prompts=3",
                "--completions=4",
                "--epochs=2",
                "--minibatches=2",
                "--missing-eos-score=NaN");
        resumesExactly((dir, watch) -> {
            try (Transformer policy = toy.language(5);
                    Transformer reference = policy.copy();
                    RewardModel judge = new RewardModel(toy.scalar(6), RewardModel.Scale.NONE);
                    Grpo grpo = new Grpo(
                            policy, toy.rollouts(policy, reference, judge::scores, 5), toy.prompts(), config, 5)) {
                grpo.train(dir, watch);
                return policy.hash();
            }
        });
    }

    @Test
    void rloo() {
        Rloo.Config config = Knobs.of(
                Rloo.Config.class,
                "--steps=4",
                "--prompts=4",
                "--completions=3",
                "--epochs=2",
                "--minibatches=2",
                "--missing-eos-score=NaN");
        resumesExactly((dir, watch) -> {
            try (Transformer policy = toy.language(5);
                    Transformer reference = policy.copy();
                    RewardModel judge = new RewardModel(toy.scalar(6), RewardModel.Scale.NONE);
                    Rloo rloo = new Rloo(
                            policy, toy.rollouts(policy, reference, judge::scores, 5), toy.prompts(), config, 5)) {
                rloo.train(dir, watch);
                return policy.hash();
            }
        });
    }

    @Test
    void onlineDpo() {
        OnlineDpo.Config config = Knobs.of(
                OnlineDpo.Config.class,
                "--steps=4",
                "--prompts=6",
                "--epochs=2",
                "--minibatches=2",
                "--missing-eos-score=NaN");
        resumesExactly((dir, watch) -> {
            try (Transformer policy = toy.language(5);
                    Transformer reference = policy.copy();
                    RewardModel judge = new RewardModel(toy.scalar(6), RewardModel.Scale.NONE);
                    OnlineDpo dpo = new OnlineDpo(
                            policy, toy.rollouts(policy, reference, judge::scores, 5), toy.prompts(), config, 5)) {
                dpo.train(dir, watch);
                return policy.hash();
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"best", "random"})
    void rejectionSampling(String pick) {
        Rejection.Config config = Knobs.of(
                Rejection.Config.class,
                "--steps=4",
                "--prompts=4",
                "--completions=3",
                "--pick=" + pick,
                "--missing-eos-score=NaN");
        resumesExactly((dir, watch) -> {
            try (Transformer policy = toy.language(5);
                    Transformer reference = policy.copy();
                    RewardModel judge = new RewardModel(toy.scalar(6), RewardModel.Scale.NONE);
                    Rejection rejection = new Rejection(
                            policy,
                            toy.rollouts(policy, reference, judge::scores, 5),
                            toy.prompts(),
                            config,
                            5,
                            (step, kept) -> {})) {
                rejection.train(dir, watch);
                return policy.hash();
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"--sync-every=0", "--sync-every=1", "--sync-every=2 --sync-mix=1"})
    void directPreferenceOptimisation(String options) {
        Sync sync = Knobs.of(Sync.class, options.split(" "));
        resumesExactly((dir, watch) -> {
            try (Transformer policy = toy.language(5);
                    Transformer reference = policy.copy();
                    DirectTraining training = new DirectTraining(
                            policy,
                            new Reference(reference, ReferenceCache.NONE, sync),
                            toy.pairs(),
                            Knobs.defaults(Dpo.class),
                            Knobs.of(DirectTraining.Config.class, "--batch=8"),
                            5)) {
                training.train(dir, watch);
                return policy.hash();
            }
        });
    }

    @Test
    void kahnemanTverskyOptimisation() {
        resumesExactly((dir, watch) -> {
            try (Transformer policy = toy.language(5);
                    Transformer reference = policy.copy();
                    Kto kto =
                            new Kto(policy, reference, toy.goodAndBad(), Knobs.of(Kto.Config.class, "--batch=16"), 5)) {
                kto.train(dir, watch);
                return policy.hash();
            }
        });
    }

    @Test
    void aCorruptedCheckpointCostsOnlyTheStepsSinceTheOneBefore() throws Exception {
        Pretrain.Config config = new Pretrain.Config(6, 4, 24, 4e-3, 0.2, 0.1, 1, 2);
        Training training = (dir, watch) -> {
            try (Transformer model = toy.language(5);
                    Pretrain pretrain = new Pretrain(model, toy.blocks(), config, 5)) {
                pretrain.train(dir, watch);
                return model.hash();
            }
        };
        String expected = training.hash(RunDir.at(folder, "straight"), Steps.Watch.NONE);
        RunDir stopped = RunDir.at(folder, "stopped");
        assertThatThrownBy(() -> training.hash(stopped, interruptAt(step -> step == 4)))
                .isInstanceOf(Interrupted.class);
        Interrupt.clear();
        Path weights = new Checkpoints(stopped.checkpoints())
                .findNewest()
                .orElseThrow()
                .path()
                .resolve("model/model.safetensors");
        byte[] bytes = java.nio.file.Files.readAllBytes(weights);
        bytes[bytes.length / 2] ^= 1;
        java.nio.file.Files.write(weights, bytes);
        assertThat(training.hash(stopped, Steps.Watch.NONE)).isEqualTo(expected);
        assertThat(Seen.of(stopped).lines())
                .extracting(line -> line.path("step").asInt())
                .containsExactly(0, 1, 2, 3, 4, 5);
    }
}

package dev.heed;

import dev.heed.run.RunDir;
import dev.heed.text.ChatTemplate;
import dev.heed.train.Grpo;
import dev.heed.train.Online;
import dev.heed.train.OnlineDpo;
import dev.heed.train.Ppo;
import dev.heed.train.Rejection;
import dev.heed.train.Rloo;
import java.util.Optional;

/**
 * A method that learns from the policy's own completions, and its settings.
 *
 * @param stage as manifests have it, and commands
 * @param key of the settings in a run's config
 */
record OnlineMethod(String stage, String key, Online config, Training training) {
    /** Teaches a policy. */
    @FunctionalInterface
    interface Training {
        /** Returns why it ended before its last step, if it did. */
        Optional<String> run(OnlineStage stage, RunDir dir);
    }

    private OnlineMethod(String stage, Online config, Training training) {
        this(stage, stage, config, training);
    }

    /** A policy that the reward model likes better, not far from the reference. */
    static OnlineMethod ppo(Ppo.Config config) {
        return new OnlineMethod("ppo", config, (stage, dir) -> new PpoStage(stage, config).train(dir));
    }

    /** The same without a critic: several completions of a prompt are each other's baseline. */
    static OnlineMethod grpo(Grpo.Config config) {
        return new OnlineMethod("grpo", config, (stage, dir) -> {
            stage.expectSomethingToLearn(config);
            try (Grpo grpo = new Grpo(stage.policy(), stage.rollouts(), stage.prompts(), config, stage.seed())) {
                grpo.train(dir, stage.watch(config.steps()));
            }
            return Optional.empty();
        });
    }

    /** The same by REINFORCE. */
    static OnlineMethod rloo(Rloo.Config config) {
        return new OnlineMethod("rloo", config, (stage, dir) -> {
            stage.expectSomethingToLearn(config);
            try (Rloo rloo = new Rloo(stage.policy(), stage.rollouts(), stage.prompts(), config, stage.seed())) {
                rloo.train(dir, stage.watch(config.steps()));
            }
            return Optional.empty();
        });
    }

    /** By the preferences that the reward has among the policy's own completions. */
    static OnlineMethod onlineDpo(OnlineDpo.Config config) {
        return new OnlineMethod("online-dpo", "online_dpo", config, (stage, dir) -> {
            try (OnlineDpo dpo =
                    new OnlineDpo(stage.policy(), stage.rollouts(), stage.prompts(), config, stage.seed())) {
                dpo.train(dir, stage.watch(config.steps()));
            }
            return Optional.empty();
        });
    }

    /** By what the reward likes best of the policy's own completions: files of demonstrations, a step's in each. */
    static OnlineMethod rejection(Rejection.Config config) {
        return new OnlineMethod("rejection", config, (stage, dir) -> {
            ChatTemplate template = stage.template();
            Rejection.Kept kept = (step, rollouts) -> Demonstrations.write(
                    dir.path().resolve("demonstrations").resolve("step-%04d.jsonl".formatted(step)),
                    rollouts.stream()
                            .map(rollout -> Demonstrations.Shown.of(rollout, template))
                            .toList());
            try (Rejection rejection =
                    new Rejection(stage.policy(), stage.rollouts(), stage.prompts(), config, stage.seed(), kept)) {
                rejection.train(dir, stage.watch(config.steps()));
            }
            return Optional.empty();
        });
    }
}

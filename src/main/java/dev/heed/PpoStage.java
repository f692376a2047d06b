package dev.heed;

import dev.heed.model.RewardModel;
import dev.heed.run.RunDir;
import dev.heed.run.UserError;
import dev.heed.text.ChatTemplate;
import dev.heed.text.Corpus;
import dev.heed.train.ActorCritic;
import dev.heed.train.Beside;
import dev.heed.train.Ppo;
import dev.heed.train.Ptx;
import dev.heed.train.TwoHeads;
import dev.heed.train.TwoNetworks;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** PPO as its settings have it: which critic, and what text is mixed in. */
record PpoStage(OnlineStage stage, Ppo.Config config) {
    private static final String PRETRAIN = "pretrain";

    /** Teaches the policy; returns why that ended before the last step, if it did. */
    Optional<String> train(RunDir dir) {
        stage.expectSomethingToLearn(config);
        double temperature = stage.decoding().temperature();
        Beside beside = beside();
        if (config.critic() == Ppo.Critic.SHARED) {
            return train(new TwoHeads(stage.policy(), config, temperature, beside), dir);
        }
        try (RewardModel critic = stage.judges().critic(stage.policy().torch(), stage.lora(), stage.seed())) {
            return train(new TwoNetworks(stage.policy(), critic, config, temperature, beside), dir);
        }
    }

    private Optional<String> train(ActorCritic networks, RunDir dir) {
        try (Ppo ppo = new Ppo(networks, stage.rollouts(), stage.prompts(), config, stage.seed())) {
            return ppo.train(dir, stage.watch(config.steps(), ppo::experience));
        }
    }

    private Beside beside() {
        if (!config.ptx().mixes()) {
            return Beside.NOTHING;
        }
        Path text = text();
        ChatTemplate template = stage.template();
        List<int[]> documents = TextFile.read(text).stream()
                .map(document -> document.ids(stage.tokenizer(), template))
                .toList();
        int[][] blocks = Corpus.blocks(
                documents,
                config.ptx().length(),
                stage.tokenizer().bos(),
                stage.tokenizer().eos());
        if (blocks.length == 0) {
            throw new UserError("%s is shorter than one block of %d tokens; give more text, or less --ptx-length"
                    .formatted(text, config.ptx().length()));
        }
        return new Ptx(stage.policy(), blocks, config.ptx(), stage.seed());
    }

    private Path text() {
        if (!config.ptx().text().isEmpty()) {
            return Path.of(config.ptx().text());
        }
        RunDir pretrain = RunDir.at(stage.home(), PRETRAIN);
        if (!pretrain.begun()) {
            throw new UserError(
                    "--ptx-coef=%s needs text: %s has no run '%s' whose text it could be; name a file by --ptx-text"
                            .formatted(config.ptx().coef(), stage.home(), PRETRAIN));
        }
        return stage.home()
                .resolve(pretrain.config().path("config").path("text").asText());
    }
}

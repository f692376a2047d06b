package dev.heed;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.db.Feedback;
import dev.heed.db.Snapshot;
import dev.heed.eval.HeldOut;
import dev.heed.feedback.Pair;
import dev.heed.feedback.Prompt;
import dev.heed.model.Head;
import dev.heed.model.RewardModel;
import dev.heed.model.Transformer;
import dev.heed.run.Draws;
import dev.heed.run.RunDir;
import dev.heed.run.UserError;
import dev.heed.sample.Decoding;
import dev.heed.sample.Sampled;
import dev.heed.sample.Sampler;
import dev.heed.text.ChatTemplate;
import dev.heed.text.Tokenizer;
import dev.heed.train.RewardTraining;
import dev.heed.train.Steps;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The stage that makes a reward model of preferences.
 *
 * @param cutOff how its scale takes samples that were cut off
 */
record RewardStage(Running running, CutOff cutOff) {
    /** How a reward model's scale takes samples that were cut off. */
    enum CutOff {
        /** As they stand: the task is to come to an end, and PPO gives no score to what does not. */
        AS_IT_STANDS,
        /** As if they ended there: the task is to go on, as in {@link dev.heed.train.Online#scoresCutOff}. */
        ENDED
    }

    /** What the reward stage reads. */
    private record RewardRun(String model, String preferences, long lastPreference, RewardTraining.Config reward) {}

    /**
     * The preferences that a reward model was begun with; empty where it was not. What people said since then is for the
     * next one.
     */
    Optional<Snapshot> findPreferences(String name, Path snapshots) {
        RunDir dir = running.dir(name);
        if (!dir.begun()) {
            return Optional.empty();
        }
        JsonNode begunWith = dir.config().path("config");
        return Optional.of(Snapshot.of(
                snapshots,
                begunWith.path("preferences").asText(),
                begunWith.path("last_preference").asLong()));
    }

    /**
     * A model that predicts what labelers say, its score measured in the reference's own standard deviations.
     *
     * @param sft what it starts from, and the reference of the scale
     * @param preferences a snapshot; those of held-out prompts are left out
     * @param prompts what the reference is sampled on for the scale
     */
    Path reward(
            String name,
            Path sft,
            Snapshot preferences,
            List<Prompt> prompts,
            Decoding decoding,
            RewardTraining.Config config) {
        return running.once(
                name, new RewardRun(running.from(sft), preferences.hash(), preferences.lastRow(), config), dir -> {
                    try (Tokenizer tokenizer = Models.tokenizerOf(sft);
                            Transformer start = Transformer.load(running.torch(), sft, Head.SCALAR, running.seed());
                            Transformer model = running.learner(start)) {
                        ChatTemplate template = ChatTemplate.of(tokenizer);
                        List<Pair> pairs = running.pairs(preferences);
                        List<RewardTraining.Example> examples = Agreed.of(pairs).stream()
                                .map(agreed -> agreed.example(template))
                                .toList();
                        if (examples.isEmpty()) {
                            throw new UserError("no preferences to learn from in %s; label some comparisons first"
                                    .formatted(preferences.file()));
                        }
                        if (examples.stream().allMatch(example -> example.target() == 0.5f)) {
                            throw new UserError(
                                    "all %d comparisons to learn from in %s are ties; label some in which one text is better"
                                            .formatted(examples.size(), preferences.file()));
                        }
                        try (RewardTraining training = new RewardTraining(model, examples, config, running.seed())) {
                            training.train(dir, Steps.Watch.NONE);
                        }
                        List<int[]> samples = sampleRows(sft, tokenizer, template, prompts, decoding);
                        RewardModel raw = new RewardModel(model, RewardModel.Scale.NONE);
                        RewardModel reading = cutOff == CutOff.ENDED ? raw.ending(tokenizer.eos()) : raw;
                        RewardModel.Scale scale = RewardModel.Scale.of(reading.scores(samples));
                        Running.saveAdapters(dir, model, sft);
                        new RewardModel(model, scale).save(dir.model());
                        Running.finishModel(
                                dir,
                                tokenizer,
                                running.manifest("reward", config)
                                        .from("sft", sft)
                                        .learnedFrom(preferences.hash(), preferences.lastRow()));
                        return Map.of("hash", model.hash(), "preferences", examples.size());
                    }
                });
    }

    /** Writes what a run's reward model says to preferences that nothing learns from, where nobody did before. */
    void heldOut(String name, Feedback feedback) {
        RunDir dir = running.dir(name);
        if (!Files.exists(HeldOut.fileOf(dir))) {
            Judging.write(dir, running.torch(), feedback);
        }
    }

    /** Prompts with what a model says to them; it is loaded for this alone. */
    private List<int[]> sampleRows(
            Path dir, Tokenizer tokenizer, ChatTemplate template, List<Prompt> prompts, Decoding decoding) {
        List<int[]> starts = prompts.stream().map(template::prompt).toList();
        long[] keys = new long[starts.size()];
        Arrays.setAll(keys, i -> i);
        List<int[]> rows = new ArrayList<>();
        try (Transformer model = Transformer.load(running.torch(), dir, Head.LANGUAGE)) {
            List<Sampled> sampled = new Sampler(model, tokenizer.eos())
                    .sample(starts, decoding, Draws.key(running.seed(), "scale", 0), keys);
            for (int i = 0; i < keys.length; i++) {
                rows.add(ChatTemplate.row(starts.get(i), sampled.get(i).ids()));
            }
        }
        return rows;
    }
}

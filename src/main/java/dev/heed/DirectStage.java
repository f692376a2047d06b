package dev.heed;

import dev.heed.db.Snapshot;
import dev.heed.feedback.Pair;
import dev.heed.feedback.Prompt;
import dev.heed.model.Head;
import dev.heed.model.Transformer;
import dev.heed.run.Draws;
import dev.heed.run.RunDir;
import dev.heed.run.UserError;
import dev.heed.sample.Decoding;
import dev.heed.sample.Sampler;
import dev.heed.text.ChatTemplate;
import dev.heed.text.Tokenizer;
import dev.heed.train.DirectTraining;
import dev.heed.train.Kto;
import dev.heed.train.PairExample;
import dev.heed.train.PairObjective;
import dev.heed.train.Reference;
import dev.heed.train.ReferenceCache;
import dev.heed.train.Steps;
import dev.heed.train.Sync;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The stages that make a policy straight of preferences. */
record DirectStage(Running running) {
    /**
     * What all methods that learn straight from preferences are given.
     *
     * @param policy what it starts as
     * @param reference what it may not stray from
     * @param preferences a snapshot; those of held-out prompts are left out, and those on which labelers were evenly divided
     * @param watched prompts that it answers while it learns, for people to look at
     */
    record Given(Path policy, Path reference, Snapshot preferences, List<Prompt> watched, Decoding decoding) {}

    /** A policy that learned from pairs. */
    Path pairs(String name, Given from, PairObjective objective, DirectTraining.Config config) {
        return pairs(name, from, objective, config, Sync.NEVER);
    }

    /** The same, the reference following the policy. */
    Path pairs(String name, Given from, PairObjective objective, DirectTraining.Config config, Sync sync) {
        return prefer(name, objective.method(), from, new DirectSettings(objective, config, sync), taught -> {
            Reference reference = new Reference(taught.reference, referenceCache(), sync);
            try (DirectTraining training =
                    new DirectTraining(taught.policy, reference, taught.pairs, objective, config, taught.seed)) {
                training.train(taught.dir, taught.watch(from, training.steps()));
            }
        });
    }

    /** A policy that learned from completions that are each good or bad: the two sides of a pair. */
    Path kto(String name, Given from, Kto.Config config) {
        return prefer(name, "kto", from, config, taught -> {
            List<Kto.Example> examples = taught.pairs.stream()
                    .flatMap(pair -> Stream.of(
                            new Kto.Example(pair.chosen(), pair.chosenFrom(), Kto.Label.DESIRABLE),
                            new Kto.Example(pair.rejected(), pair.rejectedFrom(), Kto.Label.UNDESIRABLE)))
                    .toList();
            try (Kto kto = new Kto(taught.policy, taught.reference, examples, config, taught.seed, referenceCache())) {
                kto.train(taught.dir, taught.watch(from, kto.steps()));
            }
        });
    }

    /** What a direct method's run was begun with. */
    private record DirectRun(String policy, String reference, String preferences, long lastPreference, Object config) {}

    private record DirectSettings(PairObjective objective, DirectTraining.Config training, Sync sync) {}

    /** What references said of preferences, for all runs of the home. */
    private ReferenceCache referenceCache() {
        return ReferenceCache.in(running.home().resolve("cache"));
    }

    /** A policy that is about to learn, and from what. */
    private record Taught(
            RunDir dir,
            Transformer policy,
            Transformer reference,
            Tokenizer tokenizer,
            List<PairExample> pairs,
            long seed) {
        Steps.Watch watch(Given from, long steps) {
            return new FixedPrompts(
                            from.watched,
                            new Sampler(policy, tokenizer.eos()),
                            ChatTemplate.of(tokenizer),
                            from.decoding)
                    .along(steps, policy, reference, null, null);
        }
    }

    private Path prefer(String name, String method, Given from, Object config, Consumer<Taught> teaching) {
        Snapshot preferences = from.preferences;
        DirectRun run = new DirectRun(
                running.from(from.policy),
                running.from(from.reference),
                preferences.hash(),
                preferences.lastRow(),
                config);
        return running.once(name, run, dir -> {
            try (Tokenizer tokenizer = Models.tokenizerOf(from.policy);
                    Transformer start = Transformer.load(running.torch(), from.policy, Head.LANGUAGE);
                    Transformer policy = running.learner(start);
                    Transformer reference = running.reference(from.reference, from.policy, start)) {
                Models.expectTokenizer(tokenizer, from.policy, from.reference);
                ChatTemplate template = ChatTemplate.of(tokenizer);
                List<Pair> answers = running.pairs(preferences);
                List<PairExample> pairs = Agreed.of(answers).stream()
                        .filter(Agreed::decided)
                        .map(agreed -> agreed.pair(template))
                        .toList();
                if (pairs.isEmpty()) {
                    throw new UserError("no decided preferences to learn from in %s; label some comparisons first"
                            .formatted(preferences.file()));
                }
                teaching.accept(
                        new Taught(dir, policy, reference, tokenizer, pairs, Draws.key(running.seed(), name, 0)));
                Running.saveAdapters(dir, policy, from.policy);
                Running.save(
                        dir,
                        policy,
                        tokenizer,
                        running.manifest(method, config)
                                .from("policy", from.policy)
                                .from("reference", from.reference)
                                .learnedFrom(preferences.hash(), preferences.lastRow()));
                return Map.of("hash", policy.hash(), "preferences", pairs.size());
            }
        });
    }
}

package dev.heed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.db.Feedback;
import dev.heed.db.Snapshot;
import dev.heed.doctor.Finding;
import dev.heed.doctor.PreferenceChecks;
import dev.heed.doctor.TokenChecks;
import dev.heed.eval.HeldOut;
import dev.heed.eval.Knowledge;
import dev.heed.feedback.Asking;
import dev.heed.feedback.Campaign;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Pair;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.model.AdapterFolder;
import dev.heed.model.Head;
import dev.heed.model.Lora;
import dev.heed.model.ModelConfig;
import dev.heed.model.RewardModel;
import dev.heed.model.Transformer;
import dev.heed.run.Draws;
import dev.heed.run.Interrupt;
import dev.heed.run.Json;
import dev.heed.run.Manifest;
import dev.heed.run.RunDir;
import dev.heed.run.RunLog;
import dev.heed.run.Settings;
import dev.heed.run.UserError;
import dev.heed.sample.Decoding;
import dev.heed.sample.Sampled;
import dev.heed.sample.Sampler;
import dev.heed.tensor.Precision;
import dev.heed.tensor.Torch;
import dev.heed.text.BpeTrainer;
import dev.heed.text.ChatTemplate;
import dev.heed.text.Corpus;
import dev.heed.text.Tokenizer;
import dev.heed.train.Checkpoints;
import dev.heed.train.DirectTraining;
import dev.heed.train.Ensemble;
import dev.heed.train.Grpo;
import dev.heed.train.Kto;
import dev.heed.train.Online;
import dev.heed.train.OnlineDpo;
import dev.heed.train.PairExample;
import dev.heed.train.PairObjective;
import dev.heed.train.Ppo;
import dev.heed.train.Pretrain;
import dev.heed.train.Reference;
import dev.heed.train.ReferenceCache;
import dev.heed.train.Rejection;
import dev.heed.train.RewardTraining;
import dev.heed.train.Rloo;
import dev.heed.train.Sft;
import dev.heed.train.Steps;
import dev.heed.train.Sync;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Each stage that makes a model, as one method: names and files in, a run folder with a model out. A finished stage is read,
 * not run again; one that was interrupted goes on.
 */
public final class Stages {
    private final Settings settings;
    private final List<String> words;
    private final Consumer<String> say;
    private final CutOff cutOff;
    private final Lora lora;
    private final Torch torch;

    /** How a reward model's scale takes samples that were cut off. */
    enum CutOff {
        /** As they stand: the task is to come to an end, and PPO gives no score to what does not. */
        AS_IT_STANDS,
        /** As if they ended there: the task is to go on, as in {@link Online#scoresCutOff}. */
        ENDED
    }

    Stages(Context context) {
        this(context, CutOff.AS_IT_STANDS, Lora.OFF);
    }

    Stages(Context context, CutOff cutOff) {
        this(context, cutOff, Lora.OFF);
    }

    /** Stages in which adapters learn, where these are on. */
    Stages(Context context, Lora lora) {
        this(context, CutOff.AS_IT_STANDS, lora);
    }

    private Stages(Context context, CutOff cutOff, Lora lora) {
        this.settings = context.settings();
        this.words = context.words();
        this.say = context::say;
        this.cutOff = cutOff;
        this.lora = lora;
        this.torch = Torch.start(
                settings.threads(), Precision.valueOf(settings.precision().toUpperCase(java.util.Locale.ROOT)));
    }

    /** The engine that all stages share. */
    public Torch torch() {
        return torch;
    }

    /** Fills a run folder; what it returns becomes result.json. */
    @FunctionalInterface
    private interface Work {
        Map<String, ?> in(RunDir dir) throws IOException;
    }

    /** An input as a run's config tells it: one of the home's own stays the same wherever the home lies. */
    private String from(Path input) {
        Path home = settings.home().toAbsolutePath().normalize();
        Path whole = input.toAbsolutePath().normalize();
        return (whole.startsWith(home) ? home.relativize(whole) : whole)
                .toString()
                .replace('\\', '/');
    }

    /** Settings, and where adapters learn, which. */
    private Object withLora(Object config) {
        if (!lora.on()) {
            return config;
        }
        ObjectNode all = Json.mapper().valueToTree(config);
        return all.set("lora", Json.mapper().valueToTree(lora));
    }

    /** What learns of a model: itself, or adapters on it. Closed twice, it takes no harm. */
    private Transformer learner(Transformer start) {
        return lora.on() ? start.adapted(lora, settings.seed()) : start;
    }

    /** What a policy may not stray from: its start, which adapters leave as it is, or a model of its own. */
    private Transformer reference(Path reference, Path policy, Transformer start) {
        boolean same = from(reference).equals(from(policy));
        return lora.on() && same ? start : Transformer.load(torch, reference, Head.LANGUAGE);
    }

    /** What every method takes for granted, as far as it takes milliseconds to look; heed doctor looks at more. */
    private void look(List<Finding> findings) {
        findings.stream()
                .filter(Finding::open)
                .forEach(finding ->
                        say.accept("doctor: %s: %s; %s".formatted(finding.check(), finding.found(), finding.advice())));
    }

    private Path once(String name, Object config, Work work) {
        Interrupt.check();
        RunDir dir = RunDir.at(settings.home(), name);
        boolean fresh = !dir.begun();
        dir.begin(settings, withLora(config), words); // refuses other settings than those that it was begun with
        if (dir.finished()) {
            return dir.model();
        }
        dir.work();
        long start = System.nanoTime();
        try {
            Map<String, Object> result = new LinkedHashMap<>(work.in(dir));
            if (fresh) { // of a run that went on later, only the last part is known
                result.put("seconds", (System.nanoTime() - start) / 1e9);
            }
            dir.finish(result);
        } catch (UserError e) {
            if (fresh && RunLog.metricsOf(dir).isEmpty()) {
                dir.discard(); // it never took a step: another try may have other settings
            }
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write run " + name, e);
        }
        new Checkpoints(dir.checkpoints()).clear();
        return dir.model();
    }

    /** What the tokenizer stage reads. */
    private record TokenizerRun(String text, int vocabulary) {}

    /** Learns a byte-level BPE from text. */
    public Path tokenizer(String name, Path text, int vocabulary) {
        return once(name, new TokenizerRun(from(text), vocabulary), dir -> {
            BpeTrainer.train(
                    TextFile.read(text).stream().map(TextFile.Document::words).toList(), vocabulary, dir.model());
            return Map.of("vocabulary", vocabulary);
        });
    }

    /** What the pretrain stage reads. */
    private record PretrainRun(String text, Shape shape, Pretrain.Config pretrain) {}

    /** A base model from text. */
    public Path pretrain(
            String name,
            Path tokenizerDir,
            Path text,
            List<Knowledge.Probe> probes,
            Shape shape,
            Pretrain.Config config) {
        return once(name, new PretrainRun(from(text), shape, config), dir -> {
            try (Tokenizer tokenizer = Tokenizer.load(tokenizerDir);
                    Transformer model = Transformer.create(
                            torch, shape.config(tokenizer), Head.LANGUAGE, shape.parametrisation(), settings.seed())) {
                ChatTemplate template = ChatTemplate.of(tokenizer);
                List<int[]> documents = TextFile.read(text).stream()
                        .map(d -> d.ids(tokenizer, template))
                        .toList();
                int[][] blocks = Corpus.blocks(documents, config.length(), tokenizer.bos(), tokenizer.eos());
                if (blocks.length == 0) {
                    throw new UserError("%s is shorter than one block of %d tokens; give more text, or less --length"
                            .formatted(text, config.length()));
                }
                try (Pretrain pretrain =
                        new Pretrain(model, shape.parametrisation(), blocks, config, settings.seed())) {
                    pretrain.train(dir, knowledge(model, tokenizer, probes, config.steps()));
                }
                save(dir, model, tokenizer, manifest("pretrain", config));
                return Map.of("hash", model.hash());
            }
        });
    }

    /** Facts are learned late and suddenly, and the loss hardly shows it: so they are counted along the way. */
    private static Steps.Watch knowledge(
            Transformer model, Tokenizer tokenizer, List<Knowledge.Probe> probes, int steps) {
        int every = Math.max(1, steps / 12);
        return (step, log) -> probes.isEmpty() || ((step + 1) % every != 0 && step + 1 != steps)
                ? Map.of()
                : Map.of("facts_known", Knowledge.factsKnown(model, tokenizer, probes));
    }

    /** What the sft stage reads. */
    private record SftRun(String model, String demonstrations, Sft.Config sft) {}

    /** A model that answers, from demonstrations. */
    public Path sft(String name, Path base, Path demonstrations, Sft.Config config) {
        return once(name, new SftRun(from(base), from(demonstrations), config), dir -> {
            try (Tokenizer tokenizer = tokenizerOf(base);
                    Transformer start = Transformer.load(torch, base, Head.LANGUAGE);
                    Transformer model = learner(start)) {
                List<Sft.Example> examples = Demonstrations.read(demonstrations, ChatTemplate.of(tokenizer));
                try (Sft sft = new Sft(model, examples, config, settings.seed())) {
                    sft.train(dir, Steps.Watch.NONE);
                }
                saveAdapters(dir, model, base);
                save(dir, model, tokenizer, manifest("sft", config).from("base", base));
                return Map.of("hash", model.hash());
            }
        });
    }

    /** What the merge stage reads. */
    private record MergeRun(String adapter, String base) {}

    /** A model like any other, from an adapter and the model that it was learned on. */
    public Path merge(String name, AdapterFolder adapter, Path base) {
        MergeRun run = new MergeRun(from(adapter.dir()), from(base));
        return once(name, run, dir -> {
            // The tokenizer that came with the adapter, where one did, may know another chat template.
            boolean speaks = Files.exists(adapter.dir().resolve("tokenizer.json"));
            try (Tokenizer tokenizer = tokenizerOf(speaks ? adapter.dir() : base, base);
                    Transformer start = adapter.hasHead()
                            ? Transformer.load(torch, base, adapter.head(), settings.seed())
                            : Transformer.load(torch, base, adapter.head());
                    Transformer model = start.adapted(adapter)) {
                Manifest manifest = manifest("merge", run).from("base", base).from("adapter", adapter.dir());
                save(dir, model, tokenizer, manifest);
                return Map.of("hash", model.hash());
            }
        });
    }

    /** Who writes the two completions of a comparison; it may be the same model. */
    public record Writers(Path first, Path second) {}

    /**
     * Two completions for each prompt, put before labelers wherever they differ.
     *
     * @param wanted prompts besides: how many people add until then is no setting of the run
     */
    public void compare(
            String name,
            int round,
            Writers writers,
            List<Prompt> prompts,
            List<Prompt> wanted,
            Decoding decoding,
            Feedback feedback) {
        once(name, Map.of("round", round, "prompts", prompts.size()), dir -> {
            List<Prompt> all = Stream.concat(prompts.stream(), wanted.stream()).toList();
            List<Comparison> asked = comparisons(round, writers, all, decoding);
            return Map.of("comparisons", feedback.addComparisons(asked).size());
        });
    }

    /** Several completions of one model for each prompt, put before the labelers of a campaign. */
    void ask(
            String name,
            int round,
            Path model,
            int each,
            List<Prompt> prompts,
            Campaign campaign,
            Decoding decoding,
            Feedback feedback) {
        once(name, Map.of("round", round, "prompts", prompts.size(), "each", each), dir -> {
            List<List<Completion>> said = IntStream.range(0, each)
                    .mapToObj(side -> complete(model, prompts, decoding, compareKey(side, round)))
                    .toList();
            Asking asking = new Asking(campaign.id(), null);
            List<Comparison> asked = IntStream.range(0, prompts.size())
                    .mapToObj(i -> Comparison.among(
                            round,
                            prompts.get(i),
                            said.stream().map(side -> side.get(i)).toList(),
                            campaign.plan().axes(),
                            asking))
                    .flatMap(Optional::stream)
                    .toList();
            return Map.of("comparisons", feedback.addComparisons(asked).size());
        });
    }

    private List<Comparison> comparisons(int round, Writers writers, List<Prompt> prompts, Decoding decoding) {
        List<Completion> firsts = complete(writers.first(), prompts, decoding, compareKey(0, round));
        List<Completion> seconds = complete(writers.second(), prompts, decoding, compareKey(1, round));
        List<Comparison> comparisons = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            Completion first = firsts.get(i);
            Completion second = seconds.get(i);
            boolean equal = first.text().equals(second.text());
            if (!equal) { // which of two equal texts is better is no question to people
                comparisons.add(new Comparison(0, round, prompts.get(i), first, second, 0));
            }
        }
        return comparisons;
    }

    private long compareKey(int side, int round) {
        return Draws.key(settings.seed(), "compare-" + side, round);
    }

    /** What a model says to each prompt. */
    public List<Completion> complete(Path dir, List<Prompt> prompts, Decoding decoding, long seed) {
        try (Tokenizer tokenizer = tokenizerOf(dir);
                Transformer model = Transformer.load(torch, dir, Head.LANGUAGE)) {
            ChatTemplate template = ChatTemplate.of(tokenizer);
            long[] keys = new long[prompts.size()];
            Arrays.setAll(keys, i -> i);
            String writer = nameOf(dir);
            return new Sampler(model, tokenizer.eos())
                    .sample(prompts.stream().map(template::prompt).toList(), decoding, seed, keys).stream()
                            .map(s -> new Completion(template.text(s.ids()), writer, s.ended()))
                            .toList();
        }
    }

    /** What the reward stage reads. */
    private record RewardRun(String model, String preferences, long lastPreference, RewardTraining.Config reward) {}

    /**
     * The preferences that a reward model was begun with; empty where it was not. What people said since then is for the
     * next one.
     */
    Optional<Snapshot> findPreferences(String name, Path snapshots) {
        RunDir dir = RunDir.at(settings.home(), name);
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
    public Path reward(
            String name,
            Path sft,
            Snapshot preferences,
            List<Prompt> prompts,
            Decoding decoding,
            RewardTraining.Config config) {
        return once(name, new RewardRun(from(sft), preferences.hash(), preferences.lastRow(), config), dir -> {
            try (Tokenizer tokenizer = tokenizerOf(sft);
                    Transformer start = Transformer.load(torch, sft, Head.SCALAR, settings.seed());
                    Transformer model = learner(start)) {
                ChatTemplate template = ChatTemplate.of(tokenizer);
                List<Pair> pairs = Snapshot.read(preferences.file());
                look(PreferenceChecks.of(pairs, List.of()));
                List<RewardTraining.Example> examples = agreed(pairs).stream()
                        .map(agreed -> example(template, agreed))
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
                try (RewardTraining training = new RewardTraining(model, examples, config, settings.seed())) {
                    training.train(dir, Steps.Watch.NONE);
                }
                List<int[]> samples = sampleRows(sft, tokenizer, template, prompts, decoding);
                RewardModel raw = new RewardModel(model, RewardModel.Scale.NONE);
                RewardModel reading = cutOff == CutOff.ENDED ? raw.ending(tokenizer.eos()) : raw;
                RewardModel.Scale scale = RewardModel.Scale.of(reading.scores(samples));
                saveAdapters(dir, model, sft);
                new RewardModel(model, scale).save(dir.model());
                finishModel(
                        dir,
                        tokenizer,
                        manifest("reward", config)
                                .from("sft", sft)
                                .learnedFrom(preferences.hash(), preferences.lastRow()));
                return Map.of("hash", model.hash(), "preferences", examples.size());
            }
        });
    }

    /** Writes what a run's reward model says to preferences that nothing learns from, where nobody did before. */
    void heldOut(String name, Feedback feedback) {
        RunDir dir = RunDir.at(settings.home(), name);
        if (!Files.exists(HeldOut.fileOf(dir))) {
            Judging.write(dir, torch, feedback);
        }
    }

    /**
     * A comparison and what its labelers said of it: several noisy answers teach more than one, at the price of one.
     *
     * @param share of labelers who chose the first text, ties as half
     * @param strength how much better they found it, the mean: from -3, the second is much better, to 3
     * @param group of the ranking that it is part of; "" where it is of none
     */
    private record Agreed(Prompt prompt, String first, String second, double share, double strength, String group) {}

    /** Each comparison to learn from. */
    private static List<Agreed> agreed(List<Pair> pairs) {
        Map<List<String>, List<Pair>> byQuestion = pairs.stream()
                .filter(pair -> pair.prompt().split() == Split.TRAIN)
                .collect(Collectors.groupingBy(Stages::question, LinkedHashMap::new, Collectors.toList()));
        List<Agreed> agreed = new ArrayList<>();
        byQuestion.forEach((question, answers) -> {
            double first = answers.stream()
                    .mapToDouble(
                            pair -> pair.strength() == 0 ? 0.5 : pair.chosen().equals(question.get(1)) ? 1 : 0)
                    .average()
                    .orElseThrow();
            double strength = answers.stream()
                    .mapToInt(pair -> pair.chosen().equals(question.get(1)) ? pair.strength() : -pair.strength())
                    .average()
                    .orElseThrow();
            String group = answers.stream()
                    .map(Pair::group)
                    .filter(one -> !one.isEmpty())
                    .findFirst()
                    .orElse("");
            agreed.add(new Agreed(answers.get(0).prompt(), question.get(1), question.get(2), first, strength, group));
        });
        return agreed;
    }

    /** A prompt and two texts in an order of their own, whoever was chosen. */
    private static List<String> question(Pair pair) {
        boolean inOrder = pair.chosen().compareTo(pair.rejected()) < 0;
        return List.of(
                pair.prompt().id(),
                inOrder ? pair.chosen() : pair.rejected(),
                inOrder ? pair.rejected() : pair.chosen());
    }

    private static RewardTraining.Example example(ChatTemplate template, Agreed agreed) {
        int[] prompt = template.prompt(agreed.prompt());
        return new RewardTraining.Example(
                agreed.prompt().id(),
                joined(prompt, template.completion(agreed.first())),
                joined(prompt, template.completion(agreed.second())),
                (float) agreed.share(),
                (float) agreed.strength(),
                agreed.group());
    }

    /** The completion that more labelers chose, and the other one. */
    private static PairExample decided(ChatTemplate template, Agreed agreed) {
        int[] prompt = template.prompt(agreed.prompt());
        boolean first = agreed.share() > 0.5;
        int[] better = joined(prompt, template.completion(first ? agreed.first() : agreed.second()));
        int[] worse = joined(prompt, template.completion(first ? agreed.second() : agreed.first()));
        return new PairExample(better, prompt.length, worse, prompt.length);
    }

    /**
     * What all methods that learn straight from preferences are given.
     *
     * @param policy what it starts as
     * @param reference what it may not stray from
     * @param preferences a snapshot; those of held-out prompts are left out, and those on which labelers were evenly divided
     * @param watched prompts that it answers while it learns, for people to look at
     */
    record Direct(Path policy, Path reference, Snapshot preferences, List<Prompt> watched, Decoding decoding) {}

    /** A policy that learned from pairs. */
    public Path direct(String name, Direct from, PairObjective objective, DirectTraining.Config config) {
        return direct(name, from, objective, config, Sync.NEVER);
    }

    /** The same, the reference following the policy. */
    public Path direct(String name, Direct from, PairObjective objective, DirectTraining.Config config, Sync sync) {
        return prefer(name, objective.method(), from, new DirectSettings(objective, config, sync), taught -> {
            Reference reference = new Reference(taught.reference, referenceCache(), sync);
            try (DirectTraining training =
                    new DirectTraining(taught.policy, reference, taught.pairs, objective, config, taught.seed)) {
                training.train(taught.dir, taught.watch(from, training.steps()));
            }
        });
    }

    /** A policy that learned from completions that are each good or bad: the two sides of a pair. */
    public Path kto(String name, Direct from, Kto.Config config) {
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
        return ReferenceCache.in(settings.home().resolve("cache"));
    }

    /** A policy that is about to learn, and from what. */
    private record Taught(
            RunDir dir,
            Transformer policy,
            Transformer reference,
            Tokenizer tokenizer,
            List<PairExample> pairs,
            long seed) {
        Steps.Watch watch(Direct from, long steps) {
            return new FixedPrompts(
                            from.watched,
                            new Sampler(policy, tokenizer.eos()),
                            ChatTemplate.of(tokenizer),
                            from.decoding)
                    .along(steps, policy, reference, null, null);
        }
    }

    private Path prefer(String name, String method, Direct from, Object config, Consumer<Taught> teaching) {
        Snapshot preferences = from.preferences;
        DirectRun run = new DirectRun(
                from(from.policy), from(from.reference), preferences.hash(), preferences.lastRow(), config);
        return once(name, run, dir -> {
            try (Tokenizer tokenizer = tokenizerOf(from.policy);
                    Transformer start = Transformer.load(torch, from.policy, Head.LANGUAGE);
                    Transformer policy = learner(start);
                    Transformer reference = reference(from.reference, from.policy, start)) {
                expectTokenizer(tokenizer, from.policy, from.reference);
                ChatTemplate template = ChatTemplate.of(tokenizer);
                List<Pair> answers = Snapshot.read(preferences.file());
                look(PreferenceChecks.of(answers, List.of()));
                List<PairExample> pairs = agreed(answers).stream()
                        .filter(agreed -> agreed.share() != 0.5)
                        .map(agreed -> decided(template, agreed))
                        .toList();
                if (pairs.isEmpty()) {
                    throw new UserError("no decided preferences to learn from in %s; label some comparisons first"
                            .formatted(preferences.file()));
                }
                teaching.accept(
                        new Taught(dir, policy, reference, tokenizer, pairs, Draws.key(settings.seed(), name, 0)));
                saveAdapters(dir, policy, from.policy);
                save(
                        dir,
                        policy,
                        tokenizer,
                        manifest(method, config)
                                .from("policy", from.policy)
                                .from("reference", from.reference)
                                .learnedFrom(preferences.hash(), preferences.lastRow()));
                return Map.of("hash", policy.hash(), "preferences", pairs.size());
            }
        });
    }

    /** Prompts with what a model says to them; it is loaded for this alone. */
    private List<int[]> sampleRows(
            Path dir, Tokenizer tokenizer, ChatTemplate template, List<Prompt> prompts, Decoding decoding) {
        List<int[]> starts = prompts.stream().map(template::prompt).toList();
        long[] keys = new long[starts.size()];
        Arrays.setAll(keys, i -> i);
        List<int[]> rows = new ArrayList<>();
        try (Transformer model = Transformer.load(torch, dir, Head.LANGUAGE)) {
            List<Sampled> sampled = new Sampler(model, tokenizer.eos())
                    .sample(starts, decoding, Draws.key(settings.seed(), "scale", 0), keys);
            for (int i = 0; i < keys.length; i++) {
                rows.add(joined(starts.get(i), sampled.get(i).ids()));
            }
        }
        return rows;
    }

    /**
     * The models of an online stage.
     *
     * @param policy what the policy starts as
     * @param reference what it may not stray from
     * @param rewards what it is scored by; PPO's critic starts as the first
     * @param rule what one score is made of several by
     * @param rules that score it, too
     */
    record Cast(Path policy, Path reference, List<Path> rewards, Ensemble.Rule rule, Rules rules) {
        /** With one reward model. */
        Cast(Path policy, Path reference, Path reward) {
            this(policy, reference, List.of(reward), Ensemble.Rule.MEAN, Rules.NONE);
        }
    }

    /** Several reward models, as a run's config tells them. */
    private record EnsembleRun(List<String> models, Ensemble.Rule rule) {}

    /** What the policy is scored by, as a run's config tells it: one reward model by its name alone. */
    private Object rewardOf(Cast cast) {
        List<String> models = cast.rewards().stream().map(this::from).toList();
        return cast.rules().beside(models.size() == 1 ? models.get(0) : new EnsembleRun(models, cast.rule()));
    }

    /** What the ppo stage reads. */
    private record PpoRun(String policy, String reference, Object reward, Ppo.Config ppo) {}

    /** A policy that the reward model likes better, not far from the reference. */
    public Path ppo(
            String name, Cast cast, List<Prompt> prompts, List<Prompt> watched, Decoding decoding, Ppo.Config config) {
        PpoRun run = new PpoRun(from(cast.policy()), from(cast.reference()), rewardOf(cast), config);
        return online("ppo", name, run, cast, prompts, decoding, config, (stage, dir) -> new PpoStage(
                        stage, config, settings.home())
                .train(dir, prompts, watched));
    }

    /** What the grpo stage reads. */
    private record GrpoRun(String policy, String reference, Object reward, Grpo.Config grpo) {}

    /** The same without a critic: several completions of a prompt are each other's baseline. */
    public Path grpo(
            String name, Cast cast, List<Prompt> prompts, List<Prompt> watched, Decoding decoding, Grpo.Config config) {
        GrpoRun run = new GrpoRun(from(cast.policy()), from(cast.reference()), rewardOf(cast), config);
        return online("grpo", name, run, cast, prompts, decoding, config, (stage, dir) -> {
            stage.expectSomethingToLearn(prompts, config);
            try (Grpo grpo = new Grpo(stage.policy(), stage.rollouts(), prompts, config, stage.seed())) {
                grpo.train(dir, stage.watch(watched, config.steps()));
            }
            return Optional.empty();
        });
    }

    /** What the rloo stage reads. */
    private record RlooRun(String policy, String reference, Object reward, Rloo.Config rloo) {}

    /** The same by REINFORCE. */
    public Path rloo(
            String name, Cast cast, List<Prompt> prompts, List<Prompt> watched, Decoding decoding, Rloo.Config config) {
        RlooRun run = new RlooRun(from(cast.policy()), from(cast.reference()), rewardOf(cast), config);
        return online("rloo", name, run, cast, prompts, decoding, config, (stage, dir) -> {
            stage.expectSomethingToLearn(prompts, config);
            try (Rloo rloo = new Rloo(stage.policy(), stage.rollouts(), prompts, config, stage.seed())) {
                rloo.train(dir, stage.watch(watched, config.steps()));
            }
            return Optional.empty();
        });
    }

    /** What the online-dpo stage reads. */
    private record OnlineDpoRun(String policy, String reference, Object reward, OnlineDpo.Config onlineDpo) {}

    /** By the preferences that the reward has among the policy's own completions. */
    public Path onlineDpo(
            String name,
            Cast cast,
            List<Prompt> prompts,
            List<Prompt> watched,
            Decoding decoding,
            OnlineDpo.Config config) {
        OnlineDpoRun run = new OnlineDpoRun(from(cast.policy()), from(cast.reference()), rewardOf(cast), config);
        return online("online-dpo", name, run, cast, prompts, decoding, config, (stage, dir) -> {
            try (OnlineDpo dpo = new OnlineDpo(stage.policy(), stage.rollouts(), prompts, config, stage.seed())) {
                dpo.train(dir, stage.watch(watched, config.steps()));
            }
            return Optional.empty();
        });
    }

    /** What the rejection stage reads. */
    private record RejectionRun(String policy, String reference, Object reward, Rejection.Config rejection) {}

    /** By what the reward likes best of the policy's own completions: files of demonstrations, a step's in each. */
    public Path rejection(
            String name,
            Cast cast,
            List<Prompt> prompts,
            List<Prompt> watched,
            Decoding decoding,
            Rejection.Config config) {
        RejectionRun run = new RejectionRun(from(cast.policy()), from(cast.reference()), rewardOf(cast), config);
        return online("rejection", name, run, cast, prompts, decoding, config, (stage, dir) -> {
            ChatTemplate template = stage.template();
            Rejection.Kept kept = (step, rollouts) -> Demonstrations.write(
                    dir.path().resolve("demonstrations").resolve("step-%04d.jsonl".formatted(step)),
                    rollouts.stream()
                            .map(rollout -> Demonstrations.Shown.of(rollout, template))
                            .toList());
            try (Rejection rejection =
                    new Rejection(stage.policy(), stage.rollouts(), prompts, config, stage.seed(), kept)) {
                rejection.train(dir, stage.watch(watched, config.steps()));
            }
            return Optional.empty();
        });
    }

    /** Teaches a policy; what it returns says why that ended early. */
    @FunctionalInterface
    private interface OnlineMethod {
        Optional<String> train(OnlineStage stage, RunDir dir);
    }

    private Path online(
            String stage,
            String name,
            Record run,
            Cast cast,
            List<Prompt> prompts,
            Decoding decoding,
            Online config,
            OnlineMethod method) {
        if (decoding.temperature() == 0) {
            throw new UserError(
                    "--sample-temperature must be above 0 to learn from one's own completions, was 0: all of a prompt's would be alike");
        }
        return once(name, run, dir -> {
            try (Tokenizer tokenizer = tokenizerOf(cast.policy());
                    Transformer start = Transformer.load(torch, cast.policy(), Head.LANGUAGE);
                    Transformer policy = learner(start);
                    Transformer reference = reference(cast.reference(), cast.policy(), start);
                    Judges judges = Judges.load(torch, cast)) {
                expectTokenizer(tokenizer, cast.policy(), cast.reference());
                cast.rewards().forEach(reward -> expectTokenizer(tokenizer, cast.policy(), reward));
                List<int[]> starts =
                        prompts.stream().map(ChatTemplate.of(tokenizer)::prompt).toList();
                look(TokenChecks.of(tokenizer, starts, decoding.maxTokens(), policy.config()));
                long seed = Draws.key(settings.seed(), name, 0);
                Optional<String> ended = method.train(
                        new OnlineStage(
                                policy,
                                reference,
                                config.scoresCutOff() ? judges.ending(tokenizer.eos()) : judges,
                                tokenizer,
                                decoding,
                                lora,
                                seed),
                        dir);
                saveAdapters(dir, policy, cast.policy());
                save(dir, policy, tokenizer, parents(manifest(stage, config), cast));
                Map<String, Object> result = new LinkedHashMap<>(Map.of("hash", policy.hash()));
                ended.ifPresent(why -> result.put("ended", why));
                return result;
            }
        });
    }

    private static Manifest parents(Manifest manifest, Cast cast) {
        Manifest all = manifest.from("policy", cast.policy()).from("reference", cast.reference());
        for (int i = 0; i < cast.rewards().size(); i++) {
            all = all.from(
                    i == 0 ? "reward" : "reward-" + (i + 1), cast.rewards().get(i));
        }
        return all;
    }

    /** The tokenizer in a model's folder. */
    private static Tokenizer tokenizerOf(Path model) {
        return tokenizerOf(model, model);
    }

    /**
     * The tokenizer in a folder.
     *
     * @throws UserError if it has another size than the model's vocabulary
     */
    private static Tokenizer tokenizerOf(Path dir, Path model) {
        Tokenizer tokenizer = Tokenizer.load(dir);
        int expected = ModelConfig.read(model).vocabulary();
        if (tokenizer.size() != expected) {
            int size = tokenizer.size();
            tokenizer.close();
            throw new UserError("tokenizer %s has %d entries, model %s expects %d; put the model's own beside it"
                    .formatted(dir.resolve("tokenizer.json"), size, model, expected));
        }
        return tokenizer;
    }

    /** Models that read each other's ids must have been taught with the same tokenizer. */
    private static void expectTokenizer(Tokenizer tokenizer, Path model, Path other) {
        try (Tokenizer theirs = tokenizerOf(other)) {
            if (!theirs.hash().equals(tokenizer.hash())) {
                throw new UserError("models %s and %s have different tokenizers; train both from one base model"
                        .formatted(model, other));
            }
        }
    }

    private Manifest manifest(String stage, Object config) {
        return Manifest.of(stage, settings, withLora(config));
    }

    /** Beside the whole model, its adapters alone, where there are any. */
    private static void saveAdapters(RunDir dir, Transformer model, Path base) {
        if (model.hasAdapters()) {
            model.saveAdapters(dir.model().resolve("adapter"), base);
        }
    }

    private static void save(RunDir dir, Transformer model, Tokenizer tokenizer, Manifest manifest) throws IOException {
        model.save(dir.model());
        finishModel(dir, tokenizer, manifest);
    }

    private static void finishModel(RunDir dir, Tokenizer tokenizer, Manifest manifest) throws IOException {
        tokenizer.saveTo(dir.model());
        manifest.write(dir.model());
    }

    /** A run's model is named after the run, another one after its folder. */
    private static String nameOf(Path model) {
        Path last = model.endsWith("model") && model.getParent() != null ? model.getParent() : model;
        return String.valueOf(last.getFileName());
    }

    static int[] joined(int[] prompt, int[] completion) {
        int[] row = Arrays.copyOf(prompt, prompt.length + completion.length);
        System.arraycopy(completion, 0, row, prompt.length, completion.length);
        return row;
    }
}

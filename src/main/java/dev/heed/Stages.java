package dev.heed;

import dev.heed.db.Feedback;
import dev.heed.doctor.TokenChecks;
import dev.heed.eval.Knowledge;
import dev.heed.feedback.Asking;
import dev.heed.feedback.Campaign;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Prompt;
import dev.heed.model.AdapterFolder;
import dev.heed.model.Head;
import dev.heed.model.Lora;
import dev.heed.model.Transformer;
import dev.heed.run.Draws;
import dev.heed.run.Manifest;
import dev.heed.run.UserError;
import dev.heed.sample.Decoding;
import dev.heed.sample.Sampler;
import dev.heed.tensor.Torch;
import dev.heed.text.BpeTrainer;
import dev.heed.text.ChatTemplate;
import dev.heed.text.Corpus;
import dev.heed.text.Tokenizer;
import dev.heed.train.Pretrain;
import dev.heed.train.Sft;
import dev.heed.train.Steps;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Each stage that makes a model, as one method: names and files in, a run folder with a model out. A finished stage is read,
 * not run again; one that was interrupted goes on.
 */
public final class Stages {
    private final Running running;

    Stages(Context context) {
        this(context, Lora.OFF);
    }

    /** Stages in which adapters learn, where these are on. */
    Stages(Context context, Lora lora) {
        this.running = new Running(context, lora);
    }

    /** The engine that all stages share. */
    public Torch torch() {
        return running.torch();
    }

    /** The stage that makes a reward model of preferences. */
    RewardStage rewards() {
        return rewards(RewardStage.CutOff.AS_IT_STANDS);
    }

    /** The same, where samples are cut off by design. */
    RewardStage rewards(RewardStage.CutOff cutOff) {
        return new RewardStage(running, cutOff);
    }

    /** The stages that make a policy straight of preferences. */
    DirectStage direct() {
        return new DirectStage(running);
    }

    /** What the tokenizer stage reads. */
    private record TokenizerRun(String text, int vocabulary) {}

    /** Learns a byte-level BPE from text. */
    public Path tokenizer(String name, Path text, int vocabulary) {
        return running.once(name, new TokenizerRun(running.from(text), vocabulary), dir -> {
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
        return running.once(name, new PretrainRun(running.from(text), shape, config), dir -> {
            try (Tokenizer tokenizer = Tokenizer.load(tokenizerDir);
                    Transformer model = Transformer.create(
                            torch(), shape.config(tokenizer), Head.LANGUAGE, shape.parametrisation(), running.seed())) {
                ChatTemplate template = ChatTemplate.of(tokenizer);
                List<int[]> documents = TextFile.read(text).stream()
                        .map(d -> d.ids(tokenizer, template))
                        .toList();
                int[][] blocks = Corpus.blocks(documents, config.length(), tokenizer.bos(), tokenizer.eos());
                if (blocks.length == 0) {
                    throw new UserError("%s is shorter than one block of %d tokens; give more text, or less --length"
                            .formatted(text, config.length()));
                }
                try (Pretrain pretrain = new Pretrain(model, shape.parametrisation(), blocks, config, running.seed())) {
                    pretrain.train(dir, knowledge(model, tokenizer, probes, config.steps()));
                }
                Running.save(dir, model, tokenizer, running.manifest("pretrain", config));
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
        return running.once(name, new SftRun(running.from(base), running.from(demonstrations), config), dir -> {
            try (Tokenizer tokenizer = Models.tokenizerOf(base);
                    Transformer start = Transformer.load(torch(), base, Head.LANGUAGE);
                    Transformer model = running.learner(start)) {
                List<Sft.Example> examples = Demonstrations.read(demonstrations, ChatTemplate.of(tokenizer));
                try (Sft sft = new Sft(model, examples, config, running.seed())) {
                    sft.train(dir, Steps.Watch.NONE);
                }
                Running.saveAdapters(dir, model, base);
                Running.save(
                        dir, model, tokenizer, running.manifest("sft", config).from("base", base));
                return Map.of("hash", model.hash());
            }
        });
    }

    /** What the merge stage reads. */
    private record MergeRun(String adapter, String base) {}

    /** A model like any other, from an adapter and the model that it was learned on. */
    public Path merge(String name, AdapterFolder adapter, Path base) {
        MergeRun run = new MergeRun(running.from(adapter.dir()), running.from(base));
        return running.once(name, run, dir -> {
            // The tokenizer that came with the adapter, where one did, may know another chat template.
            boolean speaks = Files.exists(adapter.dir().resolve("tokenizer.json"));
            try (Tokenizer tokenizer = Models.tokenizerOf(speaks ? adapter.dir() : base, base);
                    Transformer start = adapter.hasHead()
                            ? Transformer.load(torch(), base, adapter.head(), running.seed())
                            : Transformer.load(torch(), base, adapter.head());
                    Transformer model = start.adapted(adapter)) {
                Manifest manifest =
                        running.manifest("merge", run).from("base", base).from("adapter", adapter.dir());
                Running.save(dir, model, tokenizer, manifest);
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
        running.once(name, Map.of("round", round, "prompts", prompts.size()), dir -> {
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
        running.once(name, Map.of("round", round, "prompts", prompts.size(), "each", each), dir -> {
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
        return Draws.key(running.seed(), "compare-" + side, round);
    }

    /** What a model says to each prompt. */
    public List<Completion> complete(Path dir, List<Prompt> prompts, Decoding decoding, long seed) {
        try (Tokenizer tokenizer = Models.tokenizerOf(dir);
                Transformer model = Transformer.load(torch(), dir, Head.LANGUAGE)) {
            ChatTemplate template = ChatTemplate.of(tokenizer);
            long[] keys = new long[prompts.size()];
            Arrays.setAll(keys, i -> i);
            String writer = Models.nameOf(dir);
            return new Sampler(model, tokenizer.eos())
                    .sample(prompts.stream().map(template::prompt).toList(), decoding, seed, keys).stream()
                            .map(s -> new Completion(template.text(s.ids()), writer, s.ended()))
                            .toList();
        }
    }

    /**
     * A policy that learns from its own completions.
     *
     * @param prompts what it learns on
     * @param watched what it answers while it learns, for people to look at
     */
    Path online(
            String name,
            OnlineMethod method,
            Cast cast,
            List<Prompt> prompts,
            List<Prompt> watched,
            Decoding decoding) {
        if (decoding.temperature() == 0) {
            throw new UserError(
                    "--sample-temperature must be above 0 to learn from one's own completions, was 0: all of a prompt's would be alike");
        }
        Map<String, Object> run = new LinkedHashMap<>();
        run.put("policy", running.from(cast.policy()));
        run.put("reference", running.from(cast.reference()));
        run.put("reward", cast.reward(running::from));
        run.put(method.key(), method.config());
        return running.once(name, run, dir -> {
            try (Tokenizer tokenizer = Models.tokenizerOf(cast.policy());
                    Transformer start = Transformer.load(torch(), cast.policy(), Head.LANGUAGE);
                    Transformer policy = running.learner(start);
                    Transformer reference = running.reference(cast.reference(), cast.policy(), start);
                    Judges judges = Judges.load(torch(), cast)) {
                Models.expectTokenizer(tokenizer, cast.policy(), cast.reference());
                cast.rewards().forEach(reward -> Models.expectTokenizer(tokenizer, cast.policy(), reward));
                List<int[]> starts =
                        prompts.stream().map(ChatTemplate.of(tokenizer)::prompt).toList();
                running.look(TokenChecks.of(tokenizer, starts, decoding.maxTokens(), policy.config()));
                OnlineStage stage = new OnlineStage(
                        policy,
                        reference,
                        method.config().scoresCutOff() ? judges.ending(tokenizer.eos()) : judges,
                        tokenizer,
                        prompts,
                        watched,
                        decoding,
                        running.lora(),
                        running.home(),
                        Draws.key(running.seed(), name, 0));
                Optional<String> ended = method.training().run(stage, dir);
                Running.saveAdapters(dir, policy, cast.policy());
                Running.save(dir, policy, tokenizer, cast.parents(running.manifest(method.stage(), method.config())));
                Map<String, Object> result = new LinkedHashMap<>(Map.of("hash", policy.hash()));
                ended.ifPresent(why -> result.put("ended", why));
                return result;
            }
        });
    }
}

package dev.heed;

import dev.heed.db.Feedback;
import dev.heed.db.Snapshot;
import dev.heed.eval.Effect;
import dev.heed.eval.Examination;
import dev.heed.eval.HeldOut;
import dev.heed.eval.HeldOutResult;
import dev.heed.eval.KlFrontier;
import dev.heed.eval.Knowledge;
import dev.heed.eval.ModelCard;
import dev.heed.eval.Standard;
import dev.heed.eval.Verdict;
import dev.heed.eval.scaling.Outlook;
import dev.heed.feedback.Pair;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.model.Head;
import dev.heed.model.RewardModel;
import dev.heed.model.Transformer;
import dev.heed.quality.Bootstrap;
import dev.heed.quality.Interval;
import dev.heed.run.Draws;
import dev.heed.run.RunDir;
import dev.heed.run.UserError;
import dev.heed.text.ChatTemplate;
import dev.heed.text.Tokenizer;
import dev.heed.train.Ppo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import java.util.stream.LongStream;

/** What every study works with: the model that all start from, a home's preferences, an exam that nothing learned from. */
final class Studying {
    private static final int SCALE_SAMPLES = 256;
    private static final int CLEAN_DOCUMENTS = 200;

    private final Context context;
    private final StudyCommand.Settings knobs;
    private final Feedback feedback;
    private final Snapshot preferences;
    private final List<Prompt> prompts;
    private final Path start;
    private final BuiltIn world;
    private final Bootstrap bootstrap;
    private final Watched watched;

    Studying(Context context, StudyCommand.Settings knobs, Feedback feedback) {
        this(
                context,
                knobs,
                feedback,
                Models.expect(context.home(), knobs.alike().policy()));
    }

    private Studying(Context context, StudyCommand.Settings knobs, Feedback feedback, Path start) {
        this.context = context;
        this.knobs = knobs;
        this.feedback = feedback;
        this.start = start;
        this.prompts = feedback.prompts(Split.TRAIN);
        this.preferences = feedback.snapshot(snapshots());
        if (preferences.count() == 0 || prompts.isEmpty()) {
            throw new UserError("no preferences in %s to study; heed demo makes some".formatted(context.home()));
        }
        this.world = new BuiltIn(context.home(), context.seed());
        this.bootstrap = new Bootstrap(context.seed());
        this.watched = new Watched(world.watchPrompts(knobs.watched()), world.judge(), bootstrap);
    }

    /** The same with another model that all start from. */
    Studying from(Path other) {
        return new Studying(context, knobs, feedback, other);
    }

    /** What smaller steps of a study foretell of its largest. */
    Foresight foresee(String name, Map<String, List<Outlook.Reached>> from, double x) {
        return Foresight.of(context.home().resolve("study-%s-foretold.json".formatted(name)), from, x, context.seed());
    }

    BuiltIn world() {
        return world;
    }

    StudyCommand.Settings knobs() {
        return knobs;
    }

    Bootstrap bootstrap() {
        return bootstrap;
    }

    Watched watched() {
        return watched;
    }

    Path start() {
        return start;
    }

    /** From 1. */
    List<Long> seeds() {
        return LongStream.rangeClosed(1, knobs.alike().seeds()).boxed().toList();
    }

    /** What people said, as training reads it. */
    List<Pair> pairs() {
        return Snapshot.read(preferences.file());
    }

    /** Everything that was said. */
    Snapshot all() {
        return preferences;
    }

    /** Other preferences than those of the home, as training reads them. */
    Snapshot other(List<Pair> pairs) {
        return Snapshot.write(snapshots(), pairs, preferences.lastRow());
    }

    /**
     * The home's preferences with some turned round. Which questions is drawn, for all labelers of a question together, as one noisy
     * label is in what others studied.
     *
     * @param purpose names the draws
     * @param share of the questions
     * @param which of their answers
     */
    Snapshot turned(String purpose, double share, Predicate<Pair> which) {
        return other(pairs().stream()
                .map(pair -> Draws.uniform(0, purpose + " " + String.join("\n", Agreed.question(pair)), 0) < share
                                && which.test(pair)
                        ? turned(pair)
                        : pair)
                .toList());
    }

    private static Pair turned(Pair pair) {
        return new Pair(
                pair.prompt(),
                /* chosen= */ pair.rejected(),
                /* rejected= */ pair.chosen(),
                pair.strength(),
                pair.labeler(),
                pair.group());
    }

    private Path snapshots() {
        return context.home().resolve("snapshots");
    }

    /** A reward model; what it says to preferences that nothing learns from lies beside it. */
    RunDir reward(String name, long seed, Snapshot from) {
        RewardStage stage = stages(seed).rewards();
        stage.reward(
                name,
                start,
                from,
                prompts.subList(0, Math.min(SCALE_SAMPLES, prompts.size())),
                knobs.alike().decoding(),
                knobs.reward());
        stage.heldOut(name, feedback);
        return RunDir.at(context.home(), name);
    }

    /** A policy that learned by PPO. */
    RunDir ppo(String name, long seed, Cast cast, Ppo.Config config) {
        stages(seed)
                .online(
                        name,
                        OnlineMethod.ppo(config),
                        cast,
                        prompts,
                        watched.prompts(),
                        knobs.alike().decoding());
        return RunDir.at(context.home(), name);
    }

    Stages stages(long seed) {
        return new Stages(context.seeded(seed));
    }

    /** What is done with the start while it is in memory. */
    @FunctionalInterface
    interface Work<T> {
        T with(Transformer start, Tokenizer tokenizer, ChatTemplate template);
    }

    <T> T withStart(Work<T> work) {
        try (Tokenizer tokenizer = Tokenizer.load(start);
                Transformer model = load(start)) {
            return work.with(model, tokenizer, ChatTemplate.of(tokenizer));
        }
    }

    private Transformer load(Path model) {
        return Transformer.load(context.torch(), model, Head.LANGUAGE);
    }

    RewardModel judge(RunDir reward) {
        return RewardModel.load(context.torch(), reward.model());
    }

    /** Some answers of the start to each watched prompt, scored by a reward model and by the judge. */
    Examination.Candidates candidates(int answers, RunDir reward) {
        return withStart((model, tokenizer, template) -> {
            try (RewardModel scorer = judge(reward)) {
                return exam(watched.prompts(), 1, tokenizer, model)
                        .candidates(answers, model, scorer, template::prompt);
            }
        });
    }

    private Examination exam(List<Prompt> asked, int samples, Tokenizer tokenizer, Transformer reference) {
        return new Examination(
                asked,
                samples,
                tokenizer,
                reference,
                world.judge(),
                knobs.alike().decoding(),
                context.seed());
    }

    /** How each of some policies does in the exam against the start; the start itself is named "start". */
    Map<String, ModelCard> sat(List<RunDir> policies) {
        List<Prompt> asked = world.examPrompts(knobs.alike().examPrompts());
        List<String> clean = world.cleanText(CLEAN_DOCUMENTS);
        return withStart((model, tokenizer, template) -> {
            Examination exam = exam(asked, 1, tokenizer, model);
            List<Verdict> before = exam.of(model, template::prompt);
            Map<String, ModelCard> cards = new TreeMap<>();
            double bits = Knowledge.bitsPerByte(model, tokenizer, clean);
            cards.put("start", ModelCard.of("start", before, before, bits, bootstrap));
            for (RunDir policy : policies) {
                try (Transformer learned = load(policy.model())) {
                    List<Verdict> after = exam.of(learned, template::prompt);
                    double cost = Knowledge.bitsPerByte(learned, tokenizer, clean);
                    cards.put(policy.name(), ModelCard.of(policy.name(), after, before, cost, bootstrap));
                }
            }
            return cards;
        });
    }

    /**
     * Reward models on preferences that nothing learned from.
     *
     * @throws UserError if nobody has decided any
     */
    static HeldOutResult heldOut(List<HeldOut> all, Bootstrap bootstrap) {
        return HeldOutResult.of(all, bootstrap)
                .orElseThrow(() -> new UserError(
                        "nobody has decided a comparison on a held-out prompt; label some of those first"));
    }

    /** In standard deviations of the judge's scores of the start's own answers. */
    static Standard yardstick(double[][] scores) {
        return Standard.of(Arrays.stream(scores).flatMapToDouble(Arrays::stream).toArray());
    }

    /** A method's way, over the root of its KL. */
    static Effect.Curve curve(String name, List<KlFrontier.Point> along) {
        return new Effect.Curve(
                name,
                false,
                along.stream()
                        .map(point -> new Effect.Point(point.name(), point.distance(), point.score()))
                        .toList());
    }

    /** The share of comparisons that a policy wins over the start, ties as half. */
    double wins(RunDir policy) {
        return Objects.requireNonNull(sat(List.of(policy)).get(policy.name()))
                .winRateVsSft()
                .mean();
    }

    /** The mean of one number a seed, between the least and the most. */
    static Interval range(List<Double> seeds) {
        return new Interval(
                seeds.stream().mapToDouble(v -> v).average().orElseThrow(),
                seeds.stream().mapToDouble(v -> v).min().orElseThrow(),
                seeds.stream().mapToDouble(v -> v).max().orElseThrow());
    }

    /** Runs of a name that ends with the seed, one a seed. */
    List<RunDir> each(LongFunction<RunDir> run) {
        List<RunDir> runs = new ArrayList<>();
        seeds().forEach(seed -> runs.add(run.apply(seed)));
        return runs;
    }
}

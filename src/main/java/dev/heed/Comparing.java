package dev.heed;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.heed.db.Snapshot;
import dev.heed.eval.Contest;
import dev.heed.eval.Examination;
import dev.heed.eval.KlFrontier;
import dev.heed.eval.Knowledge;
import dev.heed.eval.ModelCard;
import dev.heed.eval.OverOptimization;
import dev.heed.eval.Standard;
import dev.heed.eval.Verdict;
import dev.heed.eval.report.ContestPage;
import dev.heed.feedback.Prompt;
import dev.heed.model.Head;
import dev.heed.model.RewardModel;
import dev.heed.model.Transformer;
import dev.heed.quality.Bootstrap;
import dev.heed.quality.Interval;
import dev.heed.run.Json;
import dev.heed.run.RunDir;
import dev.heed.text.ChatTemplate;
import dev.heed.text.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Methods that learn from one start, several times each, and sit one exam: as they learn, on watched prompts, and in the end.
 */
final class Comparing {
    private static final int BEST_OF = 4;
    private static final int CLEAN_DOCUMENTS = 200;
    private static final int WATCHED = 64;
    private static final int CANDIDATES = 16;

    private final Context context;
    private final Stages stages;
    private final BuiltIn world;
    private final Path start;
    private final Path reward;
    private final CompareCommand.Settings knobs;
    private final Bootstrap bootstrap;
    private final Watched watched;

    /**
     * A method that may be compared.
     *
     * @param sampled completions that it draws from the policy while it learns
     * @param stage trains a policy in the run of a name
     */
    record Method(long sampled, Consumer<String> stage) {}

    Comparing(Context context, Stages stages, BuiltIn world, Path start, Path reward, CompareCommand.Settings knobs) {
        this.context = context;
        this.stages = stages;
        this.world = world;
        this.start = start;
        this.reward = reward;
        this.knobs = knobs;
        this.bootstrap = new Bootstrap(context.seed());
        this.watched = new Watched(world.watchPrompts(WATCHED), world.judge(), bootstrap);
    }

    /** What a direct method is given here. */
    DirectStage.Given given(Snapshot preferences) {
        return new DirectStage.Given(
                start, start, preferences, watched.prompts(), knobs.alike().decoding());
    }

    /** How each of them did. */
    Told of(Map<String, Method> methods, long preferences) {
        Map<String, List<Trained>> trained = new LinkedHashMap<>();
        methods.forEach((name, method) -> {
            for (int seed = 1; seed <= knobs.alike().seeds(); seed++) {
                trained.computeIfAbsent(name, n -> new ArrayList<>()).add(train(name, seed, method));
            }
        });
        Contest contest = judged(methods, trained, preferences);
        Json.write(context.home().resolve("compare.json"), contest);
        Path page = context.home().resolve("compare.html");
        ContestPage.write(page, contest);
        return new Told(contest, page);
    }

    /** A policy and how long it took; unknown of a run that was interrupted. */
    private record Trained(int seed, RunDir dir, double seconds) {}

    private Trained train(String name, int seed, Method method) {
        RunDir dir = RunDir.at(context.home(), "compare-%s-%d".formatted(name, seed));
        method.stage().accept(dir.name());
        return new Trained(seed, dir, dir.result().path("seconds").asDouble(Double.NaN));
    }

    private Contest judged(Map<String, Method> methods, Map<String, List<Trained>> trained, long preferences) {
        try (Tokenizer tokenizer = Tokenizer.load(start);
                Transformer baseline = load(start);
                RewardModel scorer = RewardModel.load(stages.torch(), reward)) {
            ChatTemplate template = ChatTemplate.of(tokenizer);
            List<String> clean = world.cleanText(CLEAN_DOCUMENTS);
            Examination exam =
                    exam(world.examPrompts(knobs.alike().examPrompts()), knobs.examSamples(), tokenizer, baseline);
            List<Verdict> before = exam.of(baseline, template::prompt);
            double bits = Knowledge.bitsPerByte(baseline, tokenizer, clean);
            List<Verdict> best = exam.bestOf(BEST_OF, baseline, scorer, template::prompt);
            ModelCard bestCard = ModelCard.of("best-of-" + BEST_OF, best, before, bits, bootstrap);
            List<Contest.Entrant> entrants = new ArrayList<>();
            entrants.add(new Contest.Entrant(bestCard.name(), bestCard, List.of(bestCard), Double.NaN, 0));
            trained.forEach((name, runs) -> {
                List<List<Verdict>> after = new ArrayList<>();
                List<ModelCard> cards = new ArrayList<>();
                for (Trained run : runs) {
                    try (Transformer policy = load(run.dir().model())) {
                        List<Verdict> verdicts = exam.of(policy, template::prompt);
                        after.add(verdicts);
                        cards.add(ModelCard.of(
                                name + "-" + run.seed(),
                                verdicts,
                                before,
                                Knowledge.bitsPerByte(policy, tokenizer, clean),
                                bootstrap));
                    }
                }
                entrants.add(new Contest.Entrant(
                        name,
                        all(name, after, before, cards),
                        cards,
                        runs.stream().mapToDouble(Trained::seconds).average().orElse(Double.NaN),
                        methods.containsKey(name) ? methods.get(name).sampled() : 0));
            });
            return new Contest(
                    context.seed(),
                    stages.torch().precision().name().toLowerCase(Locale.ROOT),
                    preferences,
                    ModelCard.of("start", before, before, bits, bootstrap),
                    entrants,
                    frontier(trained, exam(watched.prompts(), 1, tokenizer, baseline), scorer, template));
        }
    }

    private Transformer load(Path model) {
        return Transformer.load(stages.torch(), model, Head.LANGUAGE);
    }

    private Examination exam(List<Prompt> prompts, int samples, Tokenizer tokenizer, Transformer baseline) {
        return new Examination(
                prompts,
                samples,
                tokenizer,
                baseline,
                world.judge(),
                knobs.alike().decoding(),
                context.seed());
    }

    /** Score over distance of every method on its way, and of the best of n answers of the start, on the watched prompts. */
    private KlFrontier frontier(
            Map<String, List<Trained>> trained, Examination watching, RewardModel scorer, ChatTemplate template) {
        Examination.Candidates candidates =
                watching.candidates(CANDIDATES, watching.reference(), scorer, template::prompt);
        Standard yardstick = Standard.of(
                Arrays.stream(candidates.gold()).flatMapToDouble(Arrays::stream).toArray());
        List<KlFrontier.Method> methods = new ArrayList<>();
        methods.add(KlFrontier.bestOf(
                candidates.proxy(), candidates.gold(), new int[] {1, 2, 4, 8, CANDIDATES}, yardstick, bootstrap));
        trained.forEach((name, runs) -> methods.add(new KlFrontier.Method(
                name,
                OverOptimization.Form.RL,
                watched.along(runs.stream().map(Trained::dir).toList(), watched::gold, yardstick))));
        return new KlFrontier("the gold judge", "standard deviations above the start", methods);
    }

    /** The answers of all seeds as those of one model: an interval over prompts, each with the answers of all. */
    private ModelCard all(String name, List<List<Verdict>> after, List<Verdict> before, List<ModelCard> cards) {
        List<Verdict> ours = after.stream().flatMap(List::stream).toList();
        List<Verdict> theirs = Collections.nCopies(after.size(), before).stream()
                .flatMap(List::stream)
                .toList();
        return ModelCard.ofSeeds(name, ours, theirs, cards, bootstrap);
    }

    /** As people are told. */
    record Told(@JsonValue Contest contest, Path page) implements Shown {
        @Override
        public String text() {
            String rows = contest.entrants().stream().map(Told::row).collect(Collectors.joining("\n"));
            return """

                    %-10s %6s  %-15s %-15s %6s %7s %6s %8s %8s
                    %s

                    judged from %.3f of the start; curves: %s"""
                    .formatted(
                            "method",
                            "gold",
                            "wins over start",
                            "at equal length",
                            "KL",
                            "bits/b",
                            "dist2",
                            "seconds",
                            "sampled",
                            rows,
                            contest.baseline().gold().mean(),
                            page);
        }

        private static String row(Contest.Entrant entrant) {
            ModelCard card = entrant.all();
            return String.format(
                    Locale.ROOT,
                    "%-10s %6.3f  %-15s %-15s %6.2f %7.3f %6.3f %8.0f %8d",
                    entrant.method(),
                    card.gold().mean(),
                    percent(card.winRateVsSft()),
                    percent(card.lengthControlledWinRate()),
                    card.kl(),
                    card.bitsPerByte(),
                    card.distinct2(),
                    entrant.seconds(),
                    entrant.sampled());
        }

        private static String percent(Interval share) {
            return String.format(
                    Locale.ROOT, "%.0f %% (%.0f–%.0f)", 100 * share.mean(), 100 * share.low(), 100 * share.high());
        }
    }
}

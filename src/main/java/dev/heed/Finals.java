package dev.heed;

import dev.heed.db.Feedback;
import dev.heed.eval.DemoResult;
import dev.heed.eval.Examination;
import dev.heed.eval.Knowledge;
import dev.heed.eval.ModelCard;
import dev.heed.eval.RewardAccuracy;
import dev.heed.eval.Verdict;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Kind;
import dev.heed.feedback.Preference;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.model.Head;
import dev.heed.model.RewardModel;
import dev.heed.model.Transformer;
import dev.heed.quality.Agreement;
import dev.heed.quality.Bootstrap;
import dev.heed.run.RunDir;
import dev.heed.run.Settings;
import dev.heed.text.ChatTemplate;
import dev.heed.text.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** The evaluation at the end of the loop: every model sits the same exam, the reward model faces people it has not met. */
final class Finals {
    private static final int BEST_OF = 4;
    private static final int CLEAN_DOCUMENTS = 300;

    private final Settings settings;
    private final Loop.Config config;
    private final Feedback feedback;
    private final Stages stages;
    private final BuiltIn world;
    private final Bootstrap bootstrap;
    private final Set<String> newPrompts;

    Finals(Settings settings, Loop.Config config, Feedback feedback, Stages stages, BuiltIn world) {
        this.settings = settings;
        this.config = config;
        this.feedback = feedback;
        this.stages = stages;
        this.world = world;
        this.bootstrap = new Bootstrap(settings.seed());
        this.newPrompts = world.newPrompts(config.heldOutComparisons()).stream()
                .map(Prompt::id)
                .collect(Collectors.toSet());
    }

    /** @param rounds how often the loop has gone around */
    Outcome of(int rounds) {
        Path sft = model("sft");
        List<Prompt> prompts = world.examPrompts(config.examPrompts());
        List<String> clean = world.cleanText(CLEAN_DOCUMENTS);
        List<Outcome.Sat> sat = new ArrayList<>();
        double known;
        RewardAccuracy measured;
        RewardAccuracy newFacts;
        try (Tokenizer tokenizer = Tokenizer.load(sft);
                Transformer reference = load(sft);
                RewardModel reward = RewardModel.load(stages.torch(), model("reward-" + rounds))) {
            ChatTemplate template = ChatTemplate.of(tokenizer);
            Examination exam = new Examination(
                    prompts,
                    config.examSamples(),
                    tokenizer,
                    reference,
                    world.judge(),
                    config.decoding(),
                    settings.seed());
            try (Transformer untaught = load(model("pretrain"))) {
                known = Knowledge.factsKnown(untaught, tokenizer, world.probes());
                sat.add(new Outcome.Sat(
                        "base",
                        exam.of(untaught, template::prompt),
                        Knowledge.bitsPerByte(untaught, tokenizer, clean)));
            }
            double bits = Knowledge.bitsPerByte(reference, tokenizer, clean);
            sat.add(new Outcome.Sat("sft", exam.of(reference, template::prompt), bits));
            sat.add(new Outcome.Sat(
                    "best-of-" + BEST_OF, exam.bestOf(BEST_OF, reference, reward, template::prompt), bits));
            for (int round = 1; round <= rounds; round++) {
                try (Transformer policy = load(model("ppo-" + round))) {
                    sat.add(new Outcome.Sat(
                            "ppo-" + round,
                            exam.of(policy, template::prompt),
                            Knowledge.bitsPerByte(policy, tokenizer, clean)));
                }
            }
            Judging judging = new Judging(reward, template);
            measured = RewardAccuracy.of(judged(Facts.KNOWN, judging), bootstrap);
            newFacts = RewardAccuracy.of(judged(Facts.NEW, judging), bootstrap);
        }
        List<Verdict> baseline = sat.get(1).verdicts();
        List<ModelCard> cards = sat.stream()
                .map(one -> ModelCard.of(one.name(), one.verdicts(), baseline, one.bitsPerByte(), bootstrap))
                .toList();
        return new Outcome(
                rounds,
                known,
                labels(),
                measured,
                ceiling(Facts.KNOWN),
                newFacts,
                ceiling(Facts.NEW),
                cards,
                sat,
                prompts);
    }

    private Path model(String run) {
        return RunDir.at(settings.home(), run).model();
    }

    private Transformer load(Path dir) {
        return Transformer.load(stages.torch(), dir, Head.LANGUAGE);
    }

    /** Whether held-out prompts are about facts that training prompts are about, too. */
    private enum Facts {
        KNOWN,
        NEW
    }

    private boolean isNew(Prompt prompt) {
        return newPrompts.contains(prompt.id());
    }

    private List<Preference> heldOut(Facts facts) {
        return feedback.preferences().stream()
                .filter(p -> comparison(p).kind() == Kind.PAIR)
                .filter(p -> comparison(p).prompt().split() == Split.HELD_OUT)
                .filter(p -> isNew(comparison(p).prompt()) == (facts == Facts.NEW))
                .toList();
    }

    private Comparison comparison(Preference preference) {
        return comparisons.computeIfAbsent(
                preference.comparison(), id -> feedback.findComparison(id).orElseThrow());
    }

    private final Map<Long, Comparison> comparisons = new HashMap<>();

    private List<RewardAccuracy.Judged> judged(Facts facts, Judging judging) {
        List<Preference> decided =
                heldOut(facts).stream().filter(p -> p.answer().strength() != 0).toList();
        Map<Comparison, Judging.Sides> sides =
                judging.of(decided.stream().map(this::comparison).distinct().toList());
        return decided.stream()
                .map(p -> judged(p, comparison(p).prompt().id(), Objects.requireNonNull(sides.get(comparison(p)))))
                .toList();
    }

    private static RewardAccuracy.Judged judged(Preference preference, String prompt, Judging.Sides sides) {
        int strength = preference.answer().strength();
        return new RewardAccuracy.Judged(
                prompt,
                preference.labeler(),
                Math.abs(strength),
                (strength > 0 ? sides.first() : sides.second()).scored(),
                (strength > 0 ? sides.second() : sides.first()).scored());
    }

    private double ceiling(Facts facts) {
        return world.ceiling(heldOut(facts), this::comparison);
    }

    private DemoResult.Labels labels() {
        List<Preference> all = feedback.preferences();
        List<String> names =
                all.stream().map(Preference::labeler).distinct().sorted().toList();
        Map<Long, Integer> columns = new HashMap<>();
        all.forEach(p -> columns.putIfAbsent(p.comparison(), columns.size()));
        double[][] ratings = new double[names.size()][columns.size()];
        for (double[] row : ratings) {
            java.util.Arrays.fill(row, Double.NaN);
        }
        for (Preference p : all) {
            if (p.answer().compares()) {
                ratings[names.indexOf(p.labeler())][columns.getOrDefault(p.comparison(), 0)] =
                        Integer.signum(p.answer().strength());
            }
        }
        return new DemoResult.Labels(all.size(), Agreement.percent(ratings));
    }
}

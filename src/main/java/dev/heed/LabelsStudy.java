package dev.heed;

import dev.heed.eval.Effect;
import dev.heed.eval.HeldOut;
import dev.heed.eval.HeldOutResult;
import dev.heed.eval.scaling.Outlook.Reached;
import dev.heed.feedback.Pair;
import dev.heed.feedback.Split;
import dev.heed.quality.Interval;
import dev.heed.run.Draws;
import dev.heed.run.RunDir;
import dev.heed.run.UserError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How accurate a reward model is, and how much a policy wins that learned from it, over how many comparisons it learned from, drawn
 * anew for each seed. What all of them come to is foretold from the smaller numbers.
 */
final class LabelsStudy {
    static final String ACCURACY = "Accuracy";
    static final String WINS = "Wins of the policy";
    private static final int DOUBLINGS = 4;

    private LabelsStudy() {}

    static Effect of(Studying study) {
        List<Pair> pairs = study.pairs();
        List<List<String>> questions = pairs.stream()
                .filter(pair -> pair.prompt().split() == Split.TRAIN)
                .map(Agreed::question)
                .distinct()
                .toList();
        if (questions.size() >> DOUBLINGS < 2) {
            throw new UserError("%d comparisons to learn from are too few for a curve; label at least %d"
                    .formatted(questions.size(), 2 << DOUBLINGS));
        }
        List<Measured> curve = new ArrayList<>();
        for (int doubling = 0; doubling < DOUBLINGS; doubling++) {
            curve.add(measure(study, pairs, questions, questions.size() >> (DOUBLINGS - doubling)));
        }
        Foresight foresight = study.foresee("labels", Measured.reached(curve), questions.size());
        curve.add(measure(study, pairs, questions, questions.size()));
        return effect(study, curve, foresight);
    }

    /**
     * Models of so many comparisons.
     *
     * @param result of the reward models, all seeds together
     * @param accuracies of the same, one a seed
     * @param wins of the policies, one a seed; none where none learned
     */
    private record Measured(int comparisons, HeldOutResult result, List<Double> accuracies, List<Double> wins) {
        String name() {
            return "%,d comparisons".formatted(comparisons);
        }

        Interval accuracy() {
            return result.measured().accuracy();
        }

        static Map<String, List<Reached>> reached(List<Measured> curve) {
            Map<String, List<Reached>> reached = new TreeMap<>();
            for (Measured measured : curve) {
                Studying.note(reached, ACCURACY, measured.comparisons, measured.accuracies);
                Studying.note(reached, WINS, measured.comparisons, measured.wins);
            }
            return reached;
        }
    }

    private static Measured measure(Studying study, List<Pair> pairs, List<List<String>> questions, int count) {
        List<HeldOut> all = new ArrayList<>();
        List<Double> accuracies = new ArrayList<>();
        List<RunDir> policies = new ArrayList<>();
        for (long seed : study.seeds()) {
            Set<List<String>> drawn = drawn(questions, count, seed);
            List<Pair> some = pairs.stream()
                    .filter(pair -> drawn.contains(Agreed.question(pair)))
                    .toList();
            RunDir reward = study.reward("study-labels-%d-%d".formatted(count, seed), seed, study.other(some));
            List<HeldOut> own = HeldOut.read(reward);
            accuracies.add(Studying.heldOut(own, study.bootstrap())
                    .measured()
                    .accuracy()
                    .mean());
            all.addAll(own);
            if (study.knobs().policies()) {
                policies.add(study.ppo(
                        "study-labels-policy-%d-%d".formatted(count, seed),
                        seed,
                        new Cast(study.start(), study.start(), reward.model()),
                        study.knobs().ppo()));
            }
        }
        return new Measured(count, Studying.heldOut(all, study.bootstrap()), accuracies, study.wins(policies));
    }

    private static Set<List<String>> drawn(List<List<String>> questions, int count, long seed) {
        int[] order = Draws.permutation(questions.size(), seed, "study-labels", 0);
        Set<List<String>> drawn = new HashSet<>();
        Arrays.stream(order).limit(count).forEach(i -> drawn.add(questions.get(i)));
        return drawn;
    }

    private static Effect effect(Studying study, List<Measured> curve, Foresight foresight) {
        Measured fewest = curve.get(0);
        Measured all = curve.get(curve.size() - 1);
        Interval ceiling = all.result().people().ceiling();
        List<Effect.Level> levels = new ArrayList<>();
        levels.add(new Effect.Level(
                "the longer one is better",
                all.result().measured().alwaysLonger().mean()));
        if (ceiling.known()) {
            levels.add(new Effect.Level("the most that labelers' agreement allows", ceiling.mean()));
        }
        List<Effect.Point> accuracy = new ArrayList<>();
        List<Effect.Point> wins = new ArrayList<>();
        for (int i = 0; i < curve.size(); i++) {
            accuracy.add(new Effect.Point(curve.get(i).name(), i, curve.get(i).accuracy()));
            if (!curve.get(i).wins().isEmpty()) {
                wins.add(new Effect.Point(
                        curve.get(i).name(), i, Studying.range(curve.get(i).wins())));
            }
        }
        List<Effect.Curve> curves = new ArrayList<>(List.of(new Effect.Curve("reward model", false, accuracy)));
        List<String> found = new ArrayList<>(List.of(
                String.format(
                        Locale.ROOT,
                        "From %s to %s accuracy goes from %s to %s: %.1f points for each doubling.",
                        fewest.name(),
                        all.name(),
                        shown(fewest.accuracy()),
                        shown(all.accuracy()),
                        100 * (all.accuracy().mean() - fewest.accuracy().mean()) / DOUBLINGS),
                foresight.graded(ACCURACY, all.name(), Studying.mean(all.accuracies()))));
        if (!wins.isEmpty()) {
            curves.add(new Effect.Curve("policy", false, wins));
            found.add(foresight.graded(WINS, all.name(), Studying.mean(all.wins())));
        }
        return new Effect(
                "labels",
                "How does a reward model get better with preferences, and what does a policy gain?",
                "On summaries, twice the comparisons made a reward model right about 1.1 percentage points more often.",
                "Stiennon et al. 2020, arXiv:2009.01325, figure 6",
                new Effect.Axis("doublings, from %,d comparisons".formatted(fewest.comparisons()), false),
                new Effect.Axis("right choices of reward models, wins of policies over their start", true),
                curves,
                levels,
                "reward models: 95 %% intervals over prompts, %d seeds together; policies: from the lowest to the highest seed"
                        .formatted(study.knobs().alike().seeds()),
                found);
    }

    private static String shown(Interval share) {
        return String.format(
                Locale.ROOT, "%.1f %% (%.1f–%.1f)", 100 * share.mean(), 100 * share.low(), 100 * share.high());
    }
}

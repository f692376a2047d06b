package dev.heed;

import dev.heed.eval.Effect;
import dev.heed.eval.HeldOut;
import dev.heed.eval.HeldOutResult;
import dev.heed.feedback.Pair;
import dev.heed.feedback.Split;
import dev.heed.quality.Interval;
import dev.heed.run.Draws;
import dev.heed.run.UserError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;

/** How accurate a reward model is over how many comparisons it learned from, drawn anew for each seed. */
final class LabelsStudy {
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
        for (int doubling = 0; doubling <= DOUBLINGS; doubling++) {
            curve.add(measure(study, pairs, questions, questions.size() >> (DOUBLINGS - doubling)));
        }
        return effect(study, curve);
    }

    /** Reward models of so many comparisons, all seeds together. */
    private record Measured(int comparisons, HeldOutResult result) {
        String name() {
            return "%,d comparisons".formatted(comparisons);
        }

        Interval accuracy() {
            return result.measured().accuracy();
        }
    }

    private static Measured measure(Studying study, List<Pair> pairs, List<List<String>> questions, int count) {
        List<HeldOut> all = new ArrayList<>();
        for (long seed : study.seeds()) {
            Set<List<String>> drawn = drawn(questions, count, seed);
            List<Pair> some = pairs.stream()
                    .filter(pair -> drawn.contains(Agreed.question(pair)))
                    .toList();
            all.addAll(
                    HeldOut.read(study.reward("study-labels-%d-%d".formatted(count, seed), seed, study.other(some))));
        }
        return new Measured(count, Studying.heldOut(all, study.bootstrap()));
    }

    private static Set<List<String>> drawn(List<List<String>> questions, int count, long seed) {
        int[] order = Draws.permutation(questions.size(), seed, "study-labels", 0);
        Set<List<String>> drawn = new HashSet<>();
        Arrays.stream(order).limit(count).forEach(i -> drawn.add(questions.get(i)));
        return drawn;
    }

    private static Effect effect(Studying study, List<Measured> curve) {
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
        return new Effect(
                "labels",
                "How does a reward model get better with preferences?",
                "On summaries, twice the comparisons made a reward model right about 1.1 percentage points more often.",
                "Stiennon et al. 2020, arXiv:2009.01325, figure 6",
                new Effect.Axis("doublings, from %,d comparisons".formatted(fewest.comparisons()), false),
                new Effect.Axis("accuracy on prompts that nothing learned from", true),
                List.of(new Effect.Curve(
                        "reward model",
                        false,
                        IntStream.range(0, curve.size())
                                .mapToObj(i -> new Effect.Point(
                                        curve.get(i).name(), i, curve.get(i).accuracy()))
                                .toList())),
                levels,
                "95 %% intervals over prompts, %d seeds together"
                        .formatted(study.knobs().alike().seeds()),
                List.of(String.format(
                        Locale.ROOT,
                        "From %s to %s accuracy goes from %s to %s: %.1f points for each doubling.",
                        fewest.name(),
                        all.name(),
                        shown(fewest.accuracy()),
                        shown(all.accuracy()),
                        100 * (all.accuracy().mean() - fewest.accuracy().mean()) / DOUBLINGS)));
    }

    private static String shown(Interval share) {
        return String.format(
                Locale.ROOT, "%.1f %% (%.1f–%.1f)", 100 * share.mean(), 100 * share.low(), 100 * share.high());
    }
}

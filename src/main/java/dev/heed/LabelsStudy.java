package dev.heed;

import dev.heed.eval.Effect;
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
import java.util.Set;
import java.util.stream.IntStream;

/**
 * How accurate a reward model is, and how much a policy wins that learned from it, over how many comparisons it learned from, drawn
 * anew for each seed. What all of them come to is foretold from the smaller numbers.
 */
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
        Growth growth = new Growth(
                study,
                "labels",
                IntStream.rangeClosed(0, DOUBLINGS)
                        .map(doubling -> questions.size() >> (DOUBLINGS - doubling))
                        .mapToObj(count -> new Growth.Step(
                                "%,d comparisons".formatted(count),
                                String.valueOf(count),
                                count,
                                seed -> new Growth.Beginning(
                                        study, study.other(of(pairs, drawn(questions, count, seed))))))
                        .toList());
        return growth.effect(
                "How does a reward model get better with preferences, and what does a policy gain?",
                "On summaries, twice the comparisons made a reward model right about 1.1 percentage points more often.",
                "Stiennon et al. 2020, arXiv:2009.01325, figure 6",
                levels(growth.largest()));
    }

    private static Set<List<String>> drawn(List<List<String>> questions, int count, long seed) {
        int[] order = Draws.permutation(questions.size(), seed, "study-labels", 0);
        Set<List<String>> drawn = new HashSet<>();
        Arrays.stream(order).limit(count).forEach(i -> drawn.add(questions.get(i)));
        return drawn;
    }

    private static List<Pair> of(List<Pair> pairs, Set<List<String>> questions) {
        return pairs.stream()
                .filter(pair -> questions.contains(Agreed.question(pair)))
                .toList();
    }

    private static List<Effect.Level> levels(HeldOutResult all) {
        List<Effect.Level> levels = new ArrayList<>();
        levels.add(new Effect.Level(
                "the longer one is better", all.measured().alwaysLonger().mean()));
        Interval ceiling = all.people().ceiling();
        if (ceiling.known()) {
            levels.add(new Effect.Level("the most that labelers' agreement allows", ceiling.mean()));
        }
        return levels;
    }
}

package dev.heed.eval.scaling;

import dev.heed.quality.Interval;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How surely models give the right answers: −mean ln of the pass rate = α C^−k, for groups of questions by how hard they are
 * (OpenAI 2023, GPT-4 technical report, §3.2). A pass rate is the probability that an answer drawn at temperature 1 is the right one,
 * computed, so there is nothing to estimate from samples. As in the report, only questions and models count such that every model
 * solves every question now and then, at least once in a thousand tries: the smallest sizes are left out until that is true of half
 * of all questions. How hard a question is, the smaller half of those left says.
 */
public final class Passes {
    /** From the easiest to the hardest. */
    public static final int GROUPS = 5;

    private static final double HARDLY_EVER = Math.log(1000);
    private static final double NOTHING_LEFT = 1e-9; // the law's end is known: every question solved
    private static final double LEAST =
            1e-6; // nats; what is less was rounded to nothing, of which there is no logarithm

    private Passes() {}

    /**
     * What is foretold of a group.
     *
     * @param group from 1, the easiest
     * @param questions places in a trial's surprises
     * @param law of −mean ln of the pass rate
     * @param surprise −mean ln of the pass rate, nats
     */
    public record Foretold(int group, List<Integer> questions, ComputeLaw law, Interval surprise) {
        /** The same of a run, as it came to be. */
        public double reached(Trial trial) {
            return mean(trial, questions);
        }
    }

    /** @param inside whether what was reached lies in the 95 % interval */
    public record Graded(int group, int questions, Interval foretold, double reached, boolean inside) {}

    /** What a ladder says of a run; nothing where its runs were not asked, or no question is left. */
    static List<Foretold> foretold(Ladder ladder, Spent large, long seed, int resamples) {
        Ladder able = able(ladder);
        List<List<Integer>> groups = groups(able);
        List<Foretold> foretold = new ArrayList<>();
        for (int i = 0; i < groups.size(); i++) {
            List<Integer> group = groups.get(i);
            Ladder passes = able.of(trial -> mean(trial, group), NOTHING_LEFT);
            Fit fit = Fit.of(ComputeLaw.fit(passes.line(), NOTHING_LEFT), passes, seed, resamples);
            foretold.add(new Foretold(i + 1, group, (ComputeLaw) fit.law(), fit.at(large, ladder.largest(), seed)));
        }
        return foretold;
    }

    /** What came of it. */
    static List<Graded> graded(List<Foretold> groups, Trial large) {
        return groups.stream()
                .map(group -> {
                    double reached = group.reached(large);
                    Interval foretold = group.surprise();
                    return new Graded(
                            group.group(), group.questions().size(), foretold, reached, foretold.contains(reached));
                })
                .toList();
    }

    /** The ladder from the smallest size on from which on half of the questions are solved by all, or its largest few sizes. */
    private static Ladder able(Ladder ladder) {
        Ladder able = ladder;
        while (2 * solved(able).size() < asked(able)
                && Ladder.sizes(able.trials()).size() > Ladder.FEWEST_SIZES) {
            able = able.above(Ladder.sizes(able.trials()).get(0));
        }
        return able;
    }

    private static int asked(Ladder ladder) {
        return ladder.line().stream().mapToInt(t -> t.surprises().length).min().orElse(0);
    }

    /** Questions that every run of the line solves now and then. */
    private static List<Integer> solved(Ladder ladder) {
        List<Trial> line = ladder.line();
        return IntStream.range(0, asked(ladder))
                .filter(q -> line.stream().allMatch(t -> t.surprises()[q] < HARDLY_EVER))
                .boxed()
                .toList();
    }

    /** Solved questions from the easiest on, in groups of as many. */
    private static List<List<Integer>> groups(Ladder ladder) {
        List<Trial> line = ladder.line();
        List<Double> sizes = Ladder.sizes(line);
        double middle = sizes.get((sizes.size() - 1) / 2);
        List<Trial> smaller =
                line.stream().filter(t -> t.spent().flops() <= middle).toList();
        List<Integer> solved = solved(ladder).stream()
                .sorted(Comparator.comparingDouble(q -> smaller.stream()
                        .mapToDouble(t -> t.surprises()[q])
                        .average()
                        .orElseThrow()))
                .toList();
        if (solved.size() < GROUPS) {
            return List.of();
        }
        return IntStream.range(0, GROUPS)
                .mapToObj(g -> solved.subList(g * solved.size() / GROUPS, (g + 1) * solved.size() / GROUPS))
                .toList();
    }

    private static double mean(Trial trial, List<Integer> questions) {
        double mean = questions.stream()
                .mapToDouble(q -> trial.surprises()[q])
                .average()
                .orElseThrow();
        return Math.max(mean, LEAST);
    }
}

package dev.heed.eval.scaling;

import dev.heed.quality.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How surely models give the right answers: −mean ln of the pass rate = α C^−k, for groups of questions by how hard they are
 * (OpenAI 2023, GPT-4 technical report, §3.2). A pass rate is the probability that an answer drawn at temperature 1 is the right one,
 * computed, so there is nothing to estimate from samples. As in the report, only questions and models count such that every model
 * solves every question now and then, at least once in a thousand tries: the smallest sizes are left out until that is true of half
 * of all questions. How hard a question is, its group says and not the small models, of which each group of questions would be
 * those that they had no luck with.
 */
public final class Passes {
    private static final double HARDLY_EVER = Math.log(1000);
    private static final double NOTHING_LEFT = 1e-9; // the law's end is known: every question solved
    private static final double LEAST =
            1e-6; // nats; what is less was rounded to nothing, of which there is no logarithm

    private Passes() {}

    /**
     * What is foretold of a group.
     *
     * @param group from 1, the easiest
     * @param questions places in the group
     * @param law of −mean ln of the pass rate
     * @param surprise −mean ln of the pass rate, nats
     */
    public record Foretold(int group, List<Integer> questions, ComputeLaw law, Interval surprise) {
        /** The same of a run, as it came to be. */
        public double reached(Trial trial) {
            return mean(trial, group, questions);
        }
    }

    /** @param inside whether what was reached lies in the 95 % interval */
    public record Graded(int group, int questions, Interval foretold, double reached, boolean inside) {}

    /** What a ladder says of a run; nothing where its runs were not asked, or no question is left. */
    static List<Foretold> foretold(Ladder ladder, Spent large, long seed, int resamples) {
        Ladder able = able(ladder);
        List<Foretold> foretold = new ArrayList<>();
        for (int i = 1; i <= groups(able); i++) {
            int group = i;
            List<Integer> questions = solved(able, group);
            if (!questions.isEmpty()) {
                Ladder passes = able.of(trial -> mean(trial, group, questions), NOTHING_LEFT);
                Fit fit = Fit.of(ComputeLaw.fit(passes.line(), NOTHING_LEFT), passes, seed, resamples);
                double rough = rough(able, group, questions, fit.law().at(large));
                foretold.add(new Foretold(
                        group, questions, (ComputeLaw) fit.law(), fit.at(large, ladder.largest(), rough, seed)));
            }
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
        while (2 * solved(able) < asked(able) && Ladder.sizes(able.trials()).size() > Ladder.FEWEST_SIZES) {
            able = able.above(Ladder.sizes(able.trials()).get(0));
        }
        return able;
    }

    private static int groups(Ladder ladder) {
        return ladder.line().stream().mapToInt(t -> t.surprises().length).min().orElse(0);
    }

    private static int asked(Ladder ladder) {
        return IntStream.rangeClosed(1, groups(ladder))
                .map(group -> asked(ladder, group))
                .sum();
    }

    private static int asked(Ladder ladder, int group) {
        return ladder.line().get(0).surprises()[group - 1].length;
    }

    private static int solved(Ladder ladder) {
        return IntStream.rangeClosed(1, groups(ladder))
                .map(group -> solved(ladder, group).size())
                .sum();
    }

    /** Questions of a group that every run of the line solves now and then. */
    private static List<Integer> solved(Ladder ladder, int group) {
        List<Trial> line = ladder.line();
        return IntStream.range(0, asked(ladder, group))
                .filter(q -> line.stream().allMatch(t -> t.surprises()[group - 1][q] < HARDLY_EVER))
                .boxed()
                .toList();
    }

    /**
     * Relative standard error of a mean over so many questions. What a model does not know surprises it about as much as the small
     * ones, by s nats; the more it knows, the fewer questions are left to it, and of a mean m that comes from n m / s of n
     * questions, by Poisson's law, the standard error is √(s / (n m)) of m; taken as 1 where less than one question is left.
     */
    private static double rough(Ladder able, int group, List<Integer> questions, double mean) {
        double sum = 0;
        double squares = 0;
        for (Trial trial : able.line()) {
            for (int question : questions) {
                double nats = trial.surprises()[group - 1][question];
                sum += nats;
                squares += nats * nats;
            }
        }
        return sum == 0 ? 0 : Math.min(1, Math.sqrt(squares / sum / (questions.size() * mean)));
    }

    private static double mean(Trial trial, int group, List<Integer> questions) {
        double mean = questions.stream()
                .mapToDouble(q -> trial.surprises()[group - 1][q])
                .average()
                .orElseThrow();
        return Math.max(mean, LEAST);
    }
}

package dev.heed.eval.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heed.eval.scaling.Passes.Foretold;
import dev.heed.run.Draws;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PassesTest {
    private static final int GROUPS = 5;
    private static final int QUESTIONS = 200;
    private static final Spent LARGE = new Spent(1_000_000, 20_000_000, 1e13);

    /** What a model of so much compute finds of a question: a power law of its own for each. */
    private static double surprise(int group, int place, double flops, SplittableRandom random) {
        double question = 10.0 * (group - 1) + 10.0 * place / QUESTIONS;
        return (.05 + .08 * question)
                * Math.pow(flops / 1e10, -.1 - .004 * question)
                * Math.exp(.02 * random.nextGaussian());
    }

    private static Trial trial(String run, int width, Spent spent) {
        SplittableRandom random = Draws.of(3, run, 0);
        return trial(
                run,
                width,
                spent,
                asked((group, q) -> group == 1 && q == 7
                        ? 7.5 // nats: once in 1,800 tries
                        : surprise(group, q, spent.flops(), random)));
    }

    private static double[][] asked(ToDoubleBiFunction<Integer, Integer> surprise) {
        return IntStream.rangeClosed(1, GROUPS)
                .mapToObj(group -> IntStream.range(0, QUESTIONS)
                        .mapToDouble(q -> surprise.applyAsDouble(group, q))
                        .toArray())
                .toArray(double[][]::new);
    }

    private static Trial trial(String run, int width, Spent spent, double[][] surprises) {
        return new Trial(run, width, true, 1, spent, 1, 1, new double[10], surprises, 1, "text", "tok", null);
    }

    private static Ladder ladder() {
        List<Trial> trials = new ArrayList<>();
        for (int rung = 0; rung < 6; rung++) {
            long n = Math.round(5_000 * Math.pow(2, rung / 2.0));
            for (int run = 1; run <= 2; run++) {
                trials.add(trial("r%d-%d".formatted(rung, run), 16 + 4 * rung, new Spent(n, 20 * n, 120.0 * n * n)));
            }
        }
        return Ladder.of(trials, List.of(), "text", "tok", 0);
    }

    @Test
    void groupsLeaveOutWhatIsHardlyEverSolved() {
        List<Foretold> groups = Passes.foretold(ladder(), LARGE, 1, 50);
        assertThat(groups).extracting(Foretold::group).containsExactly(1, 2, 3, 4, 5);
        assertThat(groups.get(0).questions()).hasSize(QUESTIONS - 1).doesNotContain(7);
        assertThat(groups.get(4).questions()).hasSize(QUESTIONS);
    }

    @Test
    void aGroupOfWhichNothingIsSolvedIsNotForetold() {
        List<Trial> stuck = ladder().trials().stream()
                .map(t -> trial(
                        t.run(),
                        t.width(),
                        t.spent(),
                        asked((group, q) -> group == 5 ? 8 : t.surprises()[group - 1][q])))
                .toList();
        assertThat(Passes.foretold(new Ladder(stuck, List.of(), 0), LARGE, 1, 20))
                .extracting(Foretold::group)
                .containsExactly(1, 2, 3, 4);
    }

    @Test
    void aPassRateThatGrowsAsItDidIsForetold() {
        Trial large = trial("large", 96, LARGE);
        List<Foretold> foretold = Passes.foretold(ladder(), LARGE, 1, 100);
        assertThat(Passes.graded(foretold, large)).hasSize(GROUPS).allSatisfy(group -> {
            assertThat(group.inside()).isTrue();
            assertThat(group.foretold().mean()).isCloseTo(group.reached(), within(.1 * group.reached()));
            assertThat(group.foretold().high()).isLessThan(2 * group.foretold().mean()); // says something
        });
    }

    /** Each question is of a rank by Pareto's law, and a model knows those up to one that grows with its compute. */
    private static Trial knowing(String run, int width, Spent spent, long world) {
        double known = Math.pow(spent.flops() / 1e9, .5)
                * Math.exp(.05 * Draws.of(world, run, 0).nextGaussian());
        return trial(run, width, spent, asked((group, q) -> {
            double rank = Math.pow(Draws.uniform(world, "rank " + group, q), -2); // a share of rank^(−1/2) lies above
            return rank < known ? .01 : 2.5;
        }));
    }

    @Test
    void whereFewQuestionsAreLeftTheirNumberIsDoubtedToo() {
        int inside = 0;
        for (long world = 1; world <= 20; world++) {
            List<Trial> trials = new ArrayList<>();
            for (Trial small : ladder().trials()) {
                trials.add(knowing(small.run(), small.width(), small.spent(), world));
            }
            Trial large = knowing("large", 96, new Spent(1, 1, 1e15), world);
            List<Foretold> foretold = Passes.foretold(new Ladder(trials, List.of(), 0), large.spent(), 1, 50);
            inside += (int) Passes.graded(foretold, large).stream()
                    .filter(Passes.Graded::inside)
                    .count();
        }
        assertThat(inside).isBetween(90, 100);
    }

    @Test
    void whatIsSolvedForSureIsForetoldTooAndHasALogarithm() {
        List<Trial> sure = ladder().trials().stream()
                .map(t -> trial(
                        t.run(),
                        t.width(),
                        t.spent(),
                        asked((group, q) -> group == 1 ? 0 : t.surprises()[group - 1][q])))
                .toList();
        Foretold easiest =
                Passes.foretold(new Ladder(sure, List.of(), 0), LARGE, 1, 20).get(0);
        assertThat(easiest.surprise().mean()).isBetween(0.0, 1e-5);
        assertThat(easiest.reached(sure.get(0))).isPositive();
    }

    @Test
    void whoWasNotAskedHasNone() {
        Ladder unasked = new Ladder(
                ladder().trials().stream()
                        .map(t -> trial(t.run(), t.width(), t.spent(), new double[0][]))
                        .toList(),
                List.of(),
                0);
        assertThat(Passes.foretold(unasked, LARGE, 1, 10)).isEmpty();
    }
}

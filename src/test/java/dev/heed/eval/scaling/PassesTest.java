package dev.heed.eval.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heed.eval.scaling.Passes.Foretold;
import dev.heed.run.Draws;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PassesTest {
    private static final int QUESTIONS = 50;
    private static final Spent LARGE = new Spent(1_000_000, 20_000_000, 1e13);

    /** What a model of so much compute finds of a question: a power law of its own for each. */
    private static double surprise(int question, double flops, SplittableRandom random) {
        return (.05 + .08 * question)
                * Math.pow(flops / 1e10, -.1 - .004 * question)
                * Math.exp(.02 * random.nextGaussian());
    }

    private static Trial trial(String run, int width, Spent spent) {
        SplittableRandom random = Draws.of(3, run, 0);
        double[] surprises = IntStream.range(0, QUESTIONS)
                .mapToDouble(q -> q == 7 ? 7.5 : surprise(q, spent.flops(), random)) // 7.5 nats: once in 1,800 tries
                .toArray();
        return trial(run, width, spent, surprises);
    }

    private static Trial trial(String run, int width, Spent spent, double[] surprises) {
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
    void groupsGoFromEasyToHardAndLeaveOutWhatIsHardlyEverSolved() {
        List<Foretold> groups = Passes.foretold(ladder(), LARGE, 1, 50);
        assertThat(groups).hasSize(Passes.GROUPS);
        assertThat(groups.stream().flatMap(g -> g.questions().stream()))
                .hasSize(QUESTIONS - 1)
                .doesNotContain(7)
                .doesNotHaveDuplicates();
        assertThat(groups.get(0).questions()).contains(0, 1, 2).doesNotContain(30);
        assertThat(groups.get(4).questions()).contains(48, 49);
    }

    @Test
    void aPassRateThatGrowsAsItDidIsForetold() {
        Trial large = trial("large", 96, LARGE);
        List<Foretold> foretold = Passes.foretold(ladder(), LARGE, 1, 100);
        assertThat(Passes.graded(foretold, large)).hasSize(Passes.GROUPS).allSatisfy(group -> {
            assertThat(group.inside()).isTrue();
            assertThat(group.foretold().mean()).isCloseTo(group.reached(), within(.1 * group.reached()));
            assertThat(group.foretold().high()).isLessThan(2 * group.foretold().mean()); // says something
        });
    }

    @Test
    void whatIsSolvedForSureIsForetoldTooAndHasALogarithm() {
        List<Trial> sure = ladder().trials().stream()
                .map(t -> trial(
                        t.run(),
                        t.width(),
                        t.spent(),
                        IntStream.range(0, QUESTIONS)
                                .mapToDouble(q -> q < 10 ? 0 : t.surprises()[q])
                                .toArray()))
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
                        .map(t -> trial(t.run(), t.width(), t.spent(), new double[0]))
                        .toList(),
                List.of(),
                0);
        assertThat(Passes.foretold(unasked, LARGE, 1, 10)).isEmpty();
    }
}

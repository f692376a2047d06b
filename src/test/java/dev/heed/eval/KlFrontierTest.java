package dev.heed.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.heed.eval.KlFrontier.Method;
import dev.heed.eval.KlFrontier.Point;
import dev.heed.eval.OverOptimization.Form;
import dev.heed.quality.Bootstrap;
import dev.heed.quality.Interval;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KlFrontierTest {
    @Test
    void fitsTheCurveThatThePointsLieOn() {
        for (Form form : Form.values()) {
            OverOptimization curve = new OverOptimization(form, .9, .2);
            Method method = new Method(
                    "m",
                    form,
                    IntStream.range(0, 5)
                            .mapToObj(i -> point("step " + i, i, curve.at(Math.sqrt(i))))
                            .toList());
            assertThat(method.fit().orElseThrow().beta()).isCloseTo(.2, within(1e-9));
            assertThat(method.determination().orElseThrow()).isCloseTo(1, within(1e-9));
            assertThat(method.reach()).isEqualTo(2);
        }
    }

    @Test
    void twoDistancesMakeNoCurve() {
        Method two = new Method(
                "m", Form.RL, List.of(point("start", 0, 0), point("a", 1, 1), point("b", 1, 1.1), point("c", 4, 2)));
        assertThat(two.fit()).isEmpty();
        assertThat(two.determination()).isEmpty();
    }

    @Test
    void determinationIsTheShareOfVarianceExplained() {
        OverOptimization flat = new OverOptimization(Form.BEST_OF_N, 1, 0);
        double[] distance = {1, 2, 3};
        assertThat(flat.determination(distance, new double[] {1, 2, 3})).isEqualTo(1);
        // Residuals 1, 0, −1 and deviations 0 from the mean: nothing is there to explain.
        assertThat(flat.determination(distance, new double[] {2, 2, 2})).isNaN();
        // Residuals 0, 0, 3; deviations −2, −1, 3.
        assertThat(flat.determination(distance, new double[] {1, 2, 6})).isCloseTo(1 - 9 / 14.0, within(1e-12));
    }

    @Test
    void unbeatenIsWhatNothingElseReachesForLess() {
        Point cheap = point("cheap", 1, 1);
        Point beaten = point("beaten", 2, .5);
        Point far = point("far", 5, 2);
        Point same = point("further for the same", 6, 2);
        KlFrontier frontier = new KlFrontier(
                "the gold judge",
                "deviations",
                List.of(
                        new Method("a", Form.RL, List.of(far, beaten)),
                        new Method("b", Form.RL, List.of(same, cheap))));
        assertThat(frontier.unbeaten()).containsExactly(cheap, far);
    }

    @Test
    void pointsAreInTheOrderOfTheirDistance() {
        Method method = new Method("m", Form.RL, List.of(point("b", 2, 0), point("a", 1, 0)));
        assertThat(method.points()).extracting(Point::name).containsExactly("a", "b");
        assertThat(point("noisy", -.01, 0).distance()).isZero();
    }

    @Test
    void bestOfNIsTheMeanOverPromptsAtItsBound() {
        double[][] proxy = {{1, 2}, {2, 1}};
        double[][] gold = {{0, 4}, {2, 6}}; // the proxy picks 4 and 2
        Method best = KlFrontier.bestOf(proxy, gold, new int[] {2, 1}, new Standard(3, 2), new Bootstrap(1));
        assertThat(best.points()).extracting(Point::name).containsExactly("best of 1", "best of 2");
        assertThat(best.points()).extracting(p -> p.score().mean()).containsExactly(0.0, 0.0);
        assertThat(best.points().get(1).kl()).isCloseTo(Math.log(2) - .5, within(1e-12));
    }

    @Test
    void refusesWhatCannotBeDrawn() {
        assertThatThrownBy(() -> point("step 3", Double.NaN, 1))
                .hasMessage("kl and score of step 3 must be finite, were NaN, 1.0");
        assertThatThrownBy(() -> new Point("step 3", 1, Interval.NONE))
                .hasMessage("kl and score of step 3 must be finite, were 1.0, NaN");
        assertThatThrownBy(() -> KlFrontier.bestOf(
                        new double[1][1], new double[2][1], new int[] {1}, new Standard(0, 1), new Bootstrap(1)))
                .hasMessage("both score the same prompts, at least 1: got 1, 2");
    }

    private static Point point(String name, double kl, double score) {
        return new Point(name, kl, new Interval(score, score - .1, score + .1));
    }
}

package dev.heed.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.heed.eval.OverOptimization.Form;
import dev.heed.run.Draws;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FitsTest {
    private static final double[] COMPUTE =
            IntStream.range(0, 10).mapToDouble(i -> Math.pow(10, 6 + .7 * i)).toArray();
    private static final double[] DISTANCE = {0, .5, 1, 2, 4, 8};

    @Test
    void aPowerLawThatIsThereIsFound() {
        for (double b : new double[] {.01, .05, .34, 1, 2}) {
            PowerLaw planted = new PowerLaw(Math.pow(10, 6 * b), b, 1.69, 0);
            PowerLaw found = PowerLaw.fit(
                    COMPUTE, Arrays.stream(COMPUTE).map(planted::at).toArray());
            // A sum of squares is flat at its least: half of a double's digits are left.
            assertThat(found.b()).as("b = %s", b).isCloseTo(b, within(1e-5 * b));
            assertThat(found.c()).as("b = %s", b).isCloseTo(1.69, within(1e-4));
            assertThat(found.a() / planted.a()).as("b = %s", b).isCloseTo(1, within(1e-3));
        }
    }

    @Test
    void aPowerLawMayRise() {
        PowerLaw rising = new PowerLaw(-30, .25, .9, 0);
        PowerLaw found =
                PowerLaw.fit(COMPUTE, Arrays.stream(COMPUTE).map(rising::at).toArray());
        assertThat(found.a()).isCloseTo(-30, within(.03));
        assertThat(found.c()).isCloseTo(.9, within(1e-5));
    }

    @Test
    void noOtherPowerLawHasLessError() {
        SplittableRandom random = Draws.of(3, "noise", 0);
        PowerLaw planted = new PowerLaw(40, .2, 2, 0);
        double[] losses = Arrays.stream(COMPUTE)
                .map(c -> planted.at(c) + .02 * random.nextGaussian())
                .toArray();
        PowerLaw fit = PowerLaw.fit(COMPUTE, losses);
        assertThat(error(fit, losses)).isCloseTo(fit.squaredError(), within(1e-12));
        for (double off : new double[] {-.001, .001}) {
            assertThat(error(new PowerLaw(fit.a() * (1 + off), fit.b(), fit.c(), 0), losses))
                    .isGreaterThan(fit.squaredError());
            assertThat(error(new PowerLaw(fit.a(), fit.b() + off, fit.c(), 0), losses))
                    .isGreaterThan(fit.squaredError());
            assertThat(error(new PowerLaw(fit.a(), fit.b(), fit.c() + off, 0), losses))
                    .isGreaterThan(fit.squaredError());
        }
    }

    @Test
    void aStraightLineInTheLogarithmIsNoPowerLaw() {
        double[] falling = Arrays.stream(COMPUTE).map(c -> 5 - .1 * Math.log(c)).toArray();
        assertThatThrownBy(() -> PowerLaw.fit(COMPUTE, falling))
                .hasMessageStartingWith("no power law fits: its exponent");
    }

    @Test
    void aPowerLawRefusesWhatItCannotBeFittedTo() {
        assertThatThrownBy(() -> PowerLaw.fit(new double[] {1, 2, 2}, new double[] {3, 2, 2}))
                .hasMessage("at least 3 different x are needed, got 2");
        assertThatThrownBy(() -> PowerLaw.fit(new double[] {0, 1, 2}, new double[] {3, 2, 1}))
                .hasMessage("x must be above 0, was 0.0");
        assertThatThrownBy(() -> PowerLaw.fit(new double[] {1, 2, 3}, new double[] {3, Double.NaN, 1}))
                .hasMessage("y must be finite, was NaN at index 1");
        assertThatThrownBy(() -> PowerLaw.fit(new double[3], new double[2])).hasMessage("one y per x: got 3, 2");
    }

    @Test
    void overOptimizationThatIsThereIsFound() {
        for (Form form : Form.values()) {
            OverOptimization planted = new OverOptimization(form, 1.1, .3);
            OverOptimization found = OverOptimization.fit(
                    form, DISTANCE, Arrays.stream(DISTANCE).map(planted::at).toArray());
            assertThat(found.alpha()).isCloseTo(1.1, within(1e-12));
            assertThat(found.beta()).isCloseTo(.3, within(1e-12));
        }
    }

    @Test
    void peaksAreThePublishedOnes() {
        assertThat(new OverOptimization(Form.BEST_OF_N, 1, .25).peak()).isEqualTo(2);
        assertThat(new OverOptimization(Form.RL, 1, .5).peak()).isCloseTo(Math.E, within(1e-12));
        for (Form form : Form.values()) {
            OverOptimization fit = new OverOptimization(form, 1, .3);
            assertThat(fit.at(fit.peak()))
                    .isGreaterThan(fit.at(fit.peak() - .01))
                    .isGreaterThan(fit.at(fit.peak() + .01));
        }
    }

    @Test
    void whatDoesNotWearOffHasNoPeak() {
        assertThat(new OverOptimization(Form.BEST_OF_N, 1, 0).peak()).isInfinite();
        assertThat(new OverOptimization(Form.RL, 1, -.1).peak()).isInfinite();
        assertThat(new OverOptimization(Form.BEST_OF_N, -1, .2).peak()).isZero();
    }

    @Test
    void overOptimizationRefusesWhatItCannotBeFittedTo() {
        assertThatThrownBy(() -> OverOptimization.fit(Form.RL, new double[] {0, 2, 2}, new double[] {0, 1, 1.2}))
                .hasMessage("at least two different distances above 0 are needed, got [0.0, 2.0, 2.0]");
        assertThatThrownBy(() -> OverOptimization.fit(Form.RL, new double[0], new double[0]))
                .hasMessage("at least two different distances above 0 are needed, got []");
        assertThatThrownBy(() -> OverOptimization.fit(Form.RL, new double[] {1, -1}, new double[2]))
                .hasMessage("distances must be finite and at least 0, was -1.0 at index 1");
        assertThatThrownBy(() -> OverOptimization.fit(Form.RL, new double[] {1, 2}, new double[] {1, Double.NaN}))
                .hasMessage("scores must be finite, was NaN at index 1");
        assertThatThrownBy(() -> OverOptimization.fit(Form.RL, new double[2], new double[3]))
                .hasMessage("one score per distance: got 3, 2");
    }

    private static double error(PowerLaw law, double[] losses) {
        return IntStream.range(0, losses.length)
                .mapToDouble(i -> Math.pow(losses[i] - law.at(COMPUTE[i]), 2))
                .sum();
    }
}

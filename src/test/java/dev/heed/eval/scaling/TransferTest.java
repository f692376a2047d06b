package dev.heed.eval.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heed.eval.scaling.Transfer.Curve;
import dev.heed.eval.scaling.Transfer.Tried;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransferTest {
    /** A parabola in ln rate with its least at a rate. */
    private static Curve curve(String kind, int width, double best) {
        List<Tried> tried = new ArrayList<>();
        for (double lr = .001; lr < .2; lr *= 2) {
            tried.add(Tried.of(lr, Collections.singletonList(lr > .1 ? null : 1 + Math.pow(Math.log(lr / best), 2))));
        }
        return new Curve(kind, width, tried);
    }

    @Test
    void theBestRateLiesBetweenThoseThatWereTried() {
        assertThat(curve("mup", 64, .0113).best()).isCloseTo(.0113, within(1e-9));
    }

    @Test
    void driftIsTheLargestBestRateOverTheSmallest() {
        Transfer transfer = new Transfer(List.of(
                curve("mup", 64, .011), curve("plain", 64, .02), curve("plain", 256, .005), curve("mup", 256, .01)));
        assertThat(transfer.drift("plain")).isCloseTo(4, within(1e-9));
        assertThat(transfer.drift("mup")).isCloseTo(1.1, within(1e-9));
        assertThat(transfer.parametrisations()).containsExactly("mup", "plain");
    }

    @Test
    void atAnEndOfWhatWasTriedTheBestIsThatEnd() {
        assertThat(curve("mup", 64, 1e-5).best()).isEqualTo(.001);
    }

    private static Curve curve(int width, List<Tried> tried) {
        return new Curve("mup", width, tried);
    }

    @Test
    void eachSeedHasADriftOfItsOwn() {
        Transfer transfer = new Transfer(List.of(
                curve(64, List.of(Tried.of(.01, List.of(1., 3.)), Tried.of(.02, List.of(2., 2.)))),
                curve(128, List.of(Tried.of(.01, List.of(1., 1.)), Tried.of(.02, List.of(2., 2.))))));
        assertThat(transfer.drifts("mup")).containsExactly(1., 2.);
    }

    @Test
    void aSeedThatDivergedLeavesNoMean() {
        assertThat(Tried.of(.01, Arrays.asList(1., null)).loss()).isNull();
        assertThat(Tried.of(.01, List.of(1., 2.)).loss()).isEqualTo(1.5);
    }

    @Test
    void atTheRateThatSuitsAllWidthsTheWorseOnesAreNamed() {
        Transfer transfer = new Transfer(List.of(
                curve(128, List.of(Tried.of(.01, List.of(2.)), Tried.of(.02, List.of(1.9)))),
                curve(64, List.of(Tried.of(.01, List.of(3.)), Tried.of(.02, List.of(1.5)))),
                curve(256, List.of(Tried.of(.01, List.of(1.)), Tried.of(.02, List.of(1.4))))));
        assertThat(transfer.shared("mup")).isEqualTo(.02);
        assertThat(transfer.worse("mup")).containsExactly(128);
    }
}

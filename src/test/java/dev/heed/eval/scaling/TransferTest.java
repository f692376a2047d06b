package dev.heed.eval.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heed.eval.scaling.Transfer.Curve;
import dev.heed.eval.scaling.Transfer.Tried;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransferTest {
    /** A parabola in ln rate with its least at a rate. */
    private static Curve curve(String kind, int width, double best) {
        List<Tried> tried = new ArrayList<>();
        for (double lr = .001; lr < .2; lr *= 2) {
            tried.add(new Tried(lr, lr > .1 ? null : 1 + Math.pow(Math.log(lr / best), 2)));
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
}

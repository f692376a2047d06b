package dev.heed.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.heed.quality.Bootstrap;
import dev.heed.quality.Interval;
import dev.heed.rating.Logistic;
import dev.heed.run.Draws;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WinRateTest {
    private final Bootstrap bootstrap = new Bootstrap(1, 400);

    @Test
    void countsATieAsHalfAWin() {
        assertThat(rate(new double[] {1, 2, 3, 4}, new double[] {0, 2, 3, 9})
                        .rate(bootstrap)
                        .mean())
                .isEqualTo((1 + .5 + .5 + 0) / 4);
    }

    @Test
    void againstItselfIsHalfAndCertain() {
        double[] scores = {1, 2, 3};
        assertThat(rate(scores, scores).rate(bootstrap)).isEqualTo(Interval.exact(.5));
        assertThat(rate(scores, scores).lengthControlled(bootstrap).mean()).isCloseTo(.5, within(1e-9));
    }

    @Test
    void lengthControlledEqualsPlainWhereLengthsAreEqual() {
        WinRate rate = rate(new double[] {1, 1, 1, 0}, new double[] {0, 0, 0, 1});
        assertThat(rate.lengthControlled(bootstrap).mean()).isCloseTo(.75, within(1e-5));
    }

    @Test
    void allWinsAreOneAndFinite() {
        WinRate rate = rate(new double[] {1, 1, 1}, new double[] {0, 0, 0});
        assertThat(rate.lengthControlled(bootstrap).low()).isBetween(.999, 1.0);
    }

    @Test
    void aModelThatWinsOnlyByLengthIsHalfWhenLengthIsControlled() {
        Interval plain = byLength(0).rate(bootstrap);
        Interval controlled = byLength(0).lengthControlled(bootstrap);
        assertThat(plain.low()).isGreaterThan(.6);
        assertThat(controlled.low()).isLessThan(.5);
        assertThat(controlled.high()).isGreaterThan(.5);
    }

    @Test
    void aModelThatIsBetterAtEqualLengthStaysBetter() {
        Interval controlled = byLength(1).lengthControlled(bootstrap);
        assertThat(controlled.mean()).isCloseTo(1 / (1 + Math.exp(-1)), within(.05));
    }

    @Test
    void refusesUnequalLengthsAndSaysThem() {
        assertThatThrownBy(() -> WinRate.of(List.of(new Scored(1, 1)), List.of(), List.of("p")))
                .hasMessage("one baseline and one prompt per answer: got 1 answers, 0, 1");
    }

    private static WinRate rate(double[] scores, double[] baseline) {
        return WinRate.of(
                IntStream.range(0, scores.length)
                        .mapToObj(i -> new Scored(scores[i], 5))
                        .toList(),
                IntStream.range(0, scores.length)
                        .mapToObj(i -> new Scored(baseline[i], 5))
                        .toList(),
                IntStream.range(0, scores.length).boxed().toList());
    }

    /** Answers longer by 8 ± 8 tokens, where P(win) = σ(quality + 2 tanh(d / 8)): the model of the estimate itself. */
    private static WinRate byLength(double quality) {
        SplittableRandom random = Draws.of(5, "games", 0);
        List<Scored> model = new ArrayList<>();
        List<Scored> baseline = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            int difference = (int) Math.round(8 + 8 * random.nextGaussian());
            boolean won = random.nextDouble() < Logistic.sigmoid(quality + 2 * Math.tanh(difference / 8.0));
            model.add(new Scored(won ? 1 : -1, 40 + difference));
            baseline.add(new Scored(0, 40));
        }
        return WinRate.of(model, baseline, IntStream.range(0, 2_000).boxed().toList());
    }
}

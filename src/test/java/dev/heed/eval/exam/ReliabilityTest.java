package dev.heed.eval.exam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heed.eval.TemperatureFit;
import dev.heed.quality.Bootstrap;
import dev.heed.run.Draws;
import dev.heed.text.ExamItem;
import dev.heed.text.ExamItem.Choice;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReliabilityTest {
    private static final Bootstrap BOOTSTRAP = new Bootstrap(1, 200);

    private static Marked marked(int right, double... probabilities) {
        double[] scores = IntStream.range(0, probabilities.length)
                .mapToDouble(i -> Math.log(probabilities[i]))
                .toArray();
        int[] bytes = IntStream.range(0, scores.length).map(i -> i + 1).toArray();
        List<String> options =
                IntStream.range(0, scores.length).mapToObj(i -> "option " + i).toList();
        ExamItem item = new ExamItem("q", "s", "Q?", new Choice(options, right, Choice.NO_LURE), "", "here");
        return new Marked(
                item,
                new OptionScores(scores, new double[scores.length], bytes),
                scores[right],
                List.of(),
                new double[0],
                Double.NaN);
    }

    /** Questions whose right option is drawn from the very probabilities that the scores have at a temperature. */
    private static List<Marked> drawn(int count, double temperature) {
        List<Marked> all = new ArrayList<>();
        for (int q = 0; q < count; q++) {
            SplittableRandom random = Draws.of(7, "question", q);
            double[] scores = IntStream.range(0, 4)
                    .mapToDouble(i -> 3 * random.nextDouble())
                    .toArray();
            double[] p = TemperatureFit.softmax(scores, temperature);
            double left = random.nextDouble();
            int right = 0;
            while (right < 3 && left >= p[right]) {
                left -= p[right++];
            }
            all.add(marked(
                    right,
                    IntStream.range(0, 4).mapToDouble(i -> Math.exp(scores[i])).toArray()));
        }
        return all;
    }

    @Test
    void countsByHand() {
        List<Marked> two = List.of(marked(0, .8, .2), marked(0, .4, .6));
        Reliability measured = Reliability.of(two, Way.PLAIN, 10, BOOTSTRAP);
        assertThat(measured.ece().mean()).isCloseTo((.2 + .6) / 2, within(1e-12));
        // Each option in its own bin: 0.8 right, 0.2 wrong, 0.4 right, 0.6 wrong.
        assertThat(measured.eceEach().mean()).isCloseTo((.2 + .2 + .6 + .6) / 4, within(1e-12));
        assertThat(measured.brier().mean()).isCloseTo((.04 + .04 + .36 + .36) / 2, within(1e-12));
        assertThat(measured.nll().mean()).isCloseTo(-(Math.log(.8) + Math.log(.4)) / 2, within(1e-12));
        assertThat(measured.abstentionArea().mean()).isCloseTo((1 + .5) / 2, within(1e-12));
    }

    @Test
    void whatIsDrawnFromItsOwnProbabilitiesIsCalibratedAndNeedsNoRefit() {
        Reliability measured = Reliability.of(drawn(4000, 1), Way.PLAIN, 10, BOOTSTRAP);
        // Each of a few bins is off by its sampling error, about 0.5 / √500.
        assertThat(measured.ece().mean()).isLessThan(0.03);
        assertThat(measured.refit().temperature()).isCloseTo(1, within(0.1));
    }

    @Test
    void aRefitFindsTheTemperatureAndMendsTheError() {
        Reliability measured = Reliability.of(drawn(4000, 3), Way.PLAIN, 10, BOOTSTRAP);
        assertThat(measured.ece().low()).isGreaterThan(0.1);
        // A score's variance of 0.6 over 4,000 questions tells the inverse temperature to 0.02 and the temperature to
        // 0.18.
        assertThat(measured.refit().temperature()).isCloseTo(3, within(0.5));
        assertThat(measured.refit().ece().mean()).isLessThan(0.03);
        assertThat(measured.refit().nll().mean()).isLessThan(measured.nll().mean());
    }

    @Test
    void theFitIsWhereTheLossIsLeast() {
        List<double[]> scores = List.of(new double[] {0, 2}, new double[] {0, 2}, new double[] {0, 2});
        // Two of three right: softmax(2 / T) = 2/3, so T = 2 / ln 2.
        assertThat(TemperatureFit.of(scores, new int[] {1, 1, 0})).isCloseTo(2 / Math.log(2), within(1e-9));
    }

    @Test
    void theFitEndsAtItsBoundsWhereNothingOrEverythingIsRight() {
        List<double[]> scores = List.of(new double[] {0, 2});
        assertThat(TemperatureFit.of(scores, new int[] {1})).isCloseTo(TemperatureFit.LEAST, within(1e-9));
        assertThat(TemperatureFit.of(scores, new int[] {0})).isCloseTo(TemperatureFit.MOST, within(1e-6));
    }

    @Test
    void aRefitKeepsEveryAnswerSoTheCurveOverCoverageStays() {
        assertThat(Abstention.accuracies(new double[] {.9, .5, .7}, new double[] {1, 0, 1}))
                .containsExactly(new double[] {1, 1, 2 / 3.}, within(1e-12));
    }

    @Test
    void equallySureAnswersCountAsTheirMeanWhicheverComesFirst() {
        assertThat(Abstention.accuracies(new double[] {.5, .5}, new double[] {1, 0}))
                .containsExactly(new double[] {.5, .5}, within(1e-12));
    }

    @Test
    void eachWayHasItsOwnAnswer() {
        OptionScores scores =
                new OptionScores(new double[] {-4, -6, -5}, new double[] {-4.5, -7, -3}, new int[] {1, 12, 2});
        assertThat(scores.answer(Way.PLAIN)).isEqualTo(0);
        assertThat(scores.answer(Way.PER_BYTE)).isEqualTo(1);
        assertThat(scores.by(Way.LIFT)).containsExactly(new double[] {.5, 1, -2}, within(1e-12));
        assertThat(scores.answer(Way.LIFT)).isEqualTo(1);
    }
}

package dev.heed.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.heed.quality.Agreement;
import dev.heed.quality.Interval;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MeasuresTest {
    @Test
    void distinct2CountsPairsOverAllTexts() {
        assertThat(Distinct.ofWords(List.of("the cat sat", "The cat ran"), 2)).isEqualTo(3 / 4.0);
        assertThat(Distinct.ofIds(List.of(new int[] {1, 2, 3}, new int[] {1, 2, 4}), 2))
                .isEqualTo(3 / 4.0);
    }

    @Test
    void distinctIsUnknownWithoutAPair() {
        assertThat(Distinct.ofWords(List.of("one", ""), 2)).isNaN();
    }

    @Test
    void aLoopRepeatsAndASentenceDoesNot() {
        assertThat(Distinct.repetition(List.of("go go go go go"), 2)).isEqualTo(3 / 4.0);
        assertThat(Distinct.repetition(List.of("a quiet little fox"), 2)).isZero();
    }

    @Test
    void marksAreWordsOfTheirOwn() {
        assertThat(Distinct.words("Yes, it is.")).containsExactly("yes", ",", "it", "is", ".");
    }

    @Test
    void pearsonKnowsALineAndItsMirror() {
        double[] x = {1, 2, 3, 4};
        assertThat(Correlation.pearson(x, new double[] {3, 5, 7, 9})).isCloseTo(1, within(1e-12));
        assertThat(Correlation.pearson(x, new double[] {4, 3, 2, 1})).isCloseTo(-1, within(1e-12));
        assertThat(Correlation.pearson(x, new double[] {2, 2, 2, 2})).isNaN();
    }

    @Test
    void withinPromptsALengthEffectBetweenThemVanishes() {
        double[] length = {10, 12, 50, 52};
        double[] score = {1, 0, 9, 8};
        List<String> prompts = List.of("p", "p", "q", "q");
        assertThat(Correlation.pearson(length, score)).isGreaterThan(.9);
        assertThat(Correlation.within(length, score, prompts)).isCloseTo(-1, within(1e-12));
    }

    @Test
    void partialTakesAwayWhatAThirdExplains() {
        double[] quality = {1, 1, 2, 2, 3, 3, 4, 4};
        double[] noise = {1, -1, -1, 1, 1, -1, -1, 1};
        double[] other = {1, 1, -1, -1, -1, -1, 1, 1};
        double[] score = new double[8];
        double[] length = new double[8];
        for (int i = 0; i < 8; i++) {
            score[i] = quality[i] + .3 * noise[i];
            length[i] = quality[i] + .3 * other[i];
        }
        assertThat(Correlation.pearson(score, length)).isGreaterThan(.8);
        assertThat(Correlation.partial(score, length, quality)).isCloseTo(0, within(1e-9));
    }

    @Test
    void k1MayBeNegativeAndK3IsNot() {
        Divergence away = Divergence.of(new float[] {-2, -1}, new float[] {-1, -1});
        assertThat(away.k1()).isCloseTo(-1, within(1e-6));
        assertThat(away.k3()).isCloseTo(Math.E - 2, within(1e-6));
        assertThat(Divergence.of(new float[] {-.7f}, new float[] {-1}).k3()).isCloseTo(.0408182, within(1e-6));
    }

    @Test
    void bestOfAllIsTheBestAndBestOfOneTheMean() {
        double[] scores = {3, 1, 2, 6};
        assertThat(BestOfN.expectedMax(scores, 4)).isEqualTo(6);
        assertThat(BestOfN.expectedMax(scores, 1)).isCloseTo(3, within(1e-12));
        assertThat(BestOfN.expectedMax(scores, 2)).isCloseTo((3 + 3 + 6 + 2 + 6 + 6) / 6.0, within(1e-12));
    }

    @Test
    void aProxyThatLikesTheWrongOneBuysTheWrongOne() {
        double[] proxy = {1, 2, 3};
        double[] gold = {1, 2, 0};
        assertThat(BestOfN.expected(proxy, gold, 3)).isZero();
        assertThat(BestOfN.expected(proxy, gold, 2)).isCloseTo((2 + 0 + 0) / 3.0, within(1e-12));
    }

    @Test
    void equalProxyScoresShareTheirChances() {
        assertThat(BestOfN.expected(new double[] {1, 1, 1}, new double[] {0, 3, 6}, 2))
                .isCloseTo(3, within(1e-12));
    }

    @Test
    void bestOfNRefusesMoreThanThereAre() {
        assertThatThrownBy(() -> BestOfN.expectedMax(new double[3], 4))
                .hasMessage("n must be from 1 to 3 scores, was 4 (gold scores: 3)");
    }

    @Test
    void theBestOfDrawnAnswersStraysAndWinsAsCounted() {
        // of three different answers the best of two is the last with 5/9, the middle with 3/9, the first with 1/9
        BestOfN.Drawn two = BestOfN.drawn(new double[] {1, 2, 3}, new double[] {3, 2, 1}, 2);
        double kl = 5 / 9.0 * Math.log(5 / 3.0) + 3 / 9.0 * Math.log(1) + 1 / 9.0 * Math.log(1 / 3.0);
        assertThat(two.kl()).isCloseTo(kl, within(1e-12));
        assertThat(two.wins()).isCloseTo((5 * 2.5 + 3 * 1.5 + 1 * 0.5) / 27, within(1e-12));
        assertThat(two.goldWins()).as("where the judge thinks the contrary").isCloseTo(1 - two.wins(), within(1e-12));
        BestOfN.Drawn alike = BestOfN.drawn(new double[] {4, 4, 4}, new double[] {1, 2, 3}, 16);
        assertThat(alike.kl()).as("nothing to choose from").isCloseTo(0, within(1e-12));
        assertThat(alike.wins()).isCloseTo(0.5, within(1e-12));
        double[] many = IntStream.range(0, 5_000).asDoubleStream().toArray();
        BestOfN.Drawn best = BestOfN.drawn(many, many, 4);
        assertThat(best.kl()).as("near its bound").isCloseTo(BestOfN.klBound(4), within(1e-3));
        assertThat(best.wins()).isCloseTo(BestOfN.winBound(4), within(1e-3));
    }

    @Test
    void boundsOfBestOfNAreThePublishedOnes() {
        assertThat(BestOfN.klBound(4)).isCloseTo(.636294, within(1e-6));
        assertThat(BestOfN.klBound(16)).isCloseTo(1.835089, within(1e-6));
        assertThat(BestOfN.winBound(4)).isEqualTo(.8);
        assertThat(BestOfN.winBound(16)).isCloseTo(.941176, within(1e-6));
    }

    @Test
    void oneBitPerByteIsLn2NatsPerByte() {
        assertThat(BitsPerByte.of(100 * Math.log(2), 100)).isCloseTo(1, within(1e-12));
    }

    @Test
    void percentAgreementCountsPairsOfRatings() {
        double none = Double.NaN;
        double[][] ratings = {{1, 2, 1, none}, {1, 1, 1, 3}, {1, none, none, none}};
        assertThat(Agreement.percent(ratings)).isCloseTo(4 / 5.0, within(1e-12)); // 3 of 3, 0 of 1, 1 of 1
    }

    @Test
    void theReferenceMeasuredByItselfHasMeanZeroAndDeviationOne() {
        Standard standard = Standard.of(new double[] {1, 3});
        assertThat(standard.measure(1)).isEqualTo(-1);
        assertThat(standard.measure(new Interval(2, 1, 4))).isEqualTo(new Interval(0, -1, 2));
        assertThat(Standard.of(new double[] {5, 5}).measure(6)).isEqualTo(1);
    }

    @Test
    void wilsonWithALowerCoverageIsNarrower() {
        Interval most = Interval.wilson(7, 10);
        Interval less = Interval.wilson(7, 10, 1.644853626951473);
        assertThat(less.low()).isGreaterThan(most.low());
        assertThat(less.high()).isLessThan(most.high());
        assertThatThrownBy(() -> Interval.wilson(7, 10, Double.NaN))
                .hasMessage("z must be above 0 and finite, was NaN");
        assertThatThrownBy(() -> Interval.wilson(11, 10)).hasMessage("successes must be from 0 to 10, was 11.0");
    }

    @Test
    void calibrationRefusesWhatIsNoProbability() {
        assertThatThrownBy(() -> Calibration.of(new double[] {.2, Double.NaN}, new double[2], 10))
                .hasMessage("probabilities must be from 0 to 1, was NaN at index 1");
        assertThatThrownBy(() -> Calibration.of(new double[] {.2}, new double[] {2}, 10))
                .hasMessage("outcomes must be from 0 to 1, was 2.0 at index 0");
        assertThatThrownBy(() -> Calibration.of(new double[0], new double[0], 10))
                .hasMessage("at least 1 predictions are needed, got 0");
        assertThatThrownBy(() -> Calibration.ofMargins(new double[] {1, Double.NaN}, 10))
                .hasMessage("probabilities must be from 0 to 1, was NaN at index 1");
    }

    @Test
    void bestOfNRefusesScoresThatAreNoNumbers() {
        assertThatThrownBy(() -> BestOfN.expectedMax(new double[] {1, Double.NaN}, 2))
                .hasMessage("scores must be finite, was NaN at index 1");
        assertThatThrownBy(() -> BestOfN.klBound(0)).hasMessage("at least 1 samples are needed, got 0");
    }
}

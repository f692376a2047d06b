package dev.heed.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.heed.eval.RewardAccuracy.Judged;
import dev.heed.eval.RewardAccuracy.Slice;
import dev.heed.quality.Bootstrap;
import java.util.List;
import org.junit.jupiter.api.Test;

class RewardAccuracyTest {
    private final Bootstrap bootstrap = new Bootstrap(2, 200);

    @Test
    void aModelThatScoresAllTheSameIsNeverRightAndLosesLn2() {
        RewardAccuracy same = RewardAccuracy.of(List.of(pair(0, 0, 9, 5), pair(0, 0, 5, 9)), bootstrap);
        assertThat(same.accuracy().mean()).isZero();
        assertThat(same.equalScores()).isEqualTo(1);
        assertThat(same.lossBelowChance()).isCloseTo(0, within(1e-12));
    }

    @Test
    void lossIsThatOfBradleyAndTerry() {
        assertThat(RewardAccuracy.of(List.of(pair(2, 1, 5, 5)), bootstrap).loss())
                .isCloseTo(.313262, within(1e-6));
    }

    @Test
    void tiesOfLabelersCountNowhere() {
        Judged tie = new Judged("p", "ann", 0, new Scored(0, 5), new Scored(9, 5));
        assertThat(RewardAccuracy.of(List.of(tie, pair(1, 0, 5, 5)), bootstrap)
                        .accuracy()
                        .mean())
                .isEqualTo(1);
        assertThatThrownBy(() -> RewardAccuracy.of(List.of(tie), bootstrap))
                .hasMessage("none of 1 preferences has a winner");
    }

    @Test
    void showsWhoAndWhereItIsWrong() {
        RewardAccuracy accuracy = RewardAccuracy.of(
                List.of(
                        new Judged("p", "bob", 1, new Scored(0, 10), new Scored(1, 30)),
                        new Judged("p", "ann", 3, new Scored(2, 20), new Scored(1, 19)),
                        new Judged("q", "ann", 3, new Scored(2, 10), new Scored(1, 10))),
                bootstrap);
        assertThat(accuracy.byStrength()).extracting(Slice::name).containsExactly("slightly better", "much better");
        assertThat(accuracy.byLabeler()).extracting(Slice::name).containsExactly("ann", "bob");
        assertThat(accuracy.byLabeler()).extracting(s -> s.accuracy().mean()).containsExactly(1.0, 0.0);
        assertThat(accuracy.byLength())
                .extracting(Slice::name)
                .containsExactly("chosen much shorter", "equally long", "chosen longer");
        assertThat(accuracy.alwaysLonger().mean()).isCloseTo((0 + 1 + .5) / 3, within(1e-12));
    }

    @Test
    void lengthBiasShowsInTheCorrelation() {
        List<Judged> pairs = List.of(pair(20, 10, 20, 10), pair(5, 30, 5, 30), pair(12, 11, 12, 11));
        assertThat(RewardAccuracy.of(pairs, bootstrap).lengthCorrelation()).isCloseTo(1, within(1e-12));
    }

    @Test
    void ceilingIsWhatTheMoreLikelyAnswerGets() {
        assertThat(RewardAccuracy.ceiling(new double[] {.5, .9, .2})).isCloseTo((.5 + .9 + .8) / 3, within(1e-12));
    }

    @Test
    void marginsAreCalibratedWhereTheyAreAsOftenRightAsTheySay() {
        double margin = Math.log(3); // three times in four
        Calibration calibration = Calibration.ofMargins(new double[] {margin, margin, -margin, margin}, 10);
        assertThat(calibration.ece()).isCloseTo(0, within(1e-12));
        assertThat(calibration.bins().get(4).count() + calibration.bins().get(5).count())
                .isEqualTo(4);
        assertThat(calibration.bins().get(0).low()).isEqualTo(.5);
    }

    private static Judged pair(double chosen, double rejected, int chosenLength, int rejectedLength) {
        return new Judged("p", "ann", 2, new Scored(chosen, chosenLength), new Scored(rejected, rejectedLength));
    }
}

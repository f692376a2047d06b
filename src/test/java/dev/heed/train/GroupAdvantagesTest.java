package dev.heed.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class GroupAdvantagesTest {
    private static final float NAN = Float.NaN;

    @Test
    void aGroupIsMeasuredInItsOwnDeviation() {
        float[] advantages =
                GroupAdvantages.relative(new float[] {1, 0, 0, 1, 1, 0, 0, 0}, 8, GroupAdvantages.Scale.GROUP);
        assertThat(advantages[0]).isCloseTo(1.207381f, within(1e-5f)); // by hand: 0.625 / (0.517549 + 1e-4)
        assertThat(advantages[1]).isCloseTo(-.724429f, within(1e-5f));
    }

    @Test
    void withoutAScaleItIsTheDistanceFromTheGroupsMean() {
        assertThat(GroupAdvantages.relative(new float[] {1, 3, 10, 20}, 2, GroupAdvantages.Scale.NONE))
                .containsExactly(-1, 1, -5, 5);
    }

    @Test
    void aBatchHasOneDeviation() {
        assertThat(GroupAdvantages.relative(new float[] {1, 3, 10, 20}, 2, GroupAdvantages.Scale.BATCH))
                .containsExactly(new float[] {-.11651f, .11651f, -.58254f, .58254f}, within(1e-4f)); // over √(221 / 3)
    }

    @Test
    void theOthersAreTheBaseline() {
        float[] advantages = GroupAdvantages.leaveOneOut(new float[] {1, 0, 0, 1, 1, 0, 0, 0}, 8);
        assertThat(advantages[0]).isCloseTo(1 - 2f / 7, within(1e-6f));
        assertThat(advantages[1]).isCloseTo(-3f / 7, within(1e-6f));
        assertThat(GroupAdvantages.leaveOneOut(new float[] {5, 5, 5, 1, 2, 3}, 3))
                .containsExactly(0, 0, 0, -1.5f, 0, 1.5f);
    }

    @Test
    void whatNobodyScoredIsInNoMean() {
        float[] advantages = GroupAdvantages.leaveOneOut(new float[] {1, NAN, 3, 7, NAN, NAN}, 3);
        assertThat(GroupAdvantages.orZero(advantages)).containsExactly(-2, 0, 2, 0, 0, 0);
        assertThat(GroupAdvantages.aboveMean(new float[] {1, NAN, 3})).containsExactly(-1, NAN, 1);
    }

    @Test
    void groupsWithoutVarianceAreFound() {
        float[] rewards = {.1f, .1f, .1f, .1f, .2f, .1f, NAN, .3f, .3f};
        assertThat(GroupAdvantages.equal(rewards, 3)).containsExactly(true, false, true);
        assertThat(GroupAdvantages.shareEqual(rewards, 3)).isCloseTo(2 / 3., within(1e-12));
    }
}

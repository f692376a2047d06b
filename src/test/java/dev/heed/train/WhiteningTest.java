package dev.heed.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class WhiteningTest {
    @Test
    void dividesByTheUnbiasedDeviation() {
        assertThat(Whitening.of(new float[] {.770675f, .7165f, .67f}, Whitening.Shift.ZERO_MEAN))
                .containsExactly(new float[] {1.024418f, -.050774f, -.973644f}, within(1e-4f));
    }

    @Test
    void canKeepTheMean() {
        float[] kept = Whitening.of(new float[] {1, 2, 3}, Whitening.Shift.KEEP_MEAN);
        assertThat(kept).containsExactly(new float[] {1, 2, 3}, within(1e-5f));
    }

    @Test
    void leavesAConstantFinite() {
        assertThat(Whitening.of(new float[] {4, 4, 4}, Whitening.Shift.ZERO_MEAN))
                .containsExactly(0, 0, 0);
    }

    @Test
    void leavesASingleNumberAlone() {
        assertThat(Whitening.of(new float[] {4}, Whitening.Shift.ZERO_MEAN)).containsExactly(4);
    }
}

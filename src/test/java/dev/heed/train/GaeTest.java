package dev.heed.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class GaeTest {
    @Test
    void withLambdaOneAndNoDiscountIsReturnMinusValue() {
        assertThat(Gae.advantages(new float[] {0, 0, 1}, new float[] {.5f, .25f, .75f}, 1, 1))
                .containsExactly(new float[] {.5f, .75f, .25f}, within(1e-6f));
    }

    @Test
    void agreesWithTheWorkedExample() {
        float[] values = {.1f, .2f, .3f};
        float[] advantages = Gae.advantages(new float[] {-.01f, -.02f, .97f}, values, 1, .95);
        assertThat(advantages).containsExactly(new float[] {.770675f, .7165f, .67f}, within(1e-6f));
        assertThat(Gae.returns(advantages, values))
                .containsExactly(new float[] {.870675f, .9165f, .97f}, within(1e-6f));
    }

    @Test
    void withLambdaZeroSeesOneStepAhead() {
        assertThat(Gae.advantages(new float[] {1, 2}, new float[] {.5f, .25f}, .9, 0))
                .containsExactly(new float[] {1 + .9f * .25f - .5f, 1.75f}, within(1e-6f));
    }

    @Test
    void refusesUnequalLengthsAndSaysBoth() {
        assertThatThrownBy(() -> Gae.advantages(new float[3], new float[2], 1, 1))
                .hasMessage("one value per reward: got 3 rewards, 2 values");
    }
}

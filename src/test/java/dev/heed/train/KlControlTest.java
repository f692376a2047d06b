package dev.heed.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class KlControlTest {
    @Test
    void adaptsByAClippedErrorAsTheWorkedExampleDoes() {
        KlControl start = new KlControl.Adaptive(.15, 6, 10_000);
        assertThat(start.after(9, 512).coefficient()).isCloseTo(.151536, within(1e-9));
    }

    @Test
    void fallsWhenThePolicyStaysTooClose() {
        assertThat(new KlControl.Adaptive(.15, 6, 10_000).after(0, 500).coefficient())
                .isCloseTo(.15 * (1 - .2 * .05), within(1e-12));
    }

    @Test
    void staysAtItsTarget() {
        assertThat(new KlControl.Adaptive(.1, 6, 100).after(6, 64).coefficient())
                .isEqualTo(.1);
    }

    @Test
    void fixedNeverMoves() {
        assertThat(new KlControl.Fixed(.05).after(100, 1000)).isEqualTo(new KlControl.Fixed(.05));
    }

    @Test
    void goesOnFromASavedCoefficient() {
        assertThat(new KlControl.Adaptive(.1, 6, 100).with(.3)).isEqualTo(new KlControl.Adaptive(.3, 6, 100));
    }
}

package dev.heed.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.heed.quality.Bootstrap;
import dev.heed.quality.Interval;
import org.junit.jupiter.api.Test;

class PassAtKTest {
    private static final double EXACT = 1e-12;

    @Test
    void countsTheSubsetsWithARightOne() {
        assertThat(PassAtK.of(5, 2, 1)).isCloseTo(2 / 5.0, within(EXACT));
        assertThat(PassAtK.of(5, 2, 2)).isCloseTo(1 - 3 / 10.0, within(EXACT)); // 3 of the 10 pairs have none
        assertThat(PassAtK.of(5, 2, 4)).isEqualTo(1); // only 3 are wrong
        assertThat(PassAtK.of(5, 0, 5)).isZero();
    }

    @Test
    void manySamplesDoNotOverflow() {
        assertThat(PassAtK.of(100_000, 50_000, 3)).isCloseTo(7 / 8.0, within(1e-4)); // drawn without putting back
    }

    @Test
    void theMeanIsOverProblems() {
        Interval mean = PassAtK.mean(new int[] {5, 4, 2}, new int[] {2, 0, 2}, 2, new Bootstrap(1));
        assertThat(mean.mean()).isCloseTo((.7 + 0 + 1) / 3, within(EXACT));
        assertThat(mean.low()).isBetween(0.0, mean.mean());
    }

    @Test
    void refusesMoreThanThereAre() {
        assertThatThrownBy(() -> PassAtK.of(3, 1, 4)).hasMessage("k must be from 1 to 3 samples, was 4");
        assertThatThrownBy(() -> PassAtK.of(3, 4, 1)).hasMessage("right must be from 0 to 3 samples, was 4");
        assertThatThrownBy(() -> PassAtK.mean(new int[2], new int[1], 1, new Bootstrap(1)))
                .hasMessage("one count of right ones per problem: got 2 problems, 1");
    }
}

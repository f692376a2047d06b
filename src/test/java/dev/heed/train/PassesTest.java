package dev.heed.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PassesTest {
    @Test
    void aPassMeetsEveryRowOnce() {
        Passes passes = new Passes(12, 7, "test");
        int[] met = IntStream.range(0, 4)
                .flatMap(step -> Arrays.stream(passes.batch(step, 3)))
                .sorted()
                .toArray();
        assertThat(met).containsExactly(IntStream.range(0, 12).toArray());
    }

    @Test
    void theNextPassHasAnotherOrder() {
        Passes passes = new Passes(50, 7, "test");
        assertThat(passes.batch(0, 50)).isNotEqualTo(passes.batch(1, 50));
    }

    @Test
    void aStepTakesTheSameRowsWheneverItIsAsked() {
        assertThat(new Passes(50, 7, "test").batch(9, 8)).isEqualTo(new Passes(50, 7, "test").batch(9, 8));
    }

    @Test
    void aBatchMayReachOverSeveralPasses() {
        assertThat(new Passes(3, 1, "test").batch(0, 7)).hasSize(7).containsOnly(0, 1, 2);
    }

    @Test
    void refusesNothingToPassOver() {
        assertThatThrownBy(() -> new Passes(0, 1, "ppo")).hasMessage("no rows to pass over for ppo");
    }
}

package dev.heed.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DrawsTest {
    @Test
    void aDrawDependsOnSeedPurposeAndIndexAlone() {
        assertThat(Draws.key(1, "shuffle", 2)).isEqualTo(Draws.key(1, "shuffle", 2));
        assertThat(new long[] {Draws.key(2, "shuffle", 2), Draws.key(1, "sample", 2), Draws.key(1, "shuffle", 3)})
                .doesNotContain(Draws.key(1, "shuffle", 2))
                .doesNotHaveDuplicates();
    }

    @Test
    void uniformDrawsFillTheirRangeEvenly() {
        double mean = IntStream.range(0, 10_000)
                .mapToDouble(i -> Draws.uniform(3, "mean", i))
                .average()
                .orElseThrow();
        // The mean of 10,000 has a standard error of 0.0029; four of them.
        assertThat(mean).isBetween(0.4885, 0.5115);
    }

    @Test
    void aPermutationHasEveryNumberOnce() {
        int[] order = Draws.permutation(100, 1, "order", 0);
        assertThat(order).isNotEqualTo(IntStream.range(0, 100).toArray());
        Arrays.sort(order);
        assertThat(order).isEqualTo(IntStream.range(0, 100).toArray());
    }
}

package dev.heed.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PackingTest {
    @Test
    void theLongestComesFirstAndEachGoesWhereItLeavesTheLeastRoom() {
        assertThat(Packing.of(new int[] {3, 7, 2, 5, 4, 1}, 10))
                .containsExactly(new int[] {1, 0}, new int[] {3, 4, 5}, new int[] {2});
    }

    @Test
    void whatIsLongerThanARowHasOneForItself() {
        assertThat(Packing.of(new int[] {12, 3, 15}, 10)).containsExactly(new int[] {2}, new int[] {0}, new int[] {1});
    }

    @Test
    void everyTextIsInOneRowThatHoldsIt() {
        int[] lengths = Arrays.stream(new int[200]).map(zero -> 1).toArray();
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = 1 + i * 37 % 61;
        }
        List<int[]> rows = Packing.of(lengths, 64);
        assertThat(rows.stream().flatMapToInt(Arrays::stream).sorted().toArray())
                .containsExactly(java.util.stream.IntStream.range(0, 200).toArray());
        assertThat(rows).allSatisfy(row -> assertThat(
                        Arrays.stream(row).map(i -> lengths[i]).sum())
                .isBetween(1, 64));
        double used = Arrays.stream(lengths).sum() / (64.0 * rows.size());
        assertThat(used).as("the rows are nearly full").isGreaterThan(0.95);
    }
}

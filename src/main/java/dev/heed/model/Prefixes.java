package dev.heed.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which rows begin alike: completions of one prompt, options of one question, chats under one system prompt. What a network
 * says of a token depends on what stands before it alone, so what rows have in common need be computed but once.
 *
 * @param order the rows by content, so that those which begin alike lie beside each other
 * @param common of each row, how many tokens it begins with like the one before it in that order
 */
record Prefixes(int[] order, int[] common) {
    /** @param lengths how many tokens of each row */
    static Prefixes of(List<int[]> rows, int[] lengths) {
        int[] order = IntStream.range(0, rows.size())
                .boxed()
                .sorted(Comparator.comparing(
                        i -> i, (a, b) -> Arrays.compare(rows.get(a), 0, lengths[a], rows.get(b), 0, lengths[b])))
                .mapToInt(i -> i)
                .toArray();
        int[] common = new int[order.length];
        for (int k = 1; k < order.length; k++) {
            int before = order[k - 1];
            int row = order[k];
            int differs = Arrays.mismatch(rows.get(before), 0, lengths[before], rows.get(row), 0, lengths[row]);
            common[row] = differs < 0 ? lengths[row] : differs;
        }
        return new Prefixes(order, common);
    }

    /** Of rows in their given order, as if they had nothing in common. */
    static Prefixes none(int rows) {
        return new Prefixes(IntStream.range(0, rows).toArray(), new int[rows]);
    }

    /** How many tokens need not be computed again. */
    int shared() {
        return Arrays.stream(common).sum();
    }

    /**
     * The rows by families: each has at least half of its tokens in common with the one before it in its family.
     *
     * @param lengths as given to {@link #of}
     * @return indices of rows, each exactly once
     */
    List<int[]> families(int[] lengths) {
        List<int[]> families = new ArrayList<>();
        int first = 0;
        for (int k = 1; k <= order.length; k++) {
            if (k == order.length || 2 * common[order[k]] < lengths[order[k]]) {
                families.add(Arrays.copyOfRange(order, first, k));
                first = k;
            }
        }
        return families;
    }
}

package dev.heed.model;

import java.util.Arrays;

/**
 * Rows of ids of any lengths, of which the tokens at positions [from[i], rows[i].length) count. Every per-token result is
 * flat: the counted tokens of the first row, then those of the second.
 */
public record Batch(int[][] rows, int[] from) {
    public Batch {
        if (rows.length == 0 || rows.length != from.length) {
            throw new IllegalArgumentException("one start per row and at least one row: got %d rows, %d starts"
                    .formatted(rows.length, from.length));
        }
        for (int i = 0; i < rows.length; i++) {
            if (from[i] < 1 || from[i] > rows[i].length) {
                throw new IllegalArgumentException(
                        "counted tokens of row %d begin at %d; allowed is 1 (the first token has nothing before it) to %d"
                                .formatted(i, from[i], rows[i].length));
            }
        }
    }

    /** Every token but each row's first counts. */
    public static Batch whole(int[][] rows) {
        int[] from = new int[rows.length];
        Arrays.fill(from, 1);
        return new Batch(rows, from);
    }

    /** N, the number of counted tokens. */
    public int count() {
        int count = 0;
        for (int i = 0; i < rows.length; i++) {
            count += rows[i].length - from[i];
        }
        return count;
    }

    /** The counted tokens, flat. */
    public long[] targets() {
        long[] targets = new long[count()];
        int n = 0;
        for (int i = 0; i < rows.length; i++) {
            for (int t = from[i]; t < rows[i].length; t++) {
                targets[n++] = rows[i][t];
            }
        }
        return targets;
    }
}

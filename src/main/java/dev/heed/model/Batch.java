package dev.heed.model;

import java.util.Arrays;

/**
 * Rows of ids of any lengths, and which of their tokens count. Every per-token result is flat: the counted tokens of the
 * first row, then those of the second.
 *
 * @param counted one flag a token; never of a row's first, which has nothing before it
 * @param noise what is added to each row's embeddings, (T, C) row by row; empty: nothing is added to any
 */
public record Batch(int[][] rows, boolean[][] counted, float[][] noise) {
    private static final float[][] NO_NOISE = {};

    public Batch {
        if (rows.length == 0 || rows.length != counted.length) {
            throw new IllegalArgumentException("flags for each row and at least one row: got %d rows, flags for %d"
                    .formatted(rows.length, counted.length));
        }
        for (int i = 0; i < rows.length; i++) {
            if (rows[i].length != counted[i].length || (counted[i].length > 0 && counted[i][0])) {
                throw new IllegalArgumentException(
                        "one flag a token, and the first token does not count: row %d has %d tokens, %d flags"
                                .formatted(i, rows[i].length, counted[i].length));
            }
        }
        if (noise.length > 0 && noise.length != rows.length) {
            throw new IllegalArgumentException(
                    "noise for each row or for none: got %d rows, noise for %d".formatted(rows.length, noise.length));
        }
    }

    public Batch(int[][] rows, boolean[][] counted) {
        this(rows, counted, NO_NOISE);
    }

    /** Of which the tokens at positions [from[i], rows[i].length) count. */
    public Batch(int[][] rows, int[] from) {
        this(rows, countedFrom(rows, from));
    }

    private static boolean[][] countedFrom(int[][] rows, int[] from) {
        if (rows.length == 0 || rows.length != from.length) {
            throw new IllegalArgumentException("one start per row and at least one row: got %d rows, %d starts"
                    .formatted(rows.length, from.length));
        }
        boolean[][] counted = new boolean[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            if (from[i] < 1 || from[i] > rows[i].length) {
                throw new IllegalArgumentException(
                        "counted tokens of row %d begin at %d; allowed is 1 (the first token has nothing before it) to %d"
                                .formatted(i, from[i], rows[i].length));
            }
            counted[i] = new boolean[rows[i].length];
            Arrays.fill(counted[i], from[i], rows[i].length, true);
        }
        return counted;
    }

    /** Every token but each row's first counts. */
    public static Batch whole(int[][] rows) {
        int[] from = new int[rows.length];
        Arrays.fill(from, 1);
        return new Batch(rows, from);
    }

    /** The same rows with numbers added to their embeddings. */
    public Batch with(float[][] added) {
        return new Batch(rows, counted, added);
    }

    /** Where counting begins in each row; its length where nothing counts. */
    public int[] from() {
        int[] from = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            while (from[i] < rows[i].length && !counted[i][from[i]]) {
                from[i]++;
            }
        }
        return from;
    }

    /** How many tokens of a row count. */
    public int count(int row) {
        int count = 0;
        for (boolean counts : counted[row]) {
            count += counts ? 1 : 0;
        }
        return count;
    }

    /** N, the number of counted tokens. */
    public int count() {
        int count = 0;
        for (int i = 0; i < rows.length; i++) {
            count += count(i);
        }
        return count;
    }

    /** The counted tokens, flat. */
    public long[] targets() {
        long[] targets = new long[count()];
        int n = 0;
        for (int i = 0; i < rows.length; i++) {
            for (int t = 0; t < rows[i].length; t++) {
                if (counted[i][t]) {
                    targets[n++] = rows[i][t];
                }
            }
        }
        return targets;
    }
}

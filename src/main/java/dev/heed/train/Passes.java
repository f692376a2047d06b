package dev.heed.train;

import dev.heed.run.Draws;

/**
 * Endless passes over n rows, each in an order of its own. Which rows a step takes depends on the step alone, so a resumed
 * run needs no cursor.
 *
 * @param n rows
 * @param purpose names the draw
 */
record Passes(int n, long seed, String purpose) {
    Passes {
        if (n < 1) {
            throw new IllegalArgumentException("no rows to pass over for %s".formatted(purpose));
        }
    }

    /** The rows of one step, {@code size} of them; a pass that ends in the middle goes over into the next. */
    int[] batch(long step, int size) {
        int[] rows = new int[size];
        long pass = -1;
        int[] order = {};
        for (int i = 0; i < size; i++) {
            long position = step * size + i;
            if (position / n != pass) {
                pass = position / n;
                order = Draws.permutation(n, seed, purpose, pass);
            }
            rows[i] = order[(int) (position % n)];
        }
        return rows;
    }
}

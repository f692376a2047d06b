package dev.heed.train;

import dev.heed.run.Draws;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

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

    /**
     * The prompts of one step, each several times, beside each other: its group.
     *
     * @param size prompts a step
     * @param group completions a prompt
     */
    <T> List<T> groups(List<T> prompts, long step, int size, int group) {
        return Arrays.stream(batch(step, size))
                .mapToObj(prompts::get)
                .flatMap(prompt -> Collections.nCopies(group, prompt).stream())
                .toList();
    }

    /** Cuts rows into parts of nearly one size, none of them empty: fewer where there are fewer rows. */
    static List<int[]> cut(int[] rows, int parts) {
        int most = Math.min(parts, rows.length);
        List<int[]> cut = new ArrayList<>();
        for (int p = 0; p < most; p++) {
            cut.add(Arrays.copyOfRange(rows, rows.length * p / most, rows.length * (p + 1) / most));
        }
        return cut;
    }
}

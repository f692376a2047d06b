package dev.heed.text;

import dev.heed.run.Draws;
import java.util.Arrays;
import java.util.List;

/** Documents packed into rows of equal length, so that pretraining wastes no position on padding. */
public final class Corpus {
    private Corpus() {}

    /**
     * All documents one after another (bos document eos bos document eos …; where bos is eos, one of it between two), cut
     * into rows that overlap by one: row i holds positions i·length … i·length + length, inputs and targets at once.
     *
     * @param length tokens to predict a row, at least 1
     * @return (rows, length + 1); what does not fill a last row is left out
     */
    public static int[][] blocks(List<int[]> documents, int length, int bos, int eos) {
        if (length < 1) {
            throw new IllegalArgumentException("length must be at least 1, was %d".formatted(length));
        }
        long tokens = bos == eos ? 1 : 0;
        for (int[] document : documents) {
            tokens += document.length + (bos == eos ? 1 : 2);
        }
        Rows rows = new Rows(Math.toIntExact(Math.max(0, (tokens - 1) / length)), length);
        for (int[] document : documents) {
            rows.add(bos);
            Arrays.stream(document).forEach(rows::add);
            if (bos != eos) {
                rows.add(eos);
            }
        }
        if (bos == eos) {
            rows.add(eos);
        }
        return rows.rows;
    }

    /** The items in an order of their own for each (seed, purpose, epoch). */
    public static <T> List<T> shuffled(List<T> items, long seed, String purpose, long epoch) {
        int[] order = Draws.permutation(items.size(), seed, purpose, epoch);
        return Arrays.stream(order).mapToObj(items::get).toList();
    }

    /** Rows filled one token at a time; a token on a border belongs to both rows. */
    private static final class Rows {
        private final int[][] rows;
        private final int length;
        private int row;
        private int column;

        Rows(int count, int length) {
            rows = new int[count][length + 1];
            this.length = length;
        }

        void add(int id) {
            if (row == rows.length) {
                return;
            }
            rows[row][column++] = id;
            if (column > length) {
                row++;
                column = 0;
                add(id); // at most one deep: a row has at least two columns
            }
        }
    }
}

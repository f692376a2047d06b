package dev.heed.text;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Documents packed into rows of equal length, so that pretraining wastes no position on padding. */
public final class Corpus {
    private Corpus() {}

    /**
     * Whole documents (bos document eos; where bos is eos, one of it between two), each put where it leaves the least room:
     * a question and its answer stay together, and a row begins where a document does (best fit, Ding et al. 2024, "Fewer
     * truncations improve language modeling"). What room is left takes the beginning of further documents. A document longer
     * than a row is cut into rows that overlap by one token.
     *
     * @param length tokens to predict a row, at least 1
     * @return (rows, length + 1), inputs and targets at once; none where all the text is shorter than one row
     */
    public static int[][] blocks(List<int[]> documents, int length, int bos, int eos) {
        if (length < 1) {
            throw new IllegalArgumentException("length must be at least 1, was %d".formatted(length));
        }
        List<int[]> pieces = new ArrayList<>();
        documents.forEach(document -> cut(marked(document, bos, eos), length, pieces));
        if (pieces.stream().mapToLong(piece -> piece.length).sum() <= length) {
            return new int[0][];
        }
        List<Row> rows = bestFit(pieces, length + 1, eos);
        int next = 0;
        for (Row row : rows) {
            while (row.room() > 0) {
                row.add(pieces.get(next++ % pieces.size()));
            }
        }
        return rows.stream().map(row -> row.ids).toArray(int[][]::new);
    }

    private static int[] marked(int[] document, int bos, int eos) {
        int[] marked = new int[document.length + 2];
        marked[0] = bos;
        System.arraycopy(document, 0, marked, 1, document.length);
        marked[document.length + 1] = eos;
        return marked;
    }

    private static void cut(int[] document, int length, List<int[]> pieces) {
        for (int from = 0; from < document.length - 1; from += length) {
            pieces.add(Arrays.copyOfRange(document, from, Math.min(document.length, from + length + 1)));
        }
    }

    private static List<Row> bestFit(List<int[]> pieces, int size, int eos) {
        List<Row> rows = new ArrayList<>();
        TreeMap<Integer, Deque<Row>> byRoom = new TreeMap<>();
        for (int[] piece : pieces) {
            int needed = piece[0] == eos ? piece.length - 1 : piece.length; // a row that is begun ends in eos
            Map.Entry<Integer, Deque<Row>> fitting = byRoom.ceilingEntry(needed);
            Row row;
            if (fitting == null) {
                row = new Row(size);
                rows.add(row);
            } else {
                row = fitting.getValue().remove();
                if (fitting.getValue().isEmpty()) {
                    byRoom.remove(fitting.getKey());
                }
            }
            row.add(piece);
            byRoom.computeIfAbsent(row.room(), room -> new ArrayDeque<>()).add(row);
        }
        return rows;
    }

    /** A row that is being filled. */
    private static final class Row {
        private final int[] ids;
        private int used;

        Row(int size) {
            this.ids = new int[size];
        }

        int room() {
            return ids.length - used;
        }

        /** Takes as much as there is room for; a marker that stands there already is not doubled. */
        void add(int[] piece) {
            int from = used > 0 && ids[used - 1] == piece[0] ? 1 : 0;
            int count = Math.min(room(), piece.length - from);
            System.arraycopy(piece, from, ids, used, count);
            used += count;
        }
    }
}

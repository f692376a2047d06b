package dev.heed.train;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Texts of different lengths put together into rows of one length, so that each update learns from as many tokens. */
final class Packing {
    private Packing() {}

    /**
     * The longest text first, each put into the row where it leaves the least room (best fit, decreasing; Ding et al. 2024).
     *
     * @param lengths tokens of each text
     * @param room tokens that a row holds; a longer text has a row for itself
     * @return the texts of each row, every text in exactly one
     */
    static List<int[]> of(int[] lengths, int room) {
        List<List<Integer>> rows = new ArrayList<>();
        TreeMap<Integer, Deque<Integer>> byRoom = new TreeMap<>();
        IntStream.range(0, lengths.length)
                .boxed()
                .sorted(Comparator.comparingInt(text -> -lengths[text]))
                .forEach(text -> {
                    Map.Entry<Integer, Deque<Integer>> fitting = byRoom.ceilingEntry(lengths[text]);
                    int left = fitting == null ? room : fitting.getKey();
                    int row = fitting == null ? rows.size() : fitting.getValue().remove();
                    if (fitting == null) {
                        rows.add(new ArrayList<>());
                    } else if (fitting.getValue().isEmpty()) {
                        byRoom.remove(left);
                    }
                    rows.get(row).add(text);
                    byRoom.computeIfAbsent(left - lengths[text], r -> new ArrayDeque<>())
                            .add(row);
                });
        return rows.stream()
                .map(row -> row.stream().mapToInt(text -> text).toArray())
                .toList();
    }
}

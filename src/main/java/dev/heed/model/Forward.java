package dev.heed.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.heed.tensor.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Forward passes without gradients over many rows: rows of like length go together, so that little is computed on padding
 * and memory stays bounded; what comes back is plain numbers in the order of the rows.
 */
public final class Forward {
    /** Padded tokens that one pass may hold: measured flat from 2,048 up, so no larger than memory likes. */
    public static final int MAX_TOKENS = 4096;

    private Forward() {}

    /**
     * Rows of ids, and where counting begins in each.
     *
     * @param ids any lengths
     * @param from the first counted position of each row, at least 1
     */
    public record Rows(List<int[]> ids, int[] from) {
        public Rows {
            if (ids.size() != from.length) {
                throw new IllegalArgumentException(
                        "one start per row: got %d rows, %d starts".formatted(ids.size(), from.length));
            }
        }

        /** These of them, as one batch. */
        public Batch batch(int[] chosen) {
            int[][] rows = new int[chosen.length][];
            int[] starts = new int[chosen.length];
            for (int i = 0; i < chosen.length; i++) {
                rows[i] = ids.get(chosen[i]);
                starts[i] = from[chosen[i]];
            }
            return new Batch(rows, starts);
        }

        int counted(int row) {
            return ids.get(row).length - from[row];
        }
    }

    /** Log-probability of each counted token, nats: one array a row. */
    public static float[][] logProbs(Transformer model, Rows rows, double temperature) {
        return each(model, rows, (scope, batch) -> new NDArray[] {model.logProbs(scope, batch, temperature)})[0];
    }

    /** Log-probability of each counted token and entropy of the distribution that it was drawn from, nats. */
    public static LogProbsAndEntropy logProbsAndEntropy(Transformer model, Rows rows, double temperature) {
        float[][][] both = each(model, rows, (scope, batch) -> model.logProbsAndEntropy(scope, batch, temperature));
        return new LogProbsAndEntropy(both[0], both[1]);
    }

    /** One array a row of each. */
    public record LogProbsAndEntropy(float[][] logProbs, float[][] entropy) {}

    /** What a scalar model says before each counted token: one array a row. */
    public static float[][] values(Transformer model, Rows rows) {
        return each(model, rows, (scope, batch) -> new NDArray[] {model.values(scope, batch)})[0];
    }

    /** What a further head on a language model says before each counted token, see {@link Transformer#logProbsAndValues}. */
    public static float[][] values(Transformer model, Rows rows, NDArray head) {
        return each(model, rows, (scope, batch) -> new NDArray[] {model.values(scope, batch, head)})[0];
    }

    /** What a scalar model says at each row's last token. */
    public static float[] scores(Transformer model, List<int[]> rows) {
        float[] scores = new float[rows.size()];
        each(model.torch(), parts(model.torch(), rows, MAX_TOKENS), (scope, group) -> {
            int[][] chosen = IntStream.of(group).mapToObj(rows::get).toArray(int[][]::new);
            float[] part = model.scores(scope, chosen).toFloatArray();
            for (int i = 0; i < group.length; i++) {
                scores[group[i]] = part[i];
            }
        });
        return scores;
    }

    /**
     * Splits rows into groups of like length. Rows that begin alike stay together where they fit: what they have in common is
     * computed once.
     *
     * @param maxTokens a group's rows times its longest row stays at or below this, unless one row alone is longer
     * @return indices into {@code rows}, each exactly once
     */
    public static List<int[]> groups(List<int[]> rows, int maxTokens) {
        int[] lengths = rows.stream().mapToInt(row -> row.length).toArray();
        List<int[]> families = Prefixes.of(rows, lengths).families(lengths);
        families.sort(Comparator.comparingInt((int[] family) -> longest(family, lengths))
                .thenComparingInt(family -> family[0]));
        List<int[]> groups = new ArrayList<>();
        IntStream.Builder group = IntStream.builder();
        int count = 0;
        int longest = 0;
        for (int[] family : families) {
            for (int row : family) {
                longest = Math.max(longest, lengths[row]);
                if (count > 0 && (count + 1) * longest > maxTokens) {
                    groups.add(group.build().toArray());
                    group = IntStream.builder();
                    count = 0;
                    longest = lengths[row];
                }
                group.add(row);
                count++;
            }
        }
        if (count > 0) {
            groups.add(group.build().toArray());
        }
        return groups;
    }

    private static int longest(int[] chosen, int[] lengths) {
        return Arrays.stream(chosen).map(row -> lengths[row]).max().orElseThrow();
    }

    /**
     * Splits rows into the parts that are learned from, see {@code Learner.accumulate}: groups of like length, each in two halves of
     * as many tokens where two are computed beside each other.
     *
     * @param maxTokens as of {@link #groups}
     * @return indices into {@code rows}, each exactly once
     */
    public static List<int[]> parts(Torch torch, List<int[]> rows, int maxTokens) {
        List<int[]> groups = groups(rows, maxTokens);
        return torch.halves()
                ? groups.stream().flatMap(group -> halves(group, rows)).toList()
                : groups;
    }

    /** Rows that begin alike lie beside each other, and are cut apart at one place at most. */
    private static Stream<int[]> halves(int[] group, List<int[]> rows) {
        if (group.length == 1) {
            return Stream.of(group);
        }
        int[] lengths = Arrays.stream(group).map(row -> rows.get(row).length).toArray();
        Prefixes prefixes = Prefixes.of(Arrays.stream(group).mapToObj(rows::get).toList(), lengths);
        int[] order = prefixes.order();
        int[] tokens = new int[group.length]; // of those before each, in their order
        for (int k = 1; k < tokens.length; k++) {
            tokens[k] = tokens[k - 1] + lengths[order[k - 1]] - prefixes.common()[order[k - 1]];
        }
        int all = Arrays.stream(lengths).sum() - prefixes.shared();
        int cut = IntStream.range(1, group.length)
                .boxed()
                .min(Comparator.comparingInt( // what the second half has in common with the first it computes again
                        k -> Math.max(tokens[k], all - tokens[k] + prefixes.common()[order[k]])))
                .orElseThrow();
        int[] alike = Arrays.stream(order).map(i -> group[i]).toArray();
        return Stream.of(Arrays.copyOf(alike, cut), Arrays.copyOfRange(alike, cut, alike.length));
    }

    private static float[][][] each(Transformer model, Rows rows, BiFunction<NDManager, Batch, NDArray[]> pass) {
        float[][][] all = {new float[rows.ids().size()][], new float[rows.ids().size()][]};
        each(model.torch(), parts(model.torch(), rows.ids(), MAX_TOKENS), (scope, group) -> {
            NDArray[] results = pass.apply(scope, rows.batch(group));
            for (int r = 0; r < results.length; r++) {
                scatter(results[r].toFloatArray(), group, rows, all[r]);
            }
        });
        return all;
    }

    /** Passes over some parts, two of them beside each other. */
    public static void each(Torch torch, List<int[]> parts, BiConsumer<NDManager, int[]> pass) {
        IntConsumer of = part -> {
            try (NDManager scope = torch.manager().newSubManager()) {
                pass.accept(scope, parts.get(part));
            }
        };
        if (parts.size() == 1) {
            of.accept(0); // with all threads
        } else {
            torch.both(
                    () -> IntStream.range(0, parts.size())
                            .filter(i -> i % 2 == 0)
                            .forEach(of),
                    () -> IntStream.range(0, parts.size())
                            .filter(i -> i % 2 == 1)
                            .forEach(of));
        }
    }

    /** Cuts a flat array into the rows that it came from. */
    private static void scatter(float[] flat, int[] group, Rows rows, float[][] into) {
        int start = 0;
        for (int row : group) {
            into[row] = java.util.Arrays.copyOfRange(flat, start, start + rows.counted(row));
            start += rows.counted(row);
        }
    }
}

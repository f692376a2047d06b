package dev.heed.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.heed.run.UserError;
import dev.heed.tensor.Kernels;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Rows of different lengths on their way through the network. Their M tokens lie flat, so that no product is spent on padding,
 * and those that rows begin with in common lie there once; only attention sees a rectangle (B, T), padded on the right.
 */
final class Ragged {
    /** At least one token in so many must be spared, as to gather the rows takes time too. */
    private static final int WORTH_SHARING = 16;

    private final Kernels kernels;
    private final int[][] rows;
    private final int[][] places; // of each row's tokens among the M
    private final int tokens;
    private final int longest;
    private final @Nullable NDArray flatOfPlace; // (B, T): which token stands there, any at a padded place
    private final @Nullable NDArray placeOfFlat; // (M): where each token stands in the rectangle
    private final NDManager scope;

    /**
     * Rows that are read up to a length each.
     *
     * @param lengths how many tokens of each row, at least 1
     */
    Ragged(NDManager scope, Kernels kernels, int[][] rows, int[] lengths) {
        this(scope, kernels, rows, lengths, Prefixes.of(Arrays.asList(rows), lengths));
    }

    /** As rows that have nothing in common, so that what is added to a token reaches no other row's. */
    static Ragged apart(NDManager scope, Kernels kernels, int[][] rows, int[] lengths) {
        return new Ragged(scope, kernels, rows, lengths, Prefixes.none(rows.length));
    }

    private Ragged(NDManager scope, Kernels kernels, int[][] rows, int[] lengths, Prefixes prefixes) {
        this.scope = scope;
        this.kernels = kernels;
        this.rows = rows;
        longest = Arrays.stream(lengths).max().orElseThrow();
        int all = Arrays.stream(lengths).sum();
        Prefixes spared = prefixes.shared() * WORTH_SHARING < all ? Prefixes.none(rows.length) : prefixes;
        tokens = all - spared.shared();
        places = places(lengths, spared);
        if (tokens == rows.length * longest) {
            flatOfPlace = null;
            placeOfFlat = null;
        } else {
            long[] flat = new long[rows.length * longest];
            long[] inRectangle = new long[tokens];
            for (int i = 0; i < rows.length; i++) {
                for (int t = 0; t < lengths[i]; t++) {
                    flat[i * longest + t] = places[i][t];
                    inRectangle[places[i][t]] = (long) i * longest + t;
                }
            }
            flatOfPlace = scope.create(flat, new Shape(rows.length, longest));
            placeOfFlat = scope.create(inRectangle);
        }
    }

    private static int[][] places(int[] lengths, Prefixes prefixes) {
        int[][] places = new int[lengths.length][];
        int[] before = {};
        int next = 0;
        for (int row : prefixes.order()) {
            places[row] = Arrays.copyOf(before, lengths[row]);
            for (int t = prefixes.common()[row]; t < lengths[row]; t++) {
                places[row][t] = next++;
            }
            before = places[row];
        }
        return places;
    }

    /** T. */
    int longest() {
        return longest;
    }

    /**
     * The tokens, flat.
     *
     * @return (M), int64
     * @throws UserError if one is outside the vocabulary
     */
    NDArray ids(int vocabulary) {
        long[] ids = new long[tokens];
        for (int i = 0; i < rows.length; i++) {
            for (int t = 0; t < places[i].length; t++) {
                int id = rows[i][t];
                if (id < 0 || id >= vocabulary) {
                    throw new UserError("token %d is outside the model's vocabulary of %d; tokenizer and model differ"
                            .formatted(id, vocabulary));
                }
                ids[places[i][t]] = id;
            }
        }
        return scope.create(ids);
    }

    /**
     * Embeddings with numbers added to them.
     *
     * @param x (M, C)
     * @param noise as in {@link Batch}
     * @return (M, C)
     */
    NDArray disturbed(NDArray x, float[][] noise) {
        if (noise.length == 0) {
            return x;
        }
        int width = (int) x.getShape().get(1);
        float[] added = new float[tokens * width];
        for (int i = 0; i < rows.length; i++) {
            for (int t = 0; t < places[i].length; t++) {
                System.arraycopy(noise[i], t * width, added, places[i][t] * width, width);
            }
        }
        return x.add(scope.create(added, x.getShape()));
    }

    /** Each token's place in its row: (M), int64. */
    NDArray positions() {
        long[] positions = new long[tokens];
        for (int i = 0; i < rows.length; i++) {
            for (int t = 0; t < places[i].length; t++) {
                positions[places[i][t]] = t;
            }
        }
        return scope.create(positions);
    }

    /** From (M, X) to (B, T, X); what stands at padded places does not matter, for no token looks there. */
    NDArray rectangle(NDArray flat) {
        return flatOfPlace == null
                ? flat.reshape(rows.length, longest, flat.getShape().get(1))
                : kernels.select(flat, flatOfPlace);
    }

    /** From (B, T, X) to (M, X). */
    NDArray flat(NDArray rectangle) {
        return placeOfFlat == null
                ? rectangle.reshape(tokens, rectangle.getShape().get(2))
                : kernels.select(rectangle, placeOfFlat);
    }

    /**
     * Hidden states at the position before each counted token.
     *
     * @param x (M, C)
     * @param counted as in {@link Batch}
     * @return (N, C)
     */
    NDArray before(NDArray x, boolean[][] counted) {
        LongStream.Builder chosen = LongStream.builder();
        for (int i = 0; i < rows.length; i++) {
            for (int t = 1; t < rows[i].length; t++) {
                if (counted[i][t]) {
                    chosen.add(places[i][t - 1]);
                }
            }
        }
        return chosen(x, chosen.build().toArray());
    }

    /**
     * Hidden states at each row's last token.
     *
     * @param x (M, C)
     * @return (B, C)
     */
    NDArray lasts(NDArray x) {
        return chosen(
                x, Arrays.stream(places).mapToLong(row -> row[row.length - 1]).toArray());
    }

    private NDArray chosen(NDArray x, long[] those) {
        boolean all = those.length == tokens && IntStream.range(0, tokens).allMatch(i -> those[i] == i);
        return all ? x : kernels.select(x, scope.create(those));
    }
}

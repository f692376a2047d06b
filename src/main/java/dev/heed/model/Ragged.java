package dev.heed.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.heed.run.UserError;
import dev.heed.tensor.Kernels;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Rows of different lengths on their way through the network. Their M tokens lie flat, one row after the other, so that no
 * product is spent on padding; only attention sees them as a rectangle (B, T), padded on the right.
 */
final class Ragged {
    private final Kernels kernels;
    private final int[][] rows;
    private final int[] lengths;
    private final int[] starts;
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
        this.scope = scope;
        this.kernels = kernels;
        this.rows = rows;
        this.lengths = lengths;
        longest = Arrays.stream(lengths).max().orElseThrow();
        starts = new int[rows.length + 1];
        for (int i = 0; i < rows.length; i++) {
            starts[i + 1] = starts[i] + lengths[i];
        }
        if (tokens() == rows.length * longest) {
            flatOfPlace = null;
            placeOfFlat = null;
        } else {
            long[] flat = new long[rows.length * longest];
            long[] places = new long[tokens()];
            for (int i = 0; i < rows.length; i++) {
                for (int t = 0; t < lengths[i]; t++) {
                    flat[i * longest + t] = (long) starts[i] + t;
                    places[starts[i] + t] = (long) i * longest + t;
                }
            }
            flatOfPlace = scope.create(flat, new Shape(rows.length, longest));
            placeOfFlat = scope.create(places);
        }
    }

    /** M. */
    private int tokens() {
        return starts[rows.length];
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
        long[] ids = new long[tokens()];
        for (int i = 0; i < rows.length; i++) {
            for (int t = 0; t < lengths[i]; t++) {
                int id = rows[i][t];
                if (id < 0 || id >= vocabulary) {
                    throw new UserError("token %d is outside the model's vocabulary of %d; tokenizer and model differ"
                            .formatted(id, vocabulary));
                }
                ids[starts[i] + t] = id;
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
        float[] added = new float[tokens() * width];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(noise[i], 0, added, starts[i] * width, lengths[i] * width);
        }
        return x.add(scope.create(added, x.getShape()));
    }

    /** Each token's place in its row: (M), int64. */
    NDArray positions() {
        long[] positions = new long[tokens()];
        for (int i = 0; i < rows.length; i++) {
            for (int t = 0; t < lengths[i]; t++) {
                positions[starts[i] + t] = t;
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
                ? rectangle.reshape(tokens(), rectangle.getShape().get(2))
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
        LongStream.Builder places = LongStream.builder();
        for (int i = 0; i < rows.length; i++) {
            for (int t = 1; t < rows[i].length; t++) {
                if (counted[i][t]) {
                    places.add((long) starts[i] + t - 1);
                }
            }
        }
        long[] chosen = places.build().toArray();
        return chosen.length == tokens() ? x : kernels.select(x, scope.create(chosen));
    }

    /**
     * Hidden states at each row's last token.
     *
     * @param x (M, C)
     * @return (B, C)
     */
    NDArray lasts(NDArray x) {
        long[] places = new long[rows.length];
        for (int i = 0; i < places.length; i++) {
            places[i] = starts[i + 1] - 1L;
        }
        return kernels.select(x, scope.create(places));
    }
}

package dev.heed.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.heed.model.Batch;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Tokens of B completions, flat: those of the first, then those of the second. Sums over completions and the way back are
 * products with a matrix of zeros and ones.
 *
 * @param lengths tokens of each, at least 0
 */
record Spans(int... lengths) {
    /** Of the counted tokens of a batch. */
    static Spans of(Batch batch) {
        return new Spans(
                IntStream.range(0, batch.rows().length).map(batch::count).toArray());
    }

    /** N, of all. */
    int tokens() {
        return Arrays.stream(lengths).sum();
    }

    /** Where each begins, and at the end N: B + 1 numbers. */
    int[] starts() {
        int[] starts = new int[lengths.length + 1];
        for (int i = 0; i < lengths.length; i++) {
            starts[i + 1] = starts[i] + lengths[i];
        }
        return starts;
    }

    /**
     * One number a completion.
     *
     * @param perToken (N); the gradient flows through it
     * @return (B)
     */
    NDArray sums(NDArray perToken) {
        return belonging(perToken).matMul(perToken.reshape(-1, 1)).squeeze(1);
    }

    /**
     * A completion's number at each of its tokens.
     *
     * @param perCompletion (B); the gradient flows through it
     * @return (N)
     */
    NDArray spread(NDArray perCompletion) {
        return belonging(perCompletion)
                .transpose()
                .matMul(perCompletion.reshape(-1, 1))
                .squeeze(1);
    }

    /** A completion's number at each of its tokens. */
    float[] spread(float[] perCompletion) {
        float[] spread = new float[tokens()];
        int[] starts = starts();
        for (int i = 0; i < lengths.length; i++) {
            Arrays.fill(spread, starts[i], starts[i + 1], perCompletion[i]);
        }
        return spread;
    }

    /** (B, N): 1 where the token is of the completion. */
    private NDArray belonging(NDArray beside) {
        float[] belongs = new float[lengths.length * tokens()];
        int[] starts = starts();
        for (int i = 0; i < lengths.length; i++) {
            Arrays.fill(belongs, i * tokens() + starts[i], i * tokens() + starts[i + 1], 1);
        }
        return beside.getManager().create(belongs, new Shape(lengths.length, tokens()));
    }
}

package dev.heed.eval.scaling;

import org.jspecify.annotations.Nullable;

/**
 * What one run of a ladder came to.
 *
 * @param run its name
 * @param onLine whether its tokens are in the plan's proportion to its parameters: only such runs say how the loss falls with
 *     compute alone
 * @param loss on held-out text, nats a token
 * @param bitsPerByte the same text's
 * @param curve held-out loss at each tenth of the training, on a part of that text
 * @param surprises −ln of the probability of the right answer to each question about the text, nats, by groups of questions as
 *     hard as each other, the easiest first; empty where there are none
 * @param seconds that its training took; NaN where it was interrupted
 * @param text SHA-256 of what it learned from
 * @param tokenizer SHA-256 of the tokenizer
 * @param diverged why it never came to an end; null where it did
 */
public record Trial(
        String run,
        int width,
        boolean onLine,
        long seed,
        Spent spent,
        double loss,
        double bitsPerByte,
        double[] curve,
        double[][] surprises,
        double seconds,
        String text,
        String tokenizer,
        @Nullable String diverged) {
    /** The same with another number in place of its loss. */
    Trial at(double other) {
        return new Trial(
                run,
                width,
                onLine,
                seed,
                spent,
                other,
                bitsPerByte,
                curve,
                surprises,
                seconds,
                text,
                tokenizer,
                diverged);
    }

    /** Measured floating-point operations a second; NaN where the time is not known. */
    public double flopsPerSecond() {
        return spent.flops() / seconds;
    }
}

package dev.heed.eval.scaling;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/**
 * What is left of the loss however much is spent: the text's own entropy. Where that is known, a law has an unknown less, and one
 * that a ladder says least of; otherwise it is the law's last unknown, as a logarithm.
 *
 * @param known nats a token; 0 where it is to be found
 * @param least loss that was measured, nats
 */
record Left(double known, double least) {
    private static final double[] SHARES = {.02, .4, .8};

    /** Below this share of the least loss, what is left is nothing. */
    private static final double NOTHING = 1e-6;

    /** Shares of the least loss to start from. */
    double[] shares() {
        return known > 0 ? new double[] {known / least} : SHARES;
    }

    /** The share to start from near to what was found before. */
    double share(double found) {
        return known > 0 ? known / least : Math.min(.95, found / least) + NOTHING;
    }

    /** The nats between a loss and what is left of it, where that is a share of the least loss. */
    double above(double loss, double share) {
        return Math.max(loss - share * least, NOTHING * loss);
    }

    /** All unknowns to start from. */
    double[] start(double share, double... others) {
        return known > 0
                ? others
                : DoubleStream.concat(Arrays.stream(others), DoubleStream.of(Math.log(share * least)))
                        .toArray();
    }

    /** What is left by these unknowns. */
    double of(double[] unknowns) {
        return known > 0 ? known : Math.exp(unknowns[unknowns.length - 1]) + NOTHING * least;
    }
}

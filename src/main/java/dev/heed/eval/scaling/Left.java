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

    private static final double DELTA_ABOVE = 0.1;

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

    /**
     * ln of an expected loss over one that was measured. Where what is left is known, of what is above it of either: the rest
     * cannot be wrong, and would only hide by how much a law is off.
     *
     * @param above what the law expects above what is left, nats
     */
    double residual(double above, double[] unknowns, double loss) {
        return known > 0 ? Math.log(above / (loss - known)) : Math.log((above + of(unknowns)) / loss);
    }

    /** Residuals below it count by their squares; seeds alone differ by about as much. */
    double delta() {
        return known > 0 ? DELTA_ABOVE : Law.DELTA;
    }

    /** What is left by these unknowns. */
    double of(double[] unknowns) {
        return known > 0 ? known : Math.exp(unknowns[unknowns.length - 1]) + NOTHING * least;
    }
}

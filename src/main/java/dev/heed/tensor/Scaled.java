package dev.heed.tensor;

import ai.djl.ndarray.NDArray;

/**
 * Products and quotients with a number, safe to learn through. DJL's own {@code mul(Number)} and {@code div(Number)} put the
 * number into memory of Java's and let go of it at once, while the backward pass still wants it: where garbage is collected
 * between the passes, the gradient is whatever stands there then. Here the number belongs to the manager of x.
 */
public final class Scaled {
    private Scaled() {}

    /** x · factor, in float32. */
    public static NDArray times(NDArray x, double factor) {
        return x.mul(x.getManager().create((float) factor));
    }

    /** x / divisor, in float32. */
    public static NDArray over(NDArray x, double divisor) {
        return x.div(x.getManager().create((float) divisor));
    }
}

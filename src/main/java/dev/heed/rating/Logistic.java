package dev.heed.rating;

/** The logistic function and the logarithm of its denominator. */
public final class Logistic {
    private Logistic() {}

    public static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /** ln(1 + eˣ), without overflow. */
    public static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }
}

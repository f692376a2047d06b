package dev.heed.rating;

import java.util.stream.IntStream;

/** Newton's method, its steps halved where a whole one would lead upwards. */
final class Newton {
    private static final int MOST_STEPS = 100;

    private Newton() {}

    /** A strictly convex function of a few numbers. */
    interface Convex {
        double value(double[] at);

        double[] gradient(double[] at);

        /** Second derivatives, positive definite. */
        double[][] curvature(double[] at);
    }

    /**
     * Where the function is least.
     *
     * @throws IllegalStateException if that is not found: it may lie at infinity
     */
    static double[] minimum(Convex function, double[] start) {
        double[] at = start;
        double value = function.value(at);
        for (int i = 0; i < MOST_STEPS; i++) {
            double[] gradient = function.gradient(at);
            double[] step = Cholesky.of(function.curvature(at)).solve(gradient);
            // Twice what the step promises; below this, rounding hides whether it led downwards.
            boolean last = dot(gradient, step) <= 1e-13 * (1 + Math.abs(value));
            double size = 1;
            double[] next = moved(at, step, size);
            while (!last && !(function.value(next) <= value)) {
                size /= 2;
                if (size < 1e-12) {
                    throw new IllegalStateException("no way down from value %s after %d steps".formatted(value, i));
                }
                next = moved(at, step, size);
            }
            at = next;
            if (last) {
                return at;
            }
            value = function.value(at);
        }
        throw new IllegalStateException("no minimum after %d steps, value %s".formatted(MOST_STEPS, value));
    }

    private static double[] moved(double[] at, double[] step, double size) {
        return IntStream.range(0, at.length)
                .mapToDouble(i -> at[i] - size * step[i])
                .toArray();
    }

    private static double dot(double[] a, double[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
    }
}

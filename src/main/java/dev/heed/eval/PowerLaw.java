package dev.heed.eval;

import dev.heed.quality.Finite;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * L = a C^−b + c: how a loss L falls with compute, data or parameters C. Source: Hestness et al. 2017, arXiv:1712.00409;
 * Hoffmann et al. 2022, arXiv:2203.15556, §3.3. Deviation 1: least squares of L itself, not a robust loss of its logarithm.
 * Deviation 2: for each b the best a and c are known in closed form (Golub and Pereyra 1973), so only b is searched.
 *
 * @param a loss above c at C = 1, in the unit of L; poorly determined where all C are large
 * @param b above 0
 * @param c what is left however large C, in the unit of L
 * @param squaredError Σ (L − fit)²
 */
public record PowerLaw(double a, double b, double c, double squaredError) {
    /** Over all of the data, C^−b falls by a factor of e to the power of this at least; less is no different from a logarithm. */
    private static final double FLATTEST = 1e-3;

    /** And this at most; more is a step down from the smallest C. */
    private static final double STEEPEST = 200;

    private static final int COARSE = 400;

    /** The golden section: 1 / φ. */
    private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

    /**
     * @param x C, above 0, at least three different ones
     * @param y L at each
     * @throws IllegalArgumentException if the best b is at an end of what is searched: y does not bend as a power law does
     */
    public static PowerLaw fit(double[] x, double[] y) {
        expectPoints(x, y);
        double[] log = Arrays.stream(x).map(Math::log).toArray();
        double range = Arrays.stream(log).max().orElseThrow()
                - Arrays.stream(log).min().orElseThrow();
        List<PowerLaw> coarse = IntStream.rangeClosed(0, COARSE)
                .mapToDouble(i -> FLATTEST * Math.pow(STEEPEST / FLATTEST, (double) i / COARSE) / range)
                .mapToObj(b -> with(b, log, y))
                .toList();
        int best = IntStream.rangeClosed(0, COARSE)
                .boxed()
                .min(Comparator.comparingDouble(i -> coarse.get(i).squaredError))
                .orElseThrow();
        if (best == 0 || best == COARSE) {
            throw new IllegalArgumentException(
                    "no power law fits: its exponent would be %s, an end of the search (%s to %s)"
                            .formatted(coarse.get(best).b, coarse.get(0).b, coarse.get(COARSE).b));
        }
        return between(coarse.get(best - 1).b, coarse.get(best + 1).b, log, y);
    }

    /** The fitted L at C. */
    public double at(double x) {
        return a * Math.pow(x, -b) + c;
    }

    private static void expectPoints(double[] x, double[] y) {
        if (x.length != y.length) {
            throw new IllegalArgumentException("one y per x: got %d, %d".formatted(x.length, y.length));
        }
        Finite.expectNotNegative("x", x);
        Finite.expect("y", y);
        if (Arrays.stream(x).anyMatch(v -> v == 0)) {
            throw new IllegalArgumentException("x must be above 0, was 0.0");
        }
        Finite.expectAtLeast(3, "different x", (int) Arrays.stream(x).distinct().count());
    }

    /** Golden-section search, until rounding hides the difference. */
    private static PowerLaw between(double from, double to, double[] log, double[] y) {
        double low = from;
        double high = to;
        PowerLaw left = with(high - GOLDEN * (high - low), log, y);
        PowerLaw right = with(low + GOLDEN * (high - low), log, y);
        while (high - low > 1e-9 * high) {
            if (left.squaredError < right.squaredError) {
                high = right.b;
                right = left;
                left = with(high - GOLDEN * (high - low), log, y);
            } else {
                low = left.b;
                left = right;
                right = with(low + GOLDEN * (high - low), log, y);
            }
        }
        return left.squaredError < right.squaredError ? left : right;
    }

    /** The best a and c for this b: a line through y over z = (C / C₀)^−b, C₀ the geometric mean. */
    private static PowerLaw with(double b, double[] log, double[] y) {
        double middle = Arrays.stream(log).average().orElseThrow();
        double[] z = Arrays.stream(log).map(l -> Math.exp(-b * (l - middle))).toArray();
        double meanZ = Arrays.stream(z).average().orElseThrow();
        double meanY = Arrays.stream(y).average().orElseThrow();
        double zy = 0;
        double zz = 0;
        for (int i = 0; i < z.length; i++) {
            zy += (z[i] - meanZ) * (y[i] - meanY);
            zz += (z[i] - meanZ) * (z[i] - meanZ);
        }
        double slope = zy / zz;
        double error = 0;
        for (int i = 0; i < z.length; i++) {
            double residual = y[i] - meanY - slope * (z[i] - meanZ);
            error += residual * residual;
        }
        return new PowerLaw(slope * Math.exp(b * middle), b, meanY - slope * meanZ, error);
    }
}

package dev.heed.eval.scaling;

import dev.heed.quality.Finite;
import java.util.Arrays;

/** What a law is fitted to. */
record Points(double[] x, double[] losses) {
    Points {
        if (x.length != losses.length) {
            throw new IllegalArgumentException("one loss per x: got %d, %d".formatted(x.length, losses.length));
        }
        Finite.expectNotNegative("x", x);
        Finite.expectNotNegative("losses", losses);
        Finite.expectAtLeast(3, "different x", (int) Arrays.stream(x).distinct().count());
    }

    /** Nats above what is left that are expected. */
    interface Above {
        double at(double x, int index);
    }

    /** How far a law is off at each of them. */
    double[] residuals(Left left, double[] unknowns, Above above) {
        double[] residuals = new double[x.length];
        Arrays.setAll(residuals, i -> left.residual(above.at(x[i], i), unknowns, losses[i]));
        return residuals;
    }

    /** Mean of ln x. */
    double middle() {
        return Arrays.stream(x).map(Math::log).average().orElseThrow();
    }

    double least() {
        return Arrays.stream(losses).min().orElseThrow();
    }

    /** Median of the losses. */
    double typical() {
        return Arrays.stream(losses).sorted().toArray()[losses.length / 2];
    }
}

package dev.heed.eval.scaling;

import dev.heed.rating.Cholesky;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/**
 * Least Σ huber(r), where huber(r) is r²/2 up to δ and δ(|r| − δ/2) beyond, so that a few odd points pull little: the method of
 * Levenberg and Marquardt on squares that are weighted anew at each step (Huber 1964; Marquardt 1963). Derivatives are central
 * differences.
 */
final class RobustFit {
    private static final int MOST_STEPS = 100;
    private static final double STEP = 1e-6;

    private final UnaryOperator<double[]> residuals;
    private final double delta;

    /**
     * @param residuals of some unknowns, always as many
     * @param delta above 0
     */
    RobustFit(UnaryOperator<double[]> residuals, double delta) {
        this.residuals = residuals;
        this.delta = delta;
    }

    /** @param loss Σ huber(r) there; infinite where a residual is no number */
    record Found(double[] unknowns, double loss) {}

    /** The best that is found from any of these. */
    Found from(Iterable<double[]> starts) {
        Found best = new Found(new double[0], Double.POSITIVE_INFINITY);
        for (double[] start : starts) {
            Found found = from(start);
            best = found.loss < best.loss ? found : best;
        }
        return best;
    }

    private Found from(double[] start) {
        Found now = new Found(start, loss(residuals.apply(start)));
        double damping = 1e-3;
        for (int i = 0; i < MOST_STEPS && damping < 1e9; i++) {
            Found next = stepped(now, damping);
            if (next.loss < now.loss) {
                boolean still = now.loss - next.loss < 1e-11 * now.loss;
                now = next;
                if (still) {
                    break;
                }
                damping /= 5;
            } else {
                damping *= 4;
            }
        }
        return now;
    }

    private Found stepped(Found now, double damping) {
        int n = now.unknowns.length;
        double[] r = residuals.apply(now.unknowns);
        double[][] slopes = slopes(now.unknowns);
        double[][] normal = new double[n][n];
        double[] down = new double[n];
        for (int p = 0; p < r.length; p++) {
            double weight = Math.abs(r[p]) <= delta ? 1 : delta / Math.abs(r[p]);
            for (int i = 0; i < n; i++) {
                down[i] -= weight * slopes[i][p] * r[p];
                for (int j = 0; j < n; j++) {
                    normal[i][j] += weight * slopes[i][p] * slopes[j][p];
                }
            }
        }
        for (int i = 0; i < n; i++) {
            normal[i][i] += damping * (normal[i][i] + 1e-12);
        }
        try {
            double[] step = Cholesky.of(normal).solve(down);
            double[] next = new double[n];
            Arrays.setAll(next, i -> now.unknowns[i] + step[i]);
            return new Found(next, loss(residuals.apply(next)));
        } catch (IllegalArgumentException flat) {
            return new Found(now.unknowns, Double.POSITIVE_INFINITY); // more damping makes it definite
        }
    }

    /** (unknowns, residuals) */
    private double[][] slopes(double[] at) {
        double[][] slopes = new double[at.length][];
        for (int i = 0; i < at.length; i++) {
            double h = STEP * Math.max(1, Math.abs(at[i]));
            double[] above = at.clone();
            double[] below = at.clone();
            above[i] += h;
            below[i] -= h;
            double[] up = residuals.apply(above);
            double[] low = residuals.apply(below);
            slopes[i] = new double[up.length];
            Arrays.setAll(slopes[i], p -> (up[p] - low[p]) / (2 * h));
        }
        return slopes;
    }

    private double loss(double[] r) {
        double sum = 0;
        for (double one : r) {
            double size = Math.abs(one);
            sum += size <= delta ? size * size / 2 : delta * (size - delta / 2);
        }
        return Double.isNaN(sum) ? Double.POSITIVE_INFINITY : sum;
    }
}

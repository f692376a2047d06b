package dev.heed.eval.scaling;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * L(N, D) = E + A/N^α + B/D^β: the loss by parameters and tokens (Hoffmann et al. 2022, arXiv:2203.15556, eq. 2), fitted as
 * there: least Huber loss of ln L from a grid of starts. Deviation 1: δ = 0.01, not 0.001. Deviation 2: N are the numbers that a
 * token is multiplied with, without the embedding.
 *
 * @param e what is left of an endless model on endless text, nats
 * @param error least Σ huber of ln L
 */
public record SizeLaw(double e, double a, double alpha, double b, double beta, double error) implements Law {
    private static final double[] FLOORS = {.05, .4, .8};
    private static final double[] EXPONENTS = {.1, .3, .7};
    private static final double NOTHING = 1e-6;

    /** @param trials with at least three different numbers of parameters, and of tokens */
    public static SizeLaw fit(List<Trial> trials) {
        Grid grid = Grid.of(trials);
        return fit(grid.n, grid.d, grid.losses);
    }

    /**
     * @param n parameters, above 0
     * @param d tokens, above 0
     * @param losses L at each
     */
    public static SizeLaw fit(double[] n, double[] d, double[] losses) {
        Grid grid = new Grid(n, d, losses);
        List<double[]> starts = new ArrayList<>();
        for (double floor : FLOORS) {
            for (double alpha : EXPONENTS) {
                for (double beta : EXPONENTS) {
                    starts.add(grid.start(floor, alpha, beta));
                }
            }
        }
        return grid.from(starts);
    }

    /** What it is fitted to. */
    private record Grid(double[] n, double[] d, double[] losses) {
        static Grid of(List<Trial> trials) {
            return new Grid(
                    trials.stream().mapToDouble(t -> t.spent().parameters()).toArray(),
                    trials.stream().mapToDouble(t -> t.spent().tokens()).toArray(),
                    trials.stream().mapToDouble(Trial::loss).toArray());
        }

        Points sizes() {
            return new Points(n, losses);
        }

        /** The unknowns: ln of (E above nothing, A N0^−α, α, B D0^−β, β); N0 and D0 the geometric means. */
        double[] start(double floor, double alpha, double beta) {
            Points sizes = sizes();
            double half = Math.log((sizes.typical() - floor * sizes.least()) / 2);
            return new double[] {Math.log(floor * sizes.least()), half, Math.log(alpha), half, Math.log(beta)};
        }

        SizeLaw from(List<double[]> starts) {
            Points sizes = sizes();
            double middleN = sizes.middle();
            double middleD = new Points(d, losses).middle();
            double nothing = NOTHING * sizes.least();
            RobustFit fit = new RobustFit(
                    u -> sizes.residuals((size, i) -> Math.exp(u[0])
                            + nothing
                            + Math.exp(u[1] - Math.exp(u[2]) * (Math.log(size) - middleN))
                            + Math.exp(u[3] - Math.exp(u[4]) * (Math.log(d[i]) - middleD))),
                    DELTA);
            RobustFit.Found found = fit.from(starts);
            double[] u = found.unknowns();
            double alpha = Math.exp(u[2]);
            double beta = Math.exp(u[4]);
            return new SizeLaw(
                    Math.exp(u[0]) + nothing,
                    Math.exp(u[1] + alpha * middleN),
                    alpha,
                    Math.exp(u[3] + beta * middleD),
                    beta,
                    found.loss());
        }
    }

    @Override
    public double at(Spent spent) {
        return at((double) spent.parameters(), (double) spent.tokens());
    }

    /** The loss of a model of so many parameters after so many tokens. */
    public double at(double n, double d) {
        return e + a * Math.pow(n, -alpha) + b * Math.pow(d, -beta);
    }

    @Override
    public String formula() {
        return String.format(Locale.ROOT, "L(N, D) = %.4f + %.4g / N^%.4f + %.4g / D^%.4f", e, a, alpha, b, beta);
    }

    @Override
    public Law anew(List<Trial> trials) {
        return fit(trials);
    }

    @Override
    public Law near(List<Trial> trials) {
        Grid grid = Grid.of(trials);
        double floor = Math.min(.95, e / grid.sizes().least());
        return grid.from(List.of(grid.start(floor, alpha, beta), grid.start(.05, alpha / 2, beta / 2)));
    }

    @Override
    public boolean takes(Trial trial) {
        return true;
    }
}

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
 * @param error least Σ huber of the residuals, see {@link Left#residual}
 */
public record SizeLaw(double e, double a, double alpha, double b, double beta, double error) implements Law {
    private static final double[] EXPONENTS = {.1, .3, .7};

    /**
     * @param trials with at least three different numbers of parameters, and of tokens
     * @param left nats that are known to be left; 0 where they are not
     */
    public static SizeLaw fit(List<Trial> trials, double left) {
        return Grid.of(trials, left).fit();
    }

    /**
     * @param n parameters, above 0
     * @param d tokens, above 0
     * @param losses L at each
     */
    public static SizeLaw fit(double[] n, double[] d, double[] losses) {
        return Grid.of(new Points(n, losses), d, 0).fit();
    }

    /**
     * What it is fitted to.
     *
     * @param sizes the losses over N
     * @param d tokens of each
     */
    private record Grid(Points sizes, double[] d, Left left) {
        static Grid of(List<Trial> trials, double left) {
            Points sizes = new Points(
                    trials.stream().mapToDouble(t -> t.spent().parameters()).toArray(),
                    trials.stream().mapToDouble(Trial::loss).toArray());
            return of(
                    sizes, trials.stream().mapToDouble(t -> t.spent().tokens()).toArray(), left);
        }

        static Grid of(Points sizes, double[] d, double left) {
            return new Grid(sizes, d, new Left(left, sizes.least()));
        }

        SizeLaw fit() {
            List<double[]> starts = new ArrayList<>();
            for (double share : left.shares()) {
                for (double alpha : EXPONENTS) {
                    for (double beta : EXPONENTS) {
                        starts.add(start(share, alpha, beta));
                    }
                }
            }
            return from(starts);
        }

        /** The unknowns: ln of (A N0^−α, α, B D0^−β, β), and what is left; N0 and D0 the geometric means. */
        double[] start(double share, double alpha, double beta) {
            double half = Math.log(left.above(sizes.typical(), share) / 2);
            return left.start(share, half, Math.log(alpha), half, Math.log(beta));
        }

        SizeLaw from(List<double[]> starts) {
            double middleN = sizes.middle();
            double middleD = new Points(d, sizes.losses()).middle();
            RobustFit fit = new RobustFit(
                    u -> sizes.residuals(
                            left,
                            u,
                            (size, i) -> Math.exp(u[0] - Math.exp(u[1]) * (Math.log(size) - middleN))
                                    + Math.exp(u[2] - Math.exp(u[3]) * (Math.log(d[i]) - middleD))),
                    left.delta());
            RobustFit.Found found = fit.from(starts);
            double[] u = found.unknowns();
            double alpha = Math.exp(u[1]);
            double beta = Math.exp(u[3]);
            return new SizeLaw(
                    left.of(u),
                    Math.exp(u[0] + alpha * middleN),
                    alpha,
                    Math.exp(u[2] + beta * middleD),
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
    public Law anew(List<Trial> trials, double left) {
        return fit(trials, left);
    }

    @Override
    public Law near(List<Trial> trials, double known) {
        Grid grid = Grid.of(trials, known);
        return grid.from(List.of(
                grid.start(grid.left.share(e), alpha, beta),
                grid.start(grid.left.shares()[0], alpha / 2, beta / 2)));
    }

    @Override
    public boolean takes(Trial trial) {
        return true;
    }
}

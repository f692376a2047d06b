package dev.heed.eval.scaling;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * L(C) = a C^b + c: the loss by compute alone (OpenAI 2023, GPT-4 technical report, §3.1), fitted by a robust loss of ln L from
 * many starts (Hoffmann et al. 2022, arXiv:2203.15556, §3.3).
 *
 * @param a nats above c at C = 1
 * @param b below 0
 * @param c what is left however large C, nats
 * @param error least Σ huber of the residuals, see {@link Left#residual}
 */
public record ComputeLaw(double a, double b, double c, double error) implements Law {
    private static final double[] EXPONENTS = {.03, .1, .2, .4, .8};

    /**
     * @param trials runs on the line, of at least three different computes
     * @param left nats that are known to be left however large C; 0 where they are not
     */
    public static ComputeLaw fit(List<Trial> trials, double left) {
        return fit(points(trials), left);
    }

    private static Points points(List<Trial> trials) {
        return new Points(
                trials.stream().mapToDouble(t -> t.spent().flops()).toArray(),
                trials.stream().mapToDouble(Trial::loss).toArray());
    }

    /**
     * @param flops C, above 0, at least three different ones
     * @param losses L at each, above 0
     */
    public static ComputeLaw fit(double[] flops, double[] losses) {
        return fit(new Points(flops, losses), 0);
    }

    private static ComputeLaw fit(Points points, double known) {
        Left left = new Left(known, points.least());
        List<double[]> starts = new ArrayList<>();
        for (double exponent : EXPONENTS) {
            for (double share : left.shares()) {
                starts.add(start(points, left, exponent, share));
            }
        }
        return from(points, left, starts);
    }

    /** The unknowns: ln of (a C0^b), of −b, and what is left; C0 the geometric mean, or a and b would be one. */
    private static double[] start(Points points, Left left, double exponent, double share) {
        return left.start(share, Math.log(left.above(points.typical(), share)), Math.log(exponent));
    }

    private static ComputeLaw from(Points points, Left left, List<double[]> starts) {
        double middle = points.middle();
        RobustFit fit = new RobustFit(
                u -> points.residuals(
                        left, u, (flop, i) -> Math.exp(u[0] - Math.exp(u[1]) * (Math.log(flop) - middle))),
                left.delta());
        RobustFit.Found found = fit.from(starts);
        double[] u = found.unknowns();
        double b = -Math.exp(u[1]);
        return new ComputeLaw(Math.exp(u[0] - b * middle), b, left.of(u), found.loss());
    }

    @Override
    public double at(Spent spent) {
        return at(spent.flops());
    }

    /** The loss that so many floating-point operations buy. */
    public double at(double flops) {
        return a * Math.pow(flops, b) + c;
    }

    @Override
    public String formula() {
        return String.format(Locale.ROOT, "L(C) = %.4g · C^%.4f + %.4f", a, b, c);
    }

    @Override
    public Law anew(List<Trial> trials, double left) {
        return fit(trials, left);
    }

    @Override
    public Law near(List<Trial> trials, double known) {
        Points points = points(trials);
        Left left = new Left(known, points.least());
        return from(
                points,
                left,
                List.of(start(points, left, -b, left.share(c)), start(points, left, -b / 2, left.shares()[0])));
    }

    @Override
    public boolean takes(Trial trial) {
        return trial.onLine();
    }
}

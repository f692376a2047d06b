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
 * @param error least Σ huber of ln L
 */
public record ComputeLaw(double a, double b, double c, double error) implements Law {
    private static final double[] EXPONENTS = {.03, .1, .2, .4, .8};
    private static final double[] FLOORS = {.02, .3, .6, .9};

    /** Below this share of the least loss, what is left is nothing. */
    private static final double NOTHING = 1e-6;

    /** @param trials runs on the line, of at least three different computes */
    public static ComputeLaw fit(List<Trial> trials) {
        Points points = points(trials);
        return fit(points.x(), points.losses());
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
        Points points = new Points(flops, losses);
        List<double[]> starts = new ArrayList<>();
        for (double exponent : EXPONENTS) {
            for (double floor : FLOORS) {
                starts.add(start(points, exponent, floor));
            }
        }
        return from(points, starts);
    }

    /** The unknowns: ln of (a C0^b), of −b, and of c above nothing; C0 the geometric mean, or a and b would be one. */
    private static double[] start(Points points, double exponent, double floor) {
        double rest = points.typical() - floor * points.least();
        return new double[] {Math.log(rest), Math.log(exponent), Math.log(floor * points.least())};
    }

    private static ComputeLaw from(Points points, List<double[]> starts) {
        double middle = points.middle();
        double least = points.least();
        RobustFit fit = new RobustFit(
                u -> points.residuals(
                        (flop, i) -> Math.exp(u[0] - Math.exp(u[1]) * (Math.log(flop) - middle)) + floor(u[2], least)),
                DELTA);
        RobustFit.Found found = fit.from(starts);
        double b = -Math.exp(found.unknowns()[1]);
        return new ComputeLaw(
                Math.exp(found.unknowns()[0] - b * middle), b, floor(found.unknowns()[2], least), found.loss());
    }

    private static double floor(double logarithm, double least) {
        return Math.exp(logarithm) + NOTHING * least;
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
    public Law anew(List<Trial> trials) {
        return fit(trials);
    }

    @Override
    public Law near(List<Trial> trials) {
        Points points = points(trials);
        return from(
                points,
                List.of(start(points, -b, Math.min(.95, c / points.least()) + NOTHING), start(points, -b / 2, .02)));
    }

    @Override
    public boolean takes(Trial trial) {
        return trial.onLine();
    }
}

package dev.heed.eval.scaling;

import dev.heed.quality.Interval;
import java.util.ArrayList;
import java.util.List;

/**
 * What more of something will do to a share that is still wrong, as a reward model's choices or the comparisons that a policy does
 * not win, foretold from less of it: L(x) = a x^b + c, fitted and doubted as the loss of a ladder is ({@link Fit}).
 *
 * @param x of what is foretold
 * @param law of the share by x
 * @param wrong the share at x, and where it will lie 19 times in 20
 */
public record Outlook(double x, ComputeLaw law, Interval wrong) {
    private static final int RESAMPLES = 300;

    /**
     * What one model came to.
     *
     * @param x above 0
     * @param wrong above 0, at most 1
     */
    public record Reached(double x, long seed, double wrong) {}

    /**
     * @param smaller of at least four different x
     * @param x above all of theirs
     */
    public static Outlook of(List<Reached> smaller, double x, long seed) {
        List<Double> steps =
                smaller.stream().map(Reached::x).distinct().sorted().toList();
        List<Trial> trials = new ArrayList<>();
        for (Reached one : smaller) {
            int step = steps.indexOf(one.x);
            trials.add(new Trial(
                    "%s-%d".formatted(one.x, one.seed),
                    step,
                    true,
                    one.seed,
                    spent(one.x),
                    one.wrong,
                    Double.NaN,
                    new double[0],
                    new double[0][],
                    Double.NaN,
                    "",
                    "",
                    null));
        }
        Ladder ladder = Ladder.of(trials, List.of(), "", "", 0);
        Fit fit = Fit.of(ComputeLaw.fit(trials, 0), ladder, seed, RESAMPLES);
        Interval at = fit.at(spent(x), ladder.largest(), seed);
        return new Outlook(
                x, (ComputeLaw) fit.law(), new Interval(at.mean(), Math.max(0, at.low()), Math.min(1, at.high())));
    }

    private static Spent spent(double x) {
        return new Spent(Math.round(x), Math.round(x), x);
    }
}

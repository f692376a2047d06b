package dev.heed.eval.scaling;

import dev.heed.quality.Interval;
import java.util.ArrayList;
import java.util.List;

/**
 * What the small runs of a ladder say of a large one. Both laws are fitted; the one that foretells the ladder's own largest runs
 * better from its smaller ones is believed.
 *
 * @param compute L(C)
 * @param size L(N, D); its shape over tokens says how a loss falls while one model learns
 */
public record Foretelling(Ladder ladder, Fit compute, Fit size, long seed) {
    private static final int RESAMPLES = 300;
    private static final double Z = 1.959963984540054;

    /** With the laws fitted. */
    public static Foretelling of(Ladder ladder, long seed) {
        return new Foretelling(
                ladder,
                Fit.of(ComputeLaw.fit(ladder.line(), ladder.left()), ladder, seed, RESAMPLES),
                Fit.of(SizeLaw.fit(ladder.trials(), ladder.left()), ladder, seed, RESAMPLES),
                seed);
    }

    /** The law that is believed. */
    public Fit believed() {
        return bySize() ? size : compute;
    }

    /** Whether that is the law of size and tokens. */
    boolean bySize() {
        return size.backtest() < compute.backtest();
    }

    /** The loss of a run, nats a token. */
    public Interval loss(Spent spent) {
        return believed().at(spent, ladder.largest(), seed);
    }

    /** The loss of a run by the other law. */
    public Interval otherwise(Spent spent) {
        return (bySize() ? compute : size).at(spent, ladder.largest(), seed);
    }

    /**
     * The loss by compute, for a line with a band: of runs whose size and tokens grow alike.
     *
     * @param to the run at its end
     */
    public List<At> line(Spent to, int points) {
        double from = Ladder.sizes(ladder.trials()).get(0);
        List<At> line = new ArrayList<>();
        for (int i = 0; i < points; i++) {
            double flops = from * Math.pow(to.flops() / from, (double) i / (points - 1));
            double grown = Math.sqrt(flops / to.flops());
            line.add(new At(
                    flops,
                    loss(new Spent(Math.round(grown * to.parameters()), Math.round(grown * to.tokens()), flops))));
        }
        return line;
    }

    /** Pass rates of groups of questions about the text. */
    public List<Passes.Foretold> passes(Spent large) {
        return Passes.foretold(ladder, large, seed, RESAMPLES);
    }

    /** @param x compute, or the share of a training that is done */
    public record At(double x, Interval loss) {}

    /**
     * The held-out loss at each tenth of a run's training: the law of size and tokens at so many tokens, times how much higher
     * than that the small runs were while their learning rate had not yet decayed.
     */
    public List<At> curve(Spent large) {
        Interval end = loss(large);
        double left = ladder.left();
        double relative = (Math.log(end.high() - left) - Math.log(end.low() - left)) / (2 * Z);
        List<At> curve = new ArrayList<>();
        for (int tenth = 1; tenth <= 10; tenth++) {
            double share = tenth / 10.0;
            Scatter over = over(tenth);
            double middle = Math.log(end.mean() - left) + fall(large, share) + over.mean;
            double spread = Z * Math.hypot(relative, over.spread);
            curve.add(new At(
                    share,
                    new Interval(
                            left + Math.exp(middle),
                            left + Math.exp(middle - spread),
                            left + Math.exp(middle + spread))));
        }
        return curve;
    }

    private record Scatter(double mean, double spread) {}

    /** ln of how much more the small runs still had to fall, above what is left, than the law says. */
    private Scatter over(int tenth) {
        double[] over = ladder.line().stream()
                .mapToDouble(t ->
                        Math.log(above(t.curve()[tenth - 1]) / above(t.curve()[9])) - fall(t.spent(), tenth / 10.0))
                .toArray();
        double mean = 0;
        for (double one : over) {
            mean += one / over.length;
        }
        double square = 0;
        for (double one : over) {
            square += (one - mean) * (one - mean) / over.length;
        }
        return new Scatter(mean, Math.sqrt(square));
    }

    private double above(double loss) {
        return Math.max(loss - ladder.left(), Double.MIN_NORMAL);
    }

    private double fall(Spent spent, double share) {
        Spent before = new Spent(spent.parameters(), Math.round(share * spent.tokens()), share * spent.flops());
        return Math.log(above(size.law().at(before)) / above(size.law().at(spent)));
    }
}

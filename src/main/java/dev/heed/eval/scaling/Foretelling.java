package dev.heed.eval.scaling;

import dev.heed.quality.Interval;
import java.util.ArrayList;
import java.util.List;

/**
 * What the small runs of a ladder say of a large one. The law of compute is believed, as in the GPT-4 report: the large run lies on
 * the ladder's line, so that it has one way to go and two or three unknowns. The law of size and tokens tells what size does from
 * what text does; how well it joins runs beside the line says little of how far it carries along it (docs/LOG.md).
 *
 * @param compute L(C)
 * @param size L(N, D)
 */
public record Foretelling(Ladder ladder, Fit compute, Fit size, long seed) {
    private static final int RESAMPLES = 300;
    private static final int RESAMPLES_OF_A_TENTH = 100;
    private static final int TENTHS = 10;

    /** With the laws fitted. */
    public static Foretelling of(Ladder ladder, long seed) {
        return new Foretelling(
                ladder,
                Fit.of(ComputeLaw.fit(ladder.line(), ladder.left()), ladder, seed, RESAMPLES),
                Fit.of(SizeLaw.fit(ladder.trials(), ladder.left()), ladder, seed, RESAMPLES),
                seed);
    }

    /** The loss of a run, nats a token. */
    public Interval loss(Spent spent) {
        return compute.at(spent, ladder.largest(), seed);
    }

    /** The loss of a run by the law of size and tokens. */
    public Interval otherwise(Spent spent) {
        return size.at(spent, ladder.largest(), seed);
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
     * The held-out loss at each tenth of a run's training: a law of compute, of what the small runs had reached
     * at that tenth of theirs. Their learning rates had decayed as far.
     */
    public List<At> curve(Spent large) {
        List<At> curve = new ArrayList<>();
        for (int tenth = 1; tenth < TENTHS; tenth++) {
            curve.add(new At((double) tenth / TENTHS, ofTenth(tenth).at(large, ladder.largest(), seed)));
        }
        curve.add(new At(1, loss(large)));
        return curve;
    }

    private Fit ofTenth(int tenth) {
        Ladder then = ladder.of(trial -> trial.curve()[tenth - 1], ladder.left());
        return Fit.of(ComputeLaw.fit(then.line(), ladder.left()), then, seed, RESAMPLES_OF_A_TENTH);
    }
}

package dev.heed.eval.report;

import dev.heed.eval.scaling.Fitted;
import dev.heed.eval.scaling.Foretelling;
import dev.heed.eval.scaling.Grade;
import dev.heed.eval.scaling.Ladder;
import dev.heed.eval.scaling.Prediction;
import dev.heed.eval.scaling.ScaleResult;
import dev.heed.eval.scaling.SizeLaw;
import dev.heed.eval.scaling.Spent;
import dev.heed.eval.scaling.Transfer;
import dev.heed.eval.scaling.Trial;
import dev.heed.quality.Interval;
import dev.heed.run.Draws;
import dev.heed.run.Version;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A ladder whose losses a law made up. */
final class InventedScale {
    private static final SizeLaw LAW = new SizeLaw(1.1, 30, .35, 150, .4, 0);
    private static final Spent LARGE = new Spent(300_000, 6_000_000, 1e13);

    private InventedScale() {}

    private static Trial trial(String run, int width, Spent spent, boolean onLine) {
        double loss = LAW.at(spent) * (1 + .004 * Draws.of(1, run, 0).nextGaussian());
        double[] curve = new double[10];
        for (int i = 0; i < 10; i++) {
            curve[i] = LAW.at((double) spent.parameters(), spent.tokens() * (i + 1) / 10.0) * (1.09 - .009 * (i + 1));
        }
        return new Trial(
                run,
                width,
                onLine,
                1,
                spent,
                loss,
                loss / 2,
                curve,
                surprises(spent),
                spent.flops() / 3e10,
                "text",
                "tok",
                null);
    }

    /** Five groups of eight questions, each harder than the one before, and all easier with more compute. */
    private static double[][] surprises(Spent spent) {
        return IntStream.range(0, 5)
                .mapToObj(g -> IntStream.range(0, 8)
                        .mapToDouble(i -> .1 * (8 * g + i + 1) * Math.pow(spent.flops() / 1e10, -.2))
                        .toArray())
                .toArray(double[][]::new);
    }

    private static List<Trial> ladder() {
        List<Trial> trials = new ArrayList<>();
        for (int rung = 0; rung < 6; rung++) {
            long n = Math.round(5_200 * Math.pow(2, rung / 2.0));
            int width = 8 + 4 * rung;
            trials.add(trial("scale-%d-1".formatted(rung + 1), width, spent(n, 20 * n), true));
            trials.add(trial("scale-%d-2".formatted(rung + 1), width, spent(n, 20 * n), true));
            trials.add(trial("scale-%d-wide".formatted(rung + 1), width + 12, spent(2 * n, 10 * n), false));
        }
        return trials;
    }

    private static Spent spent(long n, long d) {
        return new Spent(n, d, 6.0 * n * d);
    }

    /** Before the large run is graded, or after. */
    static ScaleResult of(boolean graded) {
        Foretelling foretelling = Foretelling.of(Ladder.of(ladder(), List.of(), "text", "tok", 0), 1);
        Interval loss = foretelling.loss(LARGE);
        Prediction prediction = new Prediction(
                Instant.parse("2026-11-26T06:00:00Z"),
                Version.current(),
                "0f".repeat(32),
                Map.of("scale/plan.json", "1e".repeat(32), "runs/scale-1-1/result.json", "2d".repeat(32)),
                List.of(),
                0,
                "scale-large",
                100,
                LARGE,
                foretelling.compute().law(),
                .01,
                loss,
                loss,
                loss,
                foretelling.curve(LARGE),
                foretelling.passes(LARGE));
        Trial large = trial("scale-large", 100, LARGE, true);
        return new ScaleResult(
                "the built-in chronicle",
                Map.of("Text", "the built-in <chronicle>"),
                Fitted.of(foretelling),
                List.of(),
                foretelling.line(LARGE, 60),
                prediction,
                large,
                graded ? Grade.of(prediction, large, Instant.EPOCH) : null,
                transfer());
    }

    static Transfer transfer() {
        List<Transfer.Curve> curves = new ArrayList<>();
        for (int width = 16; width <= 128; width *= 2) {
            List<Transfer.Tried> mup = new ArrayList<>();
            List<Transfer.Tried> plain = new ArrayList<>();
            for (double lr = .0025; lr < .05; lr *= 2) {
                double low = 2 - .2 * Math.log(width / 16.0);
                mup.add(Transfer.Tried.of(lr, List.of(low + .2 * Math.pow(Math.log(lr / .01), 2))));
                plain.add(Transfer.Tried.of(
                        lr,
                        Collections.singletonList(
                                lr > .03 && width > 64 ? null : low + .2 * Math.pow(Math.log(lr * width / .6), 2))));
            }
            curves.add(new Transfer.Curve("mup", width, mup));
            curves.add(new Transfer.Curve("plain", width, plain));
        }
        return new Transfer(curves);
    }
}

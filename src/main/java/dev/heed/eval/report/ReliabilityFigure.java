package dev.heed.eval.report;

import dev.heed.eval.Calibration;
import dev.heed.eval.report.Plot.Axis;
import dev.heed.eval.report.Plot.Point;
import dev.heed.eval.report.Plot.Series;
import dev.heed.eval.report.Plot.Shape;
import dev.heed.quality.Interval;
import java.util.List;
import java.util.Locale;

/** How often something was right, by how sure it was: a disc a bin. */
final class ReliabilityFigure {
    private ReliabilityFigure() {}

    /**
     * @param who is as sure as that
     * @param what the discs hold: "Pairs"
     * @param size of the square picture
     */
    static Html of(String title, String who, String what, Calibration calibration, int size) {
        List<Calibration.Bin> bins =
                calibration.bins().stream().filter(b -> b.count() > 0).toList();
        double most = bins.stream().mapToInt(Calibration.Bin::count).max().orElse(1);
        double from = calibration.bins().get(0).low();
        Series honest =
                new Series("as sure as right", 6, Shape.DOTTED, List.of(new Point(from, from), new Point(1, 1)));
        Series seen = new Series(
                who,
                1,
                Shape.DISCS,
                bins.stream().map(b -> point(b, most, what)).toList());
        double lowest = bins.stream().mapToDouble(b -> interval(b).low()).min().orElse(0);
        Plot plot = new Plot(
                "Reliability of %s: how often it was right against how sure it was, with an expected calibration error of %s"
                        .formatted(who, Numbers.percent(calibration.ece())),
                new Axis("how sure it was", true, from, 1),
                new Axis("how often it was right", true, Math.min(from, Math.floor(lowest * 10) / 10), 1),
                List.of(honest, seen),
                List.of(),
                size,
                size);
        return new Figure(
                        title,
                        "how often it was right, by how sure it was",
                        Html.NOTHING,
                        plot.svg(),
                        "On the dotted line it is as often right as it says; below it, it is too sure of itself. Larger discs hold more %s; whiskers are 95 %% intervals."
                                .formatted(what.toLowerCase(Locale.ROOT)),
                        List.of("How sure", what, "Right"),
                        bins.stream()
                                .map(b -> List.of(
                                        Numbers.percent(b.confidence()),
                                        Numbers.whole(b.count()),
                                        Numbers.percent(interval(b))))
                                .toList())
                .html();
    }

    private static Point point(Calibration.Bin bin, double most, String what) {
        Interval right = interval(bin);
        return new Point(
                bin.confidence(),
                bin.accuracy(),
                right.low(),
                right.high(),
                3 + 7 * Math.sqrt(bin.count() / most),
                "%s sure, %s right, %d %s"
                        .formatted(
                                Numbers.percent(bin.confidence()),
                                Numbers.percent(right),
                                bin.count(),
                                what.toLowerCase(Locale.ROOT)));
    }

    private static Interval interval(Calibration.Bin bin) {
        return Interval.wilson(Math.round(bin.accuracy() * bin.count()), bin.count());
    }
}

package dev.heed.eval.report;

import dev.heed.eval.report.Plot.Axis;
import dev.heed.eval.report.Plot.Point;
import dev.heed.eval.report.Plot.Series;
import dev.heed.eval.report.Plot.Shape;
import dev.heed.eval.report.ReportData.Curve;
import dev.heed.eval.report.ReportData.Dot;
import dev.heed.eval.report.ReportData.Line;
import dev.heed.eval.report.ReportData.Stage;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Each stage's training as small plots side by side. */
final class CurveSection {
    private static final int MOST_POINTS = 70;

    /** So few points are drawn as they are: a sudden rise stays sudden. */
    private static final int UNSMOOTHED = 40;

    /** A point is the mean of so many neighbours, or of more where the line has more than its points can show. */
    private static final int SMOOTHED_OVER = 7;

    private static final int TABLE_ROWS = 12;

    private CurveSection() {}

    static Optional<Section> of(ReportData data) {
        List<Html> stages = data.stages().stream()
                .map(CurveSection::stage)
                .filter(s -> !s.equals(Html.NOTHING))
                .toList();
        return stages.isEmpty()
                ? Optional.empty()
                : Optional.of(new Section(
                        "training",
                        "How it learned",
                        Html.of(
                                "Stage by stage. Lines are means of neighbouring steps, the bands around them the range of those steps."),
                        stages));
    }

    private static Html stage(Stage stage) {
        List<Html> figures = stage.curves().stream()
                .filter(c -> c.lines().stream().anyMatch(l -> !known(l).isEmpty()))
                .map(CurveSection::figure)
                .toList();
        return figures.isEmpty()
                ? Html.NOTHING
                : Html.of(
                        "<div class=\"stage\"><h3>{}</h3><p>{}</p><div class=\"small-multiples\">{}</div></div>",
                        stage.name(),
                        stage.explanation(),
                        figures);
    }

    private static Html figure(Curve curve) {
        boolean share = curve.unit().equals("share");
        List<Line> lines =
                curve.lines().stream().filter(l -> !known(l).isEmpty()).toList();
        List<Series> series = IntStream.range(0, lines.size())
                .mapToObj(i -> new Series(
                        lines.get(i).name(), i % 6 + 1, i % 2 == 0 ? Shape.LINE : Shape.DASHED, smoothed(lines.get(i))))
                .toList();
        Plot plot = new Plot(
                description(curve, lines),
                steps(lines),
                new Axis(curve.name(), share),
                series,
                curve.levels().stream()
                        .map(l -> new Plot.Level(l.name(), l.value()))
                        .toList(),
                340,
                210);
        return new Figure(
                        curve.name(),
                        share ? "" : curve.unit(),
                        Html.NOTHING,
                        plot.svg(),
                        curve.explanation(),
                        IntStream.rangeClosed(0, lines.size())
                                .mapToObj(
                                        i -> i == 0 ? "Step" : lines.get(i - 1).name())
                                .toList(),
                        rows(lines, share))
                .html();
    }

    private static String description(Curve curve, List<Line> lines) {
        StringBuilder description = new StringBuilder(curve.name() + " over training steps.");
        for (Line line : lines) {
            List<Dot> dots = known(line);
            description.append(" %s: from %s to %s."
                    .formatted(
                            line.name(),
                            Numbers.plain(dots.get(0).value()),
                            Numbers.plain(dots.get(dots.size() - 1).value())));
        }
        return description.toString();
    }

    private static Axis steps(List<Line> lines) {
        DoubleSummaryStatistics steps =
                lines.stream().flatMap(l -> known(l).stream()).collect(Collectors.summarizingDouble(Dot::step));
        return new Axis("step", false, steps.getMin() <= 1 ? 0 : steps.getMin(), steps.getMax());
    }

    private static List<Dot> known(Line line) {
        return line.dots().stream().filter(d -> Double.isFinite(d.value())).toList();
    }

    /** Means over neighbours on both sides, as many on one as on the other, so that the ends stay what they were. */
    private static List<Point> smoothed(Line line) {
        List<Dot> dots = known(line);
        int last = dots.size() - 1;
        int points = Math.min(MOST_POINTS, dots.size());
        int reach = dots.size() <= UNSMOOTHED
                ? 0
                : Math.max(Math.min(dots.size() / 12, SMOOTHED_OVER), dots.size() / MOST_POINTS) / 2;
        return IntStream.range(0, points)
                .map(p -> points == 1 ? 0 : (int) Math.round((double) p * last / (points - 1)))
                .mapToObj(i -> smoothed(dots, i, Math.min(reach, Math.min(i, last - i))))
                .toList();
    }

    private static Point smoothed(List<Dot> dots, int middle, int reach) {
        DoubleSummaryStatistics near = dots.subList(middle - reach, middle + reach + 1).stream()
                .mapToDouble(Dot::value)
                .summaryStatistics();
        return new Point(dots.get(middle).step(), near.getAverage(), near.getMin(), near.getMax(), 4, "");
    }

    /** A dozen steps, the first and the last among them, of the longest line; the others where they are nearest. */
    private static List<List<String>> rows(List<Line> lines, boolean share) {
        List<Dot> guide = lines.stream()
                .map(CurveSection::known)
                .max((a, b) -> Integer.compare(a.size(), b.size()))
                .orElseThrow();
        int rows = Math.min(TABLE_ROWS, guide.size());
        return IntStream.range(0, rows)
                .mapToObj(i -> guide.get(rows == 1 ? 0 : i * (guide.size() - 1) / (rows - 1))
                        .step())
                .map(step -> row(step, lines, share))
                .toList();
    }

    private static List<String> row(double step, List<Line> lines, boolean share) {
        List<String> row = new ArrayList<>(List.of(Numbers.whole(step)));
        for (Line line : lines) {
            double value = known(line).stream()
                    .min((a, b) -> Double.compare(Math.abs(a.step() - step), Math.abs(b.step() - step)))
                    .orElseThrow()
                    .value();
            row.add(share ? Numbers.percent(value) : Numbers.plain(value));
        }
        return row;
    }
}

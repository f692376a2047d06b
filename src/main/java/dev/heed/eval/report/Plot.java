package dev.heed.eval.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * A small chart as inline SVG. Colours and type come from the page's style sheet, so it follows the page into the dark; each
 * series also has a dash or a mark of its own, so that no one needs to tell colours apart. Hovering shows values.
 *
 * @param description what a person who cannot see it should know
 */
record Plot(String description, Axis x, Axis y, List<Series> series, List<Level> levels, int width, int height) {
    private static final int TOP = 10;
    private static final int BOTTOM = 36;
    private static final double LETTER = 6.3;

    /**
     * @param label below or above the axis
     * @param percent whether values in [0, 1] are shown as per cent
     * @param from where it begins; NaN: where the values do
     * @param to where it ends; NaN: where the values do
     */
    record Axis(String label, boolean percent, double from, double to) {
        Axis(String label, boolean percent) {
            this(label, percent, Double.NaN, Double.NaN);
        }

        String show(double value) {
            return percent ? Numbers.percent(value) : Numbers.plain(value);
        }
    }

    /** How a series is drawn. */
    enum Shape {
        LINE,
        DASHED,
        /** A line to compare with: thin, without label and values. */
        DOTTED,
        DISCS,
        RINGS
    }

    /** @param ink which of the page's six colours, from 1 */
    record Series(String name, int ink, Shape shape, List<Point> points) {
        boolean isLine() {
            return shape != Shape.DISCS && shape != Shape.RINGS;
        }
    }

    /**
     * @param low end of a band or whisker; NaN for none
     * @param size radius of a disc or ring
     * @param note shown on hovering
     */
    record Point(double x, double y, double low, double high, double size, String note) {
        Point(double x, double y) {
            this(x, y, Double.NaN, Double.NaN, 4, "");
        }

        boolean hasRange() {
            return !Double.isNaN(low) && !Double.isNaN(high);
        }
    }

    /** A horizontal line to compare with. */
    record Level(String name, double y) {}

    Html svg() {
        Scale ys = scaleOfY();
        Scale xs = scaleOfX(ys);
        List<Html> parts = new ArrayList<>();
        parts.addAll(grid(xs, ys));
        levels.forEach(l -> parts.add(level(l, xs, ys)));
        series.stream().filter(Series::isLine).forEach(s -> parts.add(band(s, xs, ys)));
        series.forEach(s -> parts.add(s.isLine() ? line(s, xs, ys) : marks(s, xs, ys)));
        parts.addAll(endLabels(xs, ys));
        parts.addAll(hoverZones(xs));
        return Html.of(
                """
                <svg class="plot" role="img" aria-label="{}" viewBox="0 0 {} {}">{}</svg>""",
                description,
                width,
                height,
                parts);
    }

    private Scale scaleOfY() {
        double low = Double.isNaN(y.from()) ? extreme(Point::y, Point::low, false) : y.from();
        double high = Double.isNaN(y.to()) ? extreme(Point::y, Point::high, true) : y.to();
        boolean free = Double.isNaN(y.from()) && Double.isNaN(y.to());
        return free
                ? Scale.around(low, high, y.percent(), 5, height - BOTTOM, TOP)
                : Scale.exactly(low, high, 5, height - BOTTOM, TOP);
    }

    private double extreme(ToDoubleFunction<Point> middle, ToDoubleFunction<Point> end, boolean highest) {
        return Stream.concat(
                        points().flatMap(p -> Stream.of(middle.applyAsDouble(p), end.applyAsDouble(p))),
                        levels.stream().map(Level::y))
                .filter(v -> !Double.isNaN(v))
                .reduce(highest ? Math::max : Math::min)
                .orElse(0.0);
    }

    private Scale scaleOfX(Scale ys) {
        double left = 12
                + LETTER
                        * ys.ticks().stream()
                                .mapToInt(t -> tickLabel(y, ys, t).length())
                                .max()
                                .orElse(1);
        double right =
                12 + LETTER * endTexts().stream().mapToInt(String::length).max().orElse(0);
        double low =
                Double.isNaN(x.from()) ? points().mapToDouble(Point::x).min().orElse(0) : x.from();
        double high =
                Double.isNaN(x.to()) ? points().mapToDouble(Point::x).max().orElse(1) : x.to();
        return Scale.exactly(low, high, 5, left, width - right);
    }

    private Stream<Point> points() {
        return series.stream().flatMap(s -> s.points().stream()).filter(p -> !Double.isNaN(p.y()));
    }

    private static String tickLabel(Axis axis, Scale scale, double tick) {
        return axis.percent() ? Numbers.percent(tick) : scale.label(tick);
    }

    private List<Html> grid(Scale xs, Scale ys) {
        List<Html> parts = new ArrayList<>();
        for (double tick : ys.ticks()) {
            String at = coordinate(ys.at(tick));
            parts.add(Html.of(
                    "<path class=\"grid\" d=\"M{} {}H{}\"/><text class=\"tick\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
                    coordinate(xs.start()),
                    at,
                    coordinate(xs.end()),
                    coordinate(xs.start() - 6),
                    coordinate(ys.at(tick) + 4),
                    tickLabel(y, ys, tick)));
        }
        for (double tick : xs.ticks()) {
            parts.add(Html.of(
                    "<text class=\"tick\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                    coordinate(xs.at(tick)),
                    height - BOTTOM + 16,
                    tickLabel(x, xs, tick)));
        }
        parts.add(Html.of(
                "<text class=\"axis\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
                coordinate(xs.end()),
                height - 4,
                x.label()));
        return parts;
    }

    private static Html level(Level level, Scale xs, Scale ys) {
        return Html.of(
                "<path class=\"level\" d=\"M{} {}H{}\"/><text class=\"level-name\" x=\"{}\" y=\"{}\">{}</text>",
                coordinate(xs.start()),
                coordinate(ys.at(level.y())),
                coordinate(xs.end()),
                coordinate(xs.start() + 4),
                coordinate(ys.at(level.y()) - 5),
                level.name());
    }

    private static Html band(Series series, Scale xs, Scale ys) {
        List<Point> ranged = series.points().stream().filter(Point::hasRange).toList();
        if (ranged.size() < 2) {
            return Html.NOTHING;
        }
        StringBuilder path = new StringBuilder();
        ranged.forEach(p -> path.append(path.isEmpty() ? "M" : "L").append(pair(xs.at(p.x()), ys.at(p.high()))));
        for (int i = ranged.size() - 1; i >= 0; i--) {
            path.append("L")
                    .append(pair(xs.at(ranged.get(i).x()), ys.at(ranged.get(i).low())));
        }
        return Html.of("<path class=\"band ink{}\" d=\"{}Z\"/>", series.ink(), path);
    }

    private static Html line(Series series, Scale xs, Scale ys) {
        StringBuilder path = new StringBuilder();
        boolean down = false;
        for (Point p : series.points()) {
            boolean known = !Double.isNaN(p.y());
            if (known) {
                path.append(down ? "L" : "M").append(pair(xs.at(p.x()), ys.at(p.y())));
            }
            down = known;
        }
        String kind = series.shape() == Shape.LINE
                ? "line"
                : "line " + series.shape().name().toLowerCase(Locale.ROOT);
        return Html.of("<path class=\"{} ink{}\" d=\"{}\"/>", kind, series.ink(), path);
    }

    private static Html marks(Series series, Scale xs, Scale ys) {
        List<Html> marks = new ArrayList<>();
        for (Point p : series.points()) {
            if (p.hasRange()) {
                marks.add(Html.of(
                        "<path class=\"whisker ink{}\" d=\"M{}L{}\"/>",
                        series.ink(),
                        pair(xs.at(p.x()), ys.at(p.low())),
                        pair(xs.at(p.x()), ys.at(p.high()))));
            }
            marks.add(Html.of(
                    "<circle class=\"{} ink{}\" cx=\"{}\" cy=\"{}\" r=\"{}\"><title>{}</title></circle>",
                    series.shape() == Shape.RINGS ? "ring" : "disc",
                    series.ink(),
                    coordinate(xs.at(p.x())),
                    coordinate(ys.at(p.y())),
                    coordinate(p.size()),
                    p.note()));
        }
        return Html.join(marks);
    }

    /** One line says its last value, several say their names. */
    private List<String> endTexts() {
        List<Series> lines = labelled();
        return lines.size() == 1
                ? List.of(y.show(last(lines.get(0)).y()))
                : lines.stream().map(Series::name).toList();
    }

    private List<Series> labelled() {
        return series.stream()
                .filter(s -> s.shape() == Shape.LINE || s.shape() == Shape.DASHED)
                .filter(s -> s.points().stream().anyMatch(p -> !Double.isNaN(p.y())))
                .toList();
    }

    private static Point last(Series series) {
        return series.points().stream()
                .filter(p -> !Double.isNaN(p.y()))
                .reduce((a, b) -> b)
                .orElseThrow();
    }

    private List<Html> endLabels(Scale xs, Scale ys) {
        List<Series> lines = labelled();
        List<String> texts = endTexts();
        List<Integer> downwards = Stream.iterate(0, i -> i < lines.size(), i -> i + 1)
                .sorted(Comparator.comparingDouble(i -> ys.at(last(lines.get(i)).y())))
                .toList();
        double free = TOP;
        List<Html> labels = new ArrayList<>();
        for (int rank = 0; rank < downwards.size(); rank++) {
            Series line = lines.get(downwards.get(rank));
            Point end = last(line);
            double below = 13.0 * (downwards.size() - 1 - rank); // room for the labels that follow
            double at = Math.min(Math.max(ys.at(end.y()) + 4, free), height - BOTTOM + 4 - below);
            free = at + 13;
            labels.add(Html.of(
                    "<circle class=\"disc ink{}\" cx=\"{}\" cy=\"{}\" r=\"3\"/><text class=\"name ink{}\" x=\"{}\" y=\"{}\">{}</text>",
                    line.ink(),
                    coordinate(xs.at(end.x())),
                    coordinate(ys.at(end.y())),
                    line.ink(),
                    coordinate(xs.at(end.x()) + 7),
                    coordinate(at),
                    texts.get(downwards.get(rank))));
        }
        return labels;
    }

    /** Invisible columns around the points of the longest line; each shows what all lines say there. */
    private List<Html> hoverZones(Scale xs) {
        List<Point> guide = labelled().stream()
                .map(Series::points)
                .max(Comparator.comparingInt(List::size))
                .orElse(List.of());
        List<Html> zones = new ArrayList<>();
        for (int i = 0; i < guide.size(); i++) {
            double here = xs.at(guide.get(i).x());
            double left = i == 0 ? here - 4 : (xs.at(guide.get(i - 1).x()) + here) / 2;
            double right = i == guide.size() - 1
                    ? here + 4
                    : (here + xs.at(guide.get(i + 1).x())) / 2;
            zones.add(Html.of(
                    """
                    <g class="hover"><rect x="{}" y="{}" width="{}" height="{}"/><path d="M{} {}V{}"/><title>{}</title></g>""",
                    coordinate(left),
                    TOP,
                    coordinate(right - left),
                    height - BOTTOM - TOP,
                    coordinate(here),
                    TOP,
                    height - BOTTOM,
                    note(guide.get(i).x())));
        }
        return zones;
    }

    private String note(double at) {
        StringBuilder note = new StringBuilder(x.label() + " " + x.show(at));
        for (Series line : labelled()) {
            line.points().stream()
                    .min(Comparator.comparingDouble(p -> Math.abs(p.x() - at)))
                    .ifPresent(p ->
                            note.append("\n").append(line.name()).append(": ").append(y.show(p.y())));
        }
        return note.toString();
    }

    private static String pair(double x, double y) {
        return coordinate(x) + " " + coordinate(y);
    }

    private static String coordinate(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}

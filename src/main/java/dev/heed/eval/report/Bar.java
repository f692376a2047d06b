package dev.heed.eval.report;

import dev.heed.quality.Interval;
import java.util.List;
import java.util.Locale;

/**
 * An interval as a small horizontal bar. It is drawn beside the number that says the same, so it is hidden from readers of the
 * page's text. It has no style of its own, so that a page can forbid those.
 *
 * @param from value at the left end
 * @param to value at the right end
 * @param marks values to compare with, as thin lines
 */
record Bar(double from, double to, List<Double> marks) {
    static final Bar SHARE = new Bar(0, 1, List.of());

    Html of(Interval interval) {
        if (!interval.known()) {
            return Html.NOTHING;
        }
        double low = percent(interval.low());
        List<Html> lines = marks.stream()
                .filter(m -> !Double.isNaN(m))
                .map(m -> line("mark", percent(m), "-40%", "140%"))
                .toList();
        return Html.of(
                "<svg class=\"bar\" aria-hidden=\"true\"><rect class=\"whole\" width=\"100%\" height=\"100%\" rx=\"5\"/>{}<rect class=\"range\" x=\"{}%\" width=\"{}%\" height=\"100%\" rx=\"5\"/>{}</svg>",
                lines,
                at(low),
                at(percent(interval.high()) - low),
                line("point", percent(interval.mean()), "-20%", "120%"));
    }

    private static Html line(String name, double at, String from, String to) {
        return Html.of(
                "<line class=\"{}\" x1=\"{}%\" x2=\"{}%\" y1=\"{}\" y2=\"{}\"/>", name, at(at), at(at), from, to);
    }

    private double percent(double value) {
        return 100 * Math.max(0, Math.min(1, (value - from) / (to - from)));
    }

    private static String at(double percent) {
        return String.format(Locale.ROOT, "%.1f", percent);
    }
}

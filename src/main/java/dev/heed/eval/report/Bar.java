package dev.heed.eval.report;

import dev.heed.quality.Interval;
import java.util.List;
import java.util.Locale;

/**
 * An interval as a small horizontal bar. It is drawn beside the number that says the same, so it is hidden from readers of the
 * page's text.
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
                .map(m -> Html.of("<u style=\"left:{}%\"></u>", at(percent(m))))
                .toList();
        return Html.of(
                "<span class=\"bar\" aria-hidden=\"true\">{}<i style=\"left:{}%;width:{}%\"></i><b style=\"left:{}%\"></b></span>",
                lines, at(low), at(percent(interval.high()) - low), at(percent(interval.mean())));
    }

    private double percent(double value) {
        return 100 * Math.max(0, Math.min(1, (value - from) / (to - from)));
    }

    private static String at(double percent) {
        return String.format(Locale.ROOT, "%.1f", percent);
    }
}

package dev.heed.eval.report;

import dev.heed.eval.Effect;
import dev.heed.eval.report.Plot.Axis;
import dev.heed.eval.report.Plot.Level;
import dev.heed.eval.report.Plot.Point;
import dev.heed.eval.report.Plot.Series;
import dev.heed.eval.report.Plot.Shape;
import dev.heed.run.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A published effect on one's own models, as one HTML file: one plot, and what it says. */
public final class EffectPage {
    private static final int INKS = 6;

    private EffectPage() {}

    /** Writes the page, whole or not at all. */
    public static void write(Path file, Effect effect) {
        Json.replace(file, page(effect).getBytes(StandardCharsets.UTF_8));
    }

    /** The page as text. */
    static String page(Effect effect) {
        return Report.page(
                effect.question(),
                Html.of("<header><h1>{}</h1><p class=\"lead\">{}</p></header>", effect.question(), effect.claim()),
                List.of(new Section(
                        "measured",
                        "Measured here",
                        Html.of("{}", String.join(" ", effect.found())),
                        List.of(
                                figure(effect),
                                Html.of("<p class=\"legend\">The claim is from {}.</p>", effect.source())))));
    }

    private static Html figure(Effect effect) {
        List<Series> series = new ArrayList<>();
        for (int i = 0; i < effect.curves().size(); i++) {
            series.addAll(series(effect.curves().get(i), i));
        }
        Plot plot = new Plot(
                effect.question(),
                new Axis(effect.x().label(), effect.x().percent()),
                new Axis(effect.y().label(), effect.y().percent()),
                series,
                effect.levels().stream()
                        .map(level -> new Level(level.name(), level.y()))
                        .toList(),
                720,
                400);
        return new Figure(
                        effect.y().label(),
                        "",
                        Html.NOTHING,
                        plot.svg(),
                        "Whiskers are %s; dashed is what theory says.".formatted(effect.whiskers()),
                        List.of("Curve", "Where", effect.x().label(), effect.y().label()),
                        rows(effect))
                .html();
    }

    private static List<Series> series(Effect.Curve curve, int index) {
        int ink = index % INKS + 1;
        List<Point> line =
                curve.points().stream().map(p -> new Point(p.x(), p.y().mean())).toList();
        if (curve.expected()) {
            return List.of(new Series(curve.name(), ink, Shape.DASHED, line));
        }
        List<Point> marks = curve.points().stream()
                .map(p -> new Point(
                        p.x(),
                        p.y().mean(),
                        p.y().low(),
                        p.y().high(),
                        4.5,
                        "%s, %s: %s".formatted(curve.name(), p.name(), Numbers.plain(p.y()))))
                .toList();
        Shape shape = index % 2 == 0 ? Shape.DISCS : Shape.RINGS;
        return List.of(new Series(curve.name(), ink, Shape.LINE, line), new Series(curve.name(), ink, shape, marks));
    }

    private static List<List<String>> rows(Effect effect) {
        return effect.curves().stream()
                .flatMap(curve -> curve.points().stream()
                        .map(p -> List.of(
                                curve.name(),
                                p.name(),
                                effect.x().percent() ? Numbers.percent(p.x()) : Numbers.decimals(p.x(), 2),
                                effect.y().percent() ? Numbers.percent(p.y()) : Numbers.plain(p.y()))))
                .toList();
    }
}

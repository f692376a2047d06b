package dev.heed.eval.report;

import dev.heed.eval.KlFrontier;
import dev.heed.eval.KlFrontier.Method;
import dev.heed.eval.OverOptimization;
import dev.heed.eval.report.Plot.Axis;
import dev.heed.eval.report.Plot.Point;
import dev.heed.eval.report.Plot.Series;
import dev.heed.eval.report.Plot.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Methods side by side: their models as points over the distance, Gao's curves drawn through them. */
final class MethodsSection {
    /** So many straight pieces look like a curve. */
    private static final int PIECES = 48;

    private static final int INKS = 6;

    /** So many times as far as was measured, a guess of where a peak is says nothing but "far". */
    private static final int FAR = 3;

    private MethodsSection() {}

    static Optional<Section> of(KlFrontier frontier) {
        if (frontier.methods().stream().allMatch(m -> m.points().isEmpty())) {
            return Optional.empty();
        }
        List<Method> methods =
                frontier.methods().stream().filter(m -> !m.points().isEmpty()).toList();
        return Optional.of(
                new Section(
                        "methods",
                        "What each method bought with its distance",
                        Html.of(
                                "Every method began with the same model, and {} scored them all. Higher at the same distance is better; further to the right at the same height is only further away. {}",
                                frontier.judge(),
                                highest(methods)),
                        List.of(
                                Html.of(
                                        "<div class=\"two wide-left\">{}<div class=\"card wide\">{}{}</div></div>",
                                        figure(frontier, methods),
                                        fits(methods),
                                        Html.of(
                                                "<p class=\"legend\">A curve’s peak is where more optimisation stops helping. In brackets: beyond what was measured, so a guess.</p>")))));
    }

    private static String highest(List<Method> methods) {
        Method best = methods.stream()
                .max(Comparator.comparingDouble(m -> top(m).score().mean()))
                .orElseThrow();
        KlFrontier.Point top = top(best);
        return "The highest score measured is that of %s, %s: %s at %s nats."
                .formatted(best.name(), top.name(), Numbers.plain(top.score()), Numbers.plain(top.kl()));
    }

    private static KlFrontier.Point top(Method method) {
        return method.points().stream()
                .max(Comparator.comparingDouble(p -> p.score().mean()))
                .orElseThrow();
    }

    private static Html figure(KlFrontier frontier, List<Method> methods) {
        List<Series> series = new ArrayList<>();
        for (int i = 0; i < methods.size(); i++) {
            series.add(curve(methods.get(i), i % INKS + 1));
            series.add(marks(methods.get(i), i));
        }
        Plot plot = new Plot(
                "Scores of %s over the square root of the KL divergence from where they began"
                        .formatted(String.join(
                                ", ", methods.stream().map(Method::name).toList())),
                new Axis("distance: √KL (KL in nats a completion)", false, 0, Double.NaN),
                new Axis("score", false),
                series,
                List.of(),
                540,
                400);
        return new Figure(
                        "Score against distance",
                        frontier.unit(),
                        Html.NOTHING,
                        plot.svg(),
                        "Whiskers are 95 % intervals. Lines are the curves of Gao et al. 2022, fitted; dashed where too few models were measured for one.",
                        List.of("Method", "Model", "KL, nats", "Score", "Unbeaten"),
                        rows(frontier, methods))
                .html();
    }

    /** The fitted curve from the start to the method's farthest model; else a line from model to model. */
    private static Series curve(Method method, int ink) {
        return method.fit()
                .map(fit -> new Series(method.name(), ink, Shape.LINE, drawn(fit, method.reach())))
                .orElseGet(() -> new Series(
                        method.name(),
                        ink,
                        Shape.DASHED,
                        method.points().stream()
                                .map(p -> new Point(p.distance(), p.score().mean()))
                                .toList()));
    }

    private static List<Point> drawn(OverOptimization fit, double reach) {
        return IntStream.rangeClosed(0, PIECES)
                .mapToDouble(i -> reach * i / PIECES)
                .mapToObj(d -> new Point(d, fit.at(d)))
                .toList();
    }

    private static Series marks(Method method, int index) {
        return new Series(
                method.name(),
                index % INKS + 1,
                index % 2 == 0 ? Shape.DISCS : Shape.RINGS,
                method.points().stream()
                        .map(p -> new Point(
                                p.distance(),
                                p.score().mean(),
                                p.score().low(),
                                p.score().high(),
                                4.5,
                                "%s, %s: %s at KL %s"
                                        .formatted(
                                                method.name(),
                                                p.name(),
                                                Numbers.plain(p.score()),
                                                Numbers.plain(p.kl()))))
                        .toList());
    }

    private static List<List<String>> rows(KlFrontier frontier, List<Method> methods) {
        List<KlFrontier.Point> unbeaten = frontier.unbeaten();
        return methods.stream()
                .flatMap(m -> m.points().stream()
                        .map(p -> List.of(
                                m.name(),
                                p.name(),
                                Numbers.decimals(p.kl(), 2),
                                Numbers.plain(p.score()),
                                unbeaten.contains(p) ? "yes" : "")))
                .toList();
    }

    private static Html fits(List<Method> methods) {
        return Figure.table(
                "Curves",
                List.of("Method", "α", "β", "R²", "Peak at KL, nats"),
                methods.stream().map(MethodsSection::row).toList());
    }

    private static List<String> row(Method method) {
        Optional<OverOptimization> fit = method.fit();
        return List.of(
                method.name(),
                fit.map(f -> Numbers.decimals(f.alpha(), 2)).orElse("–"),
                fit.map(f -> Numbers.decimals(f.beta(), 2)).orElse("–"),
                method.determination()
                        .map(r -> Double.isNaN(r) ? "–" : Numbers.decimals(r, 2))
                        .orElse("–"),
                fit.map(f -> peak(f, method.reach())).orElse("–"));
    }

    /** As KL, not as its root: people know their runs by KL. */
    private static String peak(OverOptimization fit, double reach) {
        if (Double.isInfinite(fit.peak())) {
            return "none";
        }
        if (fit.peak() > FAR * reach) {
            return "(far)";
        }
        String kl = Numbers.plain(fit.peak() * fit.peak());
        return fit.peak() <= reach ? kl : "(" + kl + ")";
    }
}

package dev.heed.eval.report;

import dev.heed.eval.report.Plot.Axis;
import dev.heed.eval.report.Plot.Point;
import dev.heed.eval.report.Plot.Series;
import dev.heed.eval.report.Plot.Shape;
import dev.heed.eval.report.ReportData.Frontier;
import dev.heed.eval.report.ReportData.Reached;
import dev.heed.quality.Interval;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Score against the square root of KL, for the reward model and for the judge. Source: Gao et al. 2022, figure 1. */
final class FrontierSection {
    private FrontierSection() {}

    static Optional<Section> of(ReportData data) {
        Frontier frontier = data.frontier();
        if (frontier == null || frontier.policy().size() + frontier.bestOfN().size() < 2) {
            return Optional.empty();
        }
        String judge = data.summary().judge().name();
        return Optional.of(new Section(
                "frontier",
                "How far it strayed, and what that bought",
                Html.of(
                        "The further a policy moves from where it began, the more it can please the reward model. Where {} no longer rises with it, the policy is pleasing the reward model’s mistakes: over-optimisation. {}",
                        judge,
                        peak(frontier.policy(), judge)),
                List.of(figure(frontier, judge))));
    }

    private static String peak(List<Reached> policy, String judge) {
        return policy.stream()
                .filter(r -> r.gold().known())
                .max(Comparator.comparingDouble(r -> r.gold().mean()))
                .map(best -> best.equals(policy.get(policy.size() - 1))
                        ? "Here %s was still content at the end, at %s nats.".formatted(judge, Numbers.plain(best.kl()))
                        : "Here %s was happiest at %s, at %s nats."
                                .formatted(judge, best.name(), Numbers.plain(best.kl())))
                .orElse("");
    }

    private static Html figure(Frontier frontier, String judge) {
        List<Series> series = new ArrayList<>();
        add(series, "reward model", 2, Shape.DASHED, frontier.policy(), Reached::proxy);
        add(series, judge, 1, Shape.LINE, frontier.policy(), Reached::gold);
        add(series, "reward model, best of n", 2, Shape.RINGS, frontier.bestOfN(), Reached::proxy);
        add(series, judge + ", best of n", 1, Shape.DISCS, frontier.bestOfN(), Reached::gold);
        Plot plot = new Plot(
                "Scores by the reward model and by %s over the square root of the KL divergence".formatted(judge),
                new Axis("distance: √KL (KL in nats a completion)", false, 0, Double.NaN),
                new Axis("score", false),
                series,
                List.of(),
                540,
                400);
        Html shown = new Figure(
                        "Score against distance",
                        "standard deviations above the baseline",
                        legend(!frontier.bestOfN().isEmpty()),
                        plot.svg(),
                        "Bands and whiskers are 95 % intervals.",
                        List.of(),
                        List.of())
                .html();
        return Html.of(
                "<div class=\"two wide-left\">{}<div class=\"card wide\">{}</div></div>", shown, numbers(frontier));
    }

    private static Html numbers(Frontier frontier) {
        List<List<String>> rows = Stream.concat(frontier.policy().stream(), frontier.bestOfN().stream())
                .map(r -> List.of(
                        r.name(),
                        Numbers.decimals(r.kl(), 2),
                        Numbers.decimals(r.proxy().mean(), 2),
                        Numbers.decimals(r.gold().mean(), 2)))
                .toList();
        return Figure.table("Scores and distances", List.of("Where", "KL, nats", "Reward model", "Judge"), rows);
    }

    private static Html legend(boolean withBestOfN) {
        return withBestOfN
                ? Html.of(
                        "<p class=\"legend\">Lines: the policy in training. Rings and discs: best of n answers of the baseline, picked by the reward model.</p>")
                : Html.NOTHING;
    }

    private static void add(
            List<Series> series,
            String name,
            int ink,
            Shape shape,
            List<Reached> reached,
            Function<Reached, Interval> score) {
        List<Point> points = reached.stream()
                .filter(r -> score.apply(r).known())
                .map(r -> point(r, score.apply(r)))
                .toList();
        if (!points.isEmpty()) {
            series.add(new Series(name, ink, shape, points));
        }
    }

    private static Point point(Reached reached, Interval score) {
        return new Point(
                Math.sqrt(Math.max(0, reached.kl())),
                score.mean(),
                score.low(),
                score.high(),
                4.5,
                "%s: %s at KL %s".formatted(reached.name(), Numbers.plain(score), Numbers.plain(reached.kl())));
    }
}

package dev.heed.eval.report;

import dev.heed.eval.Contest;
import dev.heed.eval.Contest.Entrant;
import dev.heed.eval.Contest.Reached;
import dev.heed.eval.Interval;
import dev.heed.eval.ModelCard;
import dev.heed.eval.report.Plot.Axis;
import dev.heed.eval.report.Plot.Point;
import dev.heed.eval.report.Plot.Series;
import dev.heed.eval.report.Plot.Shape;
import dev.heed.run.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Methods side by side as one HTML file: score over distance from the start, and a table. */
public final class ContestPage {
    private ContestPage() {}

    /** Writes the page, whole or not at all. */
    public static void write(Path file, Contest contest) {
        Json.replace(file, page(contest).getBytes(StandardCharsets.UTF_8));
    }

    /** The page as text. */
    static String page(Contest contest) {
        return Report.page(
                "Methods compared",
                Html.of(
                        "<header><h1>Which method is best for these preferences?</h1><p class=\"lead\">{}</p></header>",
                        answer(contest)),
                List.of(frontier(contest), table(contest)));
    }

    private static String answer(Contest contest) {
        Entrant best = contest.entrants().stream()
                .max((a, b) -> Double.compare(
                        a.all().winRateVsSft().mean(), b.all().winRateVsSft().mean()))
                .orElseThrow();
        return "%s wins most often over the model that all began with: %s. All learned from the same preferences, %,d of them, and answered the same held-out prompts."
                .formatted(best.method(), share(best.all().winRateVsSft()), contest.preferences());
    }

    private static Section frontier(Contest contest) {
        List<Series> series = new ArrayList<>();
        for (Entrant entrant : contest.entrants()) {
            if (!entrant.along().isEmpty()) {
                series.add(new Series(entrant.method(), series.size() % 6 + 1, Shape.LINE, way(entrant)));
            }
        }
        Plot plot = new Plot(
                "The judge's score over the square root of the KL divergence, a line a method",
                new Axis("distance: √KL (KL in nats a completion)", false, 0, Double.NaN),
                new Axis("gold score", false),
                series,
                List.of(),
                640,
                400);
        return new Section(
                "distance",
                "How far each strayed, and what that bought",
                Html.of(
                        "Left is near the start, up is better. A line that lies above another buys more for the same distance. Means over the seeds while they learned, on watched prompts; bands span the seeds."),
                List.of(new Figure(
                                "Score against distance",
                                "mean of the judge",
                                Html.NOTHING,
                                plot.svg(),
                                "",
                                List.of(),
                                List.of())
                        .html()));
    }

    /** Means over seeds at each step. */
    private static List<Point> way(Entrant entrant) {
        TreeMap<Long, List<Reached>> bySteps = entrant.along().stream()
                .collect(Collectors.groupingBy(Reached::step, TreeMap::new, Collectors.toList()));
        return bySteps.values().stream().map(ContestPage::point).toList();
    }

    private static Point point(List<Reached> reached) {
        double kl = reached.stream().mapToDouble(Reached::kl).average().orElseThrow();
        var gold = reached.stream().mapToDouble(Reached::gold).summaryStatistics();
        return new Point(
                Math.sqrt(Math.max(0, kl)),
                gold.getAverage(),
                gold.getMin(),
                gold.getMax(),
                4,
                "step %d".formatted(reached.get(0).step() + 1));
    }

    private static Section table(Contest contest) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(row("start", contest.baseline(), "", ""));
        for (Entrant entrant : contest.entrants()) {
            String seconds = entrant.seconds() > 0 ? Numbers.whole(entrant.seconds()) : "";
            rows.add(row(entrant.method(), entrant.all(), seconds, String.valueOf(entrant.sampled())));
        }
        List<String> columns = List.of(
                "Method",
                "Gold",
                "Wins over the start",
                "At equal length",
                "True",
                "Does what was asked",
                "Declines what it should",
                "KL, nats",
                "Bits a byte",
                "Distinct-2",
                "Tokens",
                "Seconds",
                "Sampled");
        return new Section(
                "table",
                "In numbers",
                Html.of("In brackets 95 % intervals over prompts, all seeds together."),
                List.of(Html.of("<div class=\"card wide\">{}</div>", Figure.table("Methods compared", columns, rows))));
    }

    private static List<String> row(String name, ModelCard card, String seconds, String sampled) {
        return List.of(
                name,
                String.format(Locale.ROOT, "%.3f", card.gold().mean()),
                name.equals("start") ? "" : share(card.winRateVsSft()),
                name.equals("start") ? "" : share(card.lengthControlledWinRate()),
                Numbers.percent(card.truth().mean()),
                Numbers.percent(card.follows().mean()),
                Numbers.percent(card.declines().mean()),
                Numbers.decimals(card.kl(), 2),
                Numbers.decimals(card.bitsPerByte(), 3),
                Numbers.decimals(card.distinct2(), 3),
                Numbers.decimals(card.length(), 1),
                seconds,
                sampled);
    }

    private static String share(Interval share) {
        return String.format(
                Locale.ROOT, "%.0f %% (%.0f–%.0f)", 100 * share.mean(), 100 * share.low(), 100 * share.high());
    }
}

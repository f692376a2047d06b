package dev.heed.eval.report;

import dev.heed.eval.report.Plot.Axis;
import dev.heed.eval.report.Plot.Point;
import dev.heed.eval.report.Plot.Series;
import dev.heed.eval.report.Plot.Shape;
import dev.heed.eval.scaling.Fitted;
import dev.heed.eval.scaling.Grade;
import dev.heed.eval.scaling.Prediction;
import dev.heed.eval.scaling.ScaleResult;
import dev.heed.eval.scaling.Trial;
import dev.heed.run.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Small runs, the law through them, and the large run once it is graded: one HTML file (OpenAI 2023, GPT-4, figure 1). */
public final class ScalePage {
    private final ScaleResult result;

    private ScalePage(ScaleResult result) {
        this.result = result;
    }

    /** Writes the page, whole or not at all. */
    public static void write(Path file, ScaleResult result) {
        Json.replace(file, page(result).getBytes(StandardCharsets.UTF_8));
    }

    /** The page as text. */
    static String page(ScaleResult result) {
        ScalePage page = new ScalePage(result);
        return Report.page(
                "Foretold from small runs",
                page.opening(),
                Stream.of(
                                Optional.of(page.famous()),
                                page.curve(),
                                PassRates.section(result),
                                Optional.of(page.laws()),
                                Optional.of(page.runs()),
                                Optional.ofNullable(result.transfer()).map(TransferPage::section),
                                page.provenance(),
                                Optional.of(page.conditions()))
                        .flatMap(Optional::stream)
                        .toList());
    }

    private Html opening() {
        Prediction prediction = result.prediction();
        Grade grade = result.grade();
        String heading = "What a large run will reach";
        String lead = "Nothing is foretold yet: heed scale predict writes it down, once.";
        if (prediction != null) {
            heading = "Foretold: %s nats a token"
                    .formatted(Numbers.decimals(prediction.loss().mean(), 3));
            lead =
                    "A model with %s times the compute of the largest run here, before it was made. The interval says where it will lie 19 times in 20: %s."
                            .formatted(ratio(prediction), Numbers.fixed(prediction.loss(), 3));
        }
        if (prediction != null && grade != null) {
            heading = "Foretold %s, reached %s"
                    .formatted(Numbers.decimals(grade.foretold(), 3), Numbers.decimals(grade.reached(), 3));
            lead =
                    "The prediction was off by %s %%, %s its 95 %% interval from %s to %s. It was made from runs of at most 1/%s of the compute."
                            .formatted(
                                    Numbers.decimals(Math.abs(grade.errorPercent()), 2),
                                    grade.inside() ? "inside" : "outside",
                                    Numbers.decimals(prediction.loss().low(), 3),
                                    Numbers.decimals(prediction.loss().high(), 3),
                                    ratio(prediction));
        }
        return Html.of(
                "<header><p class=\"eyebrow\">Scaling</p><h1>{}</h1><p class=\"lead\">{}</p></header>", heading, lead);
    }

    private String ratio(Prediction prediction) {
        double largest = result.fitted().trials().stream()
                .mapToDouble(t -> t.spent().flops())
                .max()
                .orElseThrow();
        return Numbers.whole(Math.round(prediction.large().flops() / largest));
    }

    // ---- the plot ----

    private Section famous() {
        List<Series> series = new ArrayList<>();
        series.add(new Series(
                "law",
                1,
                Shape.LINE,
                result.line().stream()
                        .map(at -> new Point(
                                Math.log10(at.x()),
                                at.loss().mean(),
                                at.loss().low(),
                                at.loss().high(),
                                0,
                                ""))
                        .toList()));
        List<Trial> fitted = result.fitted().trials();
        series.add(new Series("runs beside the line", 6, Shape.RINGS, discs(fitted, false, 2.5)));
        boolean some = result.leftOut().stream().anyMatch(Trial::onLine);
        if (some) {
            series.add(new Series("runs left out", 6, Shape.DISCS, discs(result.leftOut(), true, 2.5)));
        }
        series.add(new Series("small runs", 1, Shape.DISCS, discs(fitted, true, 4)));
        Trial large = result.grade() == null ? null : result.large();
        if (large != null) {
            series.add(new Series("the large run", 2, Shape.DISCS, List.of(point(large, 7))));
        }
        Plot plot = new Plot(
                "Held-out loss over training compute: small runs, the law through them with its 95 % band"
                        + (large == null ? "" : ", and the large run"),
                new Axis("training compute, FLOPs as a power of ten", false),
                losses(series),
                series,
                List.of(),
                960,
                420);
        return new Section(
                "plot",
                "Loss by compute",
                Html.of(
                        large == null
                                ? "Each disc is a small run, the line is the law through them with the band in which a run should lie. The large run is drawn only once it is graded."
                                : "Each small disc is a small run. The line was drawn through these alone; the large disc came afterwards."),
                List.of(new Figure(
                                "Small runs and what they foretell",
                                "held-out loss, nats a token",
                                Html.NOTHING,
                                plot.svg(),
                                "Rings are models smaller or larger than the line's, with as much compute."
                                        + (some ? " Little discs are runs that the law leaves out." : "")
                                        + " Hovering shows values.",
                                List.of("Compute, FLOPs", "Foretold, nats a token"),
                                result.line().stream()
                                        .filter(at -> result.line().indexOf(at) % 6 == 5)
                                        .map(at -> List.of(flops(at.x()), Numbers.fixed(at.loss(), 3)))
                                        .toList())
                        .html()));
    }

    /** From a little below the least of all that is drawn to a little above the most. */
    private static Axis losses(List<Series> series) {
        double low = Double.POSITIVE_INFINITY;
        double high = 0;
        for (Series one : series) {
            for (Point p : one.points()) {
                low = Math.min(low, p.hasRange() ? p.low() : p.y());
                high = Math.max(high, p.hasRange() ? p.high() : p.y());
            }
        }
        double air = 0.05 * (high - low);
        return new Axis("held-out loss, nats a token", false, low - air, high + air);
    }

    private static List<Point> discs(List<Trial> trials, boolean onLine, double size) {
        return trials.stream()
                .filter(t -> t.onLine() == onLine)
                .map(t -> point(t, size))
                .toList();
    }

    private static Point point(Trial trial, double size) {
        return new Point(
                Math.log10(trial.spent().flops()),
                trial.loss(),
                Double.NaN,
                Double.NaN,
                size,
                "%s: width %d, %s FLOPs, %s nats a token"
                        .formatted(
                                trial.run(),
                                trial.width(),
                                flops(trial.spent().flops()),
                                Numbers.decimals(trial.loss(), 4)));
    }

    private static String flops(double flops) {
        return String.format(Locale.ROOT, "%.2e", flops);
    }

    private Optional<Section> curve() {
        Prediction prediction = result.prediction();
        if (prediction == null) {
            return Optional.empty();
        }
        List<Series> series = new ArrayList<>();
        series.add(new Series(
                "foretold",
                1,
                Shape.LINE,
                prediction.curve().stream()
                        .map(at -> new Point(
                                at.x(),
                                at.loss().mean(),
                                at.loss().low(),
                                at.loss().high(),
                                0,
                                ""))
                        .toList()));
        Grade grade = result.grade();
        if (grade != null) {
            series.add(new Series(
                    "reached",
                    2,
                    Shape.DISCS,
                    grade.curve().stream()
                            .map(t -> new Point(
                                    t.share(),
                                    t.reached(),
                                    Double.NaN,
                                    Double.NaN,
                                    5,
                                    Numbers.decimals(t.reached(), 4)))
                            .toList()));
        }
        Plot plot = new Plot(
                "The large run's held-out loss while it learns",
                new Axis("share of its training", true),
                new Axis("held-out loss, nats a token", false),
                series,
                List.of(),
                960,
                340);
        return Optional.of(new Section(
                "curve",
                "The large run while it learns",
                Html.of("Foretold at each tenth of the training."),
                List.of(new Figure(
                                "Learning curve",
                                "held-out loss, nats a token",
                                Html.NOTHING,
                                plot.svg(),
                                "The band is a 95 % interval.",
                                List.of("Share", "Foretold"),
                                prediction.curve().stream()
                                        .map(at -> List.of(Numbers.percent(at.x()), Numbers.fixed(at.loss(), 3)))
                                        .toList())
                        .html())));
    }

    // ---- tables ----

    private Section laws() {
        Fitted fitted = result.fitted();
        List<List<String>> rows = new ArrayList<>();
        law(rows, "By compute", fitted.compute());
        law(rows, "By size and tokens", fitted.sizeAndTokens());
        return new Section(
                "laws",
                "The laws",
                Html.of(
                        "Fitted by a robust loss from many starts, of ln L, or of ln of what is above the text’s entropy where that is known; intervals are over runs drawn anew. Foretold is by the law of compute; that of size and tokens tells what either does."),
                List.of(wide("Laws", List.of("Law", "Value"), rows)));
    }

    private static void law(List<List<String>> rows, String name, Fitted.Told law) {
        rows.add(List.of(name, law.formula()));
        law.numbers().forEach((number, value) -> rows.add(List.of(name + ": " + number, Numbers.plain(value))));
        rows.add(List.of(name + ": scatter of the larger runs", Numbers.decimals(100 * law.noise(), 2) + " %"));
        rows.add(List.of(
                name + ": error within the ladder, each e-fold of compute",
                Numbers.decimals(100 * law.backtest(), 2) + " %"));
    }

    private Section runs() {
        List<Trial> all = new ArrayList<>(result.leftOut());
        all.addAll(result.fitted().trials());
        if (result.grade() != null && result.large() != null) {
            all.add(result.large());
        }
        return new Section(
                "runs",
                "The runs",
                Html.of(
                        "Operations are counted from the architecture: 2 for each number of a matrix and token, attention, and twice as many backward."),
                List.of(wide(
                        "Runs",
                        List.of(
                                "Run",
                                "Width",
                                "Parameters",
                                "Tokens",
                                "FLOPs",
                                "Nats a token",
                                "Bits a byte",
                                "GFLOP/s"),
                        all.stream().map(ScalePage::row).toList())));
    }

    private static List<String> row(Trial t) {
        return List.of(
                t.run(),
                String.valueOf(t.width()),
                Numbers.whole(t.spent().parameters()),
                Numbers.whole(t.spent().tokens()),
                flops(t.spent().flops()),
                Numbers.decimals(t.loss(), 4),
                Numbers.decimals(t.bitsPerByte(), 4),
                Numbers.plain(t.flopsPerSecond() / 1e9));
    }

    private Optional<Section> provenance() {
        Prediction prediction = result.prediction();
        return prediction == null
                ? Optional.empty()
                : Optional.of(new Section(
                        "provenance",
                        "What the prediction was made from",
                        Html.of(
                                "Written {} by Heed {}, hash <code>{}</code>. It is never rewritten.",
                                prediction.made(),
                                prediction.heed().commit(),
                                prediction.hash()),
                        List.of(wide(
                                "Files",
                                List.of("File", "SHA-256"),
                                prediction.from().entrySet().stream()
                                        .map(e -> List.of(e.getKey(), e.getValue()))
                                        .toList()))));
    }

    private Section conditions() {
        return new Section(
                "conditions",
                "How it was measured",
                Html.of("All runs have this in common."),
                List.of(wide(
                        "Conditions",
                        List.of("What", "How"),
                        result.conditions().entrySet().stream()
                                .map(e -> List.of(e.getKey(), e.getValue()))
                                .toList())));
    }

    static Html wide(String caption, List<String> columns, List<List<String>> rows) {
        return Html.of(
                "<div class=\"card wide\" tabindex=\"0\" role=\"region\" aria-label=\"{}\">{}</div>",
                caption,
                Figure.table(caption, columns, rows));
    }
}

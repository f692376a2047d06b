package dev.heed.eval.report;

import dev.heed.eval.report.Plot.Axis;
import dev.heed.eval.report.Plot.Point;
import dev.heed.eval.report.Plot.Series;
import dev.heed.eval.report.Plot.Shape;
import dev.heed.eval.scaling.Transfer;
import dev.heed.eval.scaling.Transfer.Curve;
import dev.heed.run.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Whether one learning rate suits all widths, as one HTML file (Yang et al. 2022, figure 1). */
public final class TransferPage {
    private static final int INKS = 5;

    private TransferPage() {}

    /** Where it lies in a ladder's folder. */
    public static Path path(Path folder) {
        return folder.resolve("transfer.html");
    }

    /** Writes the page, whole or not at all. */
    public static void write(Path file, Transfer transfer) {
        Json.replace(file, page(transfer).getBytes(StandardCharsets.UTF_8));
    }

    /** The page as text. */
    static String page(Transfer transfer) {
        Html opening = Html.of(
                "<header><p class=\"eyebrow\">Scaling</p><h1>Does one learning rate suit all widths?</h1><p class=\"lead\">{}</p></header>",
                String.join(
                        " ",
                        transfer.parametrisations().stream()
                                .map(kind -> verdict(transfer, kind))
                                .toList()));
        return Report.page("Learning rates over widths", opening, List.of(section(transfer)));
    }

    /** In a sentence, how far one rate suits all widths. */
    public static String verdict(Transfer transfer, String kind) {
        List<Double> drifts = transfer.drifts(kind);
        List<Integer> worse = transfer.worse(kind);
        return "With %s the best rates differ by a factor of %s%s; at %s %s."
                .formatted(
                        kind,
                        Numbers.plain(transfer.drift(kind)),
                        drifts.size() < 2
                                ? ""
                                : " (%s seed by seed)"
                                        .formatted(drifts.stream()
                                                .map(Numbers::plain)
                                                .collect(Collectors.joining(", "))),
                        Numbers.plain(transfer.shared(kind)),
                        worse.isEmpty()
                                ? "no width is worse than a narrower one"
                                : (worse.size() == 1
                                                ? "width %s is worse than a narrower one"
                                                : "widths %s are worse than narrower ones")
                                        .formatted(worse.stream()
                                                .map(String::valueOf)
                                                .collect(Collectors.joining(", "))));
    }

    static Section section(Transfer transfer) {
        double low = transfer.curves().stream().mapToDouble(Curve::least).min().orElse(0);
        double high = transfer.curves().stream()
                .flatMap(c -> c.tried().stream())
                .filter(t -> t.loss() != null)
                .mapToDouble(t -> t.loss() == null ? 0 : t.loss())
                .max()
                .orElse(1);
        List<List<String>> rows = transfer.curves().stream()
                .map(c -> List.of(
                        c.parametrisation(),
                        String.valueOf(c.width()),
                        Numbers.plain(c.best()),
                        Numbers.decimals(c.least(), 4)))
                .toList();
        List<Html> body = new ArrayList<>();
        body.add(Html.of(
                "<div class=\"small-multiples\">{}</div>",
                transfer.parametrisations().stream()
                        .map(kind -> figure(kind, transfer.of(kind), low, high))
                        .toList()));
        body.add(ScalePage.wide(
                "Best rates", List.of("Parametrisation", "Width", "Best learning rate", "Least loss"), rows));
        return new Section(
                "transfer",
                "Loss over learning rate",
                Html.of(
                        "A curve a width, wider models in later colours. Where the lowest points stand above one another, a rate that was found on a small model suits a large one."),
                body);
    }

    private static Html figure(String kind, List<Curve> curves, double low, double high) {
        List<Series> series = IntStream.range(0, curves.size())
                .mapToObj(i -> series(curves.get(i), i % INKS + 1))
                .toList();
        Plot plot = new Plot(
                "Held-out loss over learning rate with the %s parametrisation, a curve for each width".formatted(kind),
                new Axis("learning rate, as a power of ten", false),
                new Axis("held-out loss, nats a token", false, low - 0.03 * (high - low), high),
                series,
                List.of(),
                460,
                340);
        return new Figure(kind, "", Html.NOTHING, plot.svg(), "", List.of(), List.of()).html();
    }

    private static Series series(Curve curve, int ink) {
        List<Point> points = curve.tried().stream()
                .map(t -> {
                    Double loss = t.loss();
                    return new Point(Math.log10(t.lr()), loss == null ? Double.NaN : loss);
                })
                .toList();
        return new Series(String.format(Locale.ROOT, "%d", curve.width()), ink, Shape.LINE, points);
    }
}

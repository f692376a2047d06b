package dev.heed.eval.report;

import dev.heed.eval.report.Plot.Axis;
import dev.heed.eval.report.Plot.Point;
import dev.heed.eval.report.Plot.Series;
import dev.heed.eval.report.Plot.Shape;
import dev.heed.eval.scaling.Passes.Foretold;
import dev.heed.eval.scaling.Passes.Graded;
import dev.heed.eval.scaling.Prediction;
import dev.heed.eval.scaling.ScaleResult;
import dev.heed.eval.scaling.Trial;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Pass rates over compute, by how hard questions are (OpenAI 2023, GPT-4, figure 2): a section of {@link ScalePage}. */
final class PassRates {
    private static final int LINE_POINTS = 24;

    private final ScaleResult result;
    private final Prediction prediction;

    private PassRates(ScaleResult result, Prediction prediction) {
        this.result = result;
        this.prediction = prediction;
    }

    /** The section, where pass rates were foretold. */
    static Optional<Section> section(ScaleResult result) {
        Prediction prediction = result.prediction();
        return prediction == null || prediction.passes().isEmpty()
                ? Optional.empty()
                : Optional.of(new PassRates(result, prediction).section());
    }

    private Section section() {
        List<Series> series = new ArrayList<>();
        for (Foretold group : prediction.passes()) {
            String name = "group " + group.group();
            series.add(new Series(name, group.group(), Shape.LINE, line(group)));
            series.add(new Series(
                    name,
                    group.group(),
                    Shape.DISCS,
                    result.fitted().trials().stream()
                            .filter(Trial::onLine)
                            .map(trial -> point(group, trial, 3))
                            .toList()));
            Trial large = result.large();
            if (result.grade() != null && large != null) {
                series.add(new Series(name, group.group(), Shape.DISCS, List.of(point(group, large, 7))));
            }
        }
        Plot plot = new Plot(
                "−ln of the pass rate over training compute, for questions from the easiest group to the hardest",
                new Axis("training compute, FLOPs as a power of ten", false),
                new Axis("−ln of the pass rate, as a power of ten", false),
                series,
                List.of(),
                960,
                380);
        return new Section(
                "passes",
                "Questions by how hard they are",
                Html.of(
                        "Group 1 asks about the most famous, each further group more about those whom the text hardly ever speaks of. Only runs and questions count such that each run solves each question at least once in a thousand tries."),
                List.of(new Figure(
                                "Pass rates and what the small runs foretell",
                                "−mean ln of the probability of the right answer",
                                Html.NOTHING,
                                plot.svg(),
                                "Small discs are small runs, lines the laws through them; large discs the large run, drawn once it is graded.",
                                List.of("Group", "Questions", "Law", "Foretold, nats", "Reached", "Inside"),
                                rows())
                        .html()));
    }

    private List<Point> line(Foretold group) {
        double from = result.fitted().trials().stream()
                .mapToDouble(t -> t.spent().flops())
                .min()
                .orElseThrow();
        List<Point> line = new ArrayList<>();
        for (int i = 0; i < LINE_POINTS; i++) {
            double flops = from * Math.pow(prediction.large().flops() / from, i / (LINE_POINTS - 1.0));
            line.add(new Point(Math.log10(flops), Math.log10(group.law().at(flops))));
        }
        return line;
    }

    private static Point point(Foretold group, Trial trial, double size) {
        double surprise = group.reached(trial);
        return new Point(
                Math.log10(trial.spent().flops()),
                Math.log10(surprise),
                Double.NaN,
                Double.NaN,
                size,
                "%s: %s nats".formatted(trial.run(), Numbers.decimals(surprise, 3)));
    }

    private List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < prediction.passes().size(); i++) {
            Foretold group = prediction.passes().get(i);
            Graded graded =
                    result.grade() == null ? null : result.grade().passes().get(i);
            rows.add(List.of(
                    String.valueOf(group.group()),
                    String.valueOf(group.questions().size()),
                    group.law().formula(),
                    Numbers.fixed(group.surprise(), 3),
                    graded == null ? "—" : Numbers.decimals(graded.reached(), 3),
                    graded == null ? "—" : graded.inside() ? "yes" : "no"));
        }
        return rows;
    }
}

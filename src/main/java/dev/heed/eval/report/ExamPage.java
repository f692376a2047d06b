package dev.heed.eval.report;

import dev.heed.eval.exam.Abstention;
import dev.heed.eval.exam.ExamResult;
import dev.heed.eval.exam.ExamResult.Candidate;
import dev.heed.eval.exam.ExamResult.ScoreReport;
import dev.heed.eval.exam.ExamResult.Subject;
import dev.heed.eval.exam.Reliability;
import dev.heed.eval.exam.Way;
import dev.heed.eval.report.Plot.Axis;
import dev.heed.eval.report.Plot.Point;
import dev.heed.eval.report.Plot.Series;
import dev.heed.eval.report.Plot.Shape;
import dev.heed.quality.Interval;
import dev.heed.run.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Models that sat one exam, side by side as one HTML file: what they knew, and whether their probabilities can be believed. */
public final class ExamPage {
    private static final int INKS = 6;
    private static final List<Shape> SHAPES = List.of(Shape.LINE, Shape.DASHED);

    private final ExamResult result;
    private final List<Candidate> models;

    private ExamPage(ExamResult result) {
        this.result = result;
        this.models = result.models();
    }

    /** Writes the page, whole or not at all. */
    public static void write(Path file, ExamResult result) {
        Json.replace(file, page(result).getBytes(StandardCharsets.UTF_8));
    }

    /** The page as text. */
    static String page(ExamResult result) {
        ExamPage page = new ExamPage(result);
        return Report.page(
                "Exam: " + result.exam(),
                page.opening(),
                Stream.of(
                                page.scores(),
                                Optional.of(page.subjects()),
                                page.reliability(),
                                page.abstention(),
                                page.samples(),
                                Optional.of(page.conditions()))
                        .flatMap(Optional::stream)
                        .toList());
    }

    private Html opening() {
        Candidate best = models.stream()
                .max((a, b) -> Double.compare(a.accuracy().mean(), b.accuracy().mean()))
                .orElseThrow();
        return Html.of(
                "<header><p class=\"eyebrow\">Exam</p><h1>{}</h1><p class=\"lead\">{} was right most often: {} of {} questions.</p></header>",
                result.exam(),
                best.name(),
                Numbers.percent(best.accuracy()),
                Numbers.whole(result.questions()));
    }

    // ---- the score report ----

    private Optional<Section> scores() {
        List<Candidate> graded = models.stream().filter(c -> c.report() != null).toList();
        if (graded.isEmpty()) {
            return Optional.empty();
        }
        ScoreReport first = Objects.requireNonNull(graded.get(0).report());
        List<Html> rows = new ArrayList<>();
        rows.add(row(
                "Score", "the sections' mean by weight", graded, c -> report(c).score()));
        rows.add(text(
                "Result",
                "pass mark " + Numbers.percent(first.passMark()),
                graded,
                c -> report(c).passed() ? "passed" : "failed"));
        rows.add(row(
                "Percentile", "share of %d other models that scored less".formatted(first.among()), graded, c -> report(
                                c)
                        .percentile()));
        for (int i = 0; i < first.parts().size(); i++) {
            int part = i;
            rows.add(row(
                    first.parts().get(i).section(),
                    "%s of the score, %d questions"
                            .formatted(
                                    Numbers.percent(first.parts().get(i).weight()),
                                    first.parts().get(i).questions()),
                    graded,
                    c -> report(c).parts().get(part).points()));
        }
        return Optional.of(new Section(
                "score",
                "Score report",
                Html.of(
                        "As a candidate would be told. The percentile places a model among those that sat this exam before, each on the exam of its own world; its interval goes from the score’s lower to its upper end."),
                List.of(table("Score report", graded, rows))));
    }

    private static ScoreReport report(Candidate candidate) {
        return Objects.requireNonNull(candidate.report());
    }

    // ---- by subject ----

    private Section subjects() {
        List<Html> rows = new ArrayList<>();
        rows.add(row("All questions", Numbers.whole(result.questions()), models, Candidate::accuracy));
        for (Way way : Way.values()) {
            if (models.stream().anyMatch(c -> c.byWay().containsKey(way))) {
                rows.add(row("Choices", lower(way), models, c -> c.byWay().getOrDefault(way, Interval.NONE)));
            }
        }
        for (int i = 0; i < models.get(0).passAtK().size(); i++) {
            int at = i;
            rows.add(row(
                    "pass@" + models.get(0).passAtK().get(i).k(),
                    "one of so many answers is right",
                    models,
                    c -> at < c.passAtK().size() ? c.passAtK().get(at).share() : Interval.NONE));
        }
        if (result.conditions().overlap() != null) {
            rows.add(row("Clean questions", "the training text has nothing of them", models, c -> known(c.clean())));
            rows.add(row("Dirty questions", "it has a run of words of them", models, c -> known(c.dirty())));
        }
        for (Subject subject : models.get(0).subjects()) {
            rows.add(row(subject.name(), Numbers.whole(subject.questions()), models, c -> same(c, subject)
                    .map(Subject::accuracy)
                    .orElse(Interval.NONE)));
            if (subject.tempted().known()) {
                rows.add(
                        row("… tempted", "says the falsehood that the question tempts to", models, c -> same(c, subject)
                                .map(Subject::tempted)
                                .orElse(Interval.NONE)));
            }
        }
        return new Section(
                "subjects",
                "What they knew",
                Html.of("Shares of right answers, with 95 % intervals over questions."),
                List.of(table("Right answers by subject", models, rows)));
    }

    private static Interval known(@Nullable Interval interval) {
        return interval == null ? Interval.NONE : interval;
    }

    private static Optional<Subject> same(Candidate candidate, Subject subject) {
        return candidate.subjects().stream()
                .filter(s -> s.name().equals(subject.name()))
                .findFirst();
    }

    // ---- probabilities ----

    private List<Candidate> choosing() {
        return models.stream().filter(c -> c.reliability() != null).toList();
    }

    private static Reliability of(Candidate candidate) {
        return Objects.requireNonNull(candidate.reliability());
    }

    private Optional<Section> reliability() {
        if (choosing().isEmpty()) {
            return Optional.empty();
        }
        List<List<String>> rows = new ArrayList<>();
        measure(rows, "Calibration error", Reliability::ece);
        measure(rows, "… over every option", Reliability::eceEach);
        measure(rows, "Brier score (0 to 2)", Reliability::brier);
        measure(rows, "Nats of the right option", Reliability::nll);
        rows.add(cells("Temperature refit", c -> Numbers.plain(of(c).refit().temperature())));
        measure(rows, "… calibration error", r -> r.refit().ece());
        measure(rows, "… over every option", r -> r.refit().eceEach());
        measure(rows, "… Brier score", r -> r.refit().brier());
        measure(rows, "… nats of the right option", r -> r.refit().nll());
        List<String> columns = Stream.concat(
                        Stream.of("Measure"), choosing().stream().map(Candidate::name))
                .toList();
        return Optional.of(new Section(
                "calibration",
                "Can their probabilities be believed?",
                Html.of(
                        "The softmax of the options’ scores says how sure a model is. A refit divides the scores by one temperature, fitted on the other half of the questions: what it mends was over- or underconfidence alike everywhere."),
                List.of(
                        Html.of(
                                "<div class=\"small-multiples\">{}</div>",
                                choosing().stream()
                                        .map(c -> ReliabilityFigure.of(
                                                c.name(), c.name(), "Questions", of(c).chosen(), 340))
                                        .toList()),
                        Html.of(
                                "<div class=\"card wide\" tabindex=\"0\" role=\"region\" aria-label=\"Calibration\">{}</div>",
                                Figure.table("Calibration", columns, rows)))));
    }

    private void measure(List<List<String>> rows, String name, Function<Reliability, Interval> value) {
        rows.add(cells(name, c -> Numbers.fixed(value.apply(of(c)), 3)));
    }

    private List<String> cells(String name, Function<Candidate, String> value) {
        return Stream.concat(Stream.of(name), choosing().stream().map(value)).toList();
    }

    private Optional<Section> abstention() {
        List<Candidate> choosing = choosing();
        if (choosing.isEmpty()) {
            return Optional.empty();
        }
        List<Series> series = IntStream.range(0, choosing.size())
                .mapToObj(i -> new Series(
                        choosing.get(i).name(),
                        i % INKS + 1,
                        SHAPES.get(i % 2),
                        of(choosing.get(i)).abstention().points().stream()
                                .map(p -> new Point(p.coverage(), p.accuracy()))
                                .toList()))
                .toList();
        Plot plot = new Plot(
                "Accuracy over the share of questions that are answered, for "
                        + String.join(
                                ", ", choosing.stream().map(Candidate::name).toList()),
                new Axis("share of questions answered, surest first", true, 0, 1),
                new Axis("right", true),
                series,
                List.of(),
                640,
                340);
        return Optional.of(new Section(
                "abstention",
                "If they kept quiet where they are unsure",
                Html.of("A curve that falls to the right says that a model knows what it does not know."),
                List.of(new Figure(
                                "Accuracy over coverage",
                                "",
                                Html.NOTHING,
                                plot.svg(),
                                "Mean over all coverages: "
                                        + String.join(
                                                "; ",
                                                choosing.stream()
                                                        .map(c -> c.name() + " "
                                                                + Numbers.percent(of(c).abstentionArea()))
                                                        .toList()),
                                List.of("Model", "Answered", "At least so sure", "Right"),
                                choosing.stream().flatMap(ExamPage::coverage).toList())
                        .html())));
    }

    private static Stream<List<String>> coverage(Candidate candidate) {
        List<Abstention.Point> points = of(candidate).abstention().points();
        return points.stream()
                .map(p -> List.of(
                        candidate.name(),
                        Numbers.percent(p.coverage()),
                        Numbers.percent(p.confidence()),
                        Numbers.percent(p.accuracy())));
    }

    // ---- answers, conditions ----

    private Optional<Section> samples() {
        List<List<String>> rows = models.stream()
                .flatMap(c -> c.samples().stream()
                        .map(s -> List.of(c.name(), s.question(), s.answer(), Numbers.plain(s.points()))))
                .toList();
        return rows.isEmpty()
                ? Optional.empty()
                : Optional.of(new Section(
                        "answers",
                        "Some answers",
                        Html.of("Evenly apart among the written ones, not chosen by what is in them."),
                        List.of(Html.of(
                                "<div class=\"card wide\" tabindex=\"0\" role=\"region\" aria-label=\"Answers\">{}</div>",
                                Figure.table("Answers", List.of("Model", "Question", "Answer", "Points"), rows)))));
    }

    private Section conditions() {
        ExamResult.Conditions how = result.conditions();
        List<List<String>> rows = new ArrayList<>(List.of(
                List.of("Seed", "" + result.seed()),
                List.of("Form", lower(how.form())),
                List.of("Options scored by", lower(how.listing())),
                List.of("Options compared", lower(how.way())),
                List.of("Examples before a question", "" + how.shots()),
                List.of("Answers a question", "" + how.samples()),
                List.of("Temperature", Numbers.plain(how.temperature())),
                List.of("Questions left out", Numbers.whole(result.leftOut()))));
        if (how.overlap() != null) {
            rows.add(List.of(
                    "Questions with a run of %d words in the training text"
                            .formatted(how.overlap().words()),
                    Numbers.percent(how.overlap().dirty())));
        }
        return new Section(
                "conditions",
                "How it was asked",
                Html.of("Log-probabilities are in float32."),
                List.of(Html.of(
                        "<div class=\"card wide\">{}</div>",
                        Figure.table("Conditions", List.of("What", "How"), rows))));
    }

    // ---- tables ----

    private static Html table(String caption, List<Candidate> models, List<Html> rows) {
        return Html.of(
                """
                <div class="wide card" tabindex="0" role="region" aria-label="Table: {}">
                <table class="models"><caption>{}</caption>
                <thead><tr><th scope="col">What</th>{}</tr></thead>
                <tbody>{}</tbody></table></div>""",
                caption,
                caption,
                models.stream()
                        .map(c -> Html.of("<th scope=\"col\">{}</th>", c.name()))
                        .toList(),
                rows);
    }

    private static Html row(String name, String note, List<Candidate> models, Function<Candidate, Interval> value) {
        return cellsOf(name, note, models, c -> {
            Interval share = value.apply(c);
            return Html.of("<span>{}</span>{}", Numbers.percent(share), Bar.SHARE.of(share));
        });
    }

    private static Html text(String name, String note, List<Candidate> models, Function<Candidate, String> value) {
        return cellsOf(name, note, models, c -> Html.of("<span>{}</span>", value.apply(c)));
    }

    private static Html cellsOf(String name, String note, List<Candidate> models, Function<Candidate, Html> cell) {
        return Html.of(
                "<tr><th scope=\"row\">{} <small>{}</small></th>{}</tr>",
                name,
                note,
                models.stream().map(c -> Html.of("<td>{}</td>", cell.apply(c))).toList());
    }

    private static String lower(@Nullable Enum<?> constant) {
        return constant == null ? "–" : constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}

package dev.heed.eval.report;

import dev.heed.eval.ModelCard;
import dev.heed.eval.exam.ExamResult;
import dev.heed.eval.exam.ExamResult.Candidate;
import dev.heed.eval.exam.Reliability;
import dev.heed.eval.report.CardData.Evaluation;
import dev.heed.eval.report.CardData.Sat;
import dev.heed.quality.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** A model's measures beside those of where it came from, and the exams that it sat. */
final class EvaluationTable {
    static final List<String> EXAM_HEADINGS = List.of(
            "Exam", "Questions", "Right", "Calibration error", "Temperature refit", "Score", "In the training text");

    private EvaluationTable() {}

    static Html of(Evaluation evaluation) {
        List<ModelCard> cards = cards(evaluation);
        List<Html> rows = Measure.ALL.stream()
                .filter(m -> m.of(evaluation.card()).known())
                .map(m -> row(m, evaluation, cards))
                .toList();
        return Html.of(
                """
                <div class="wide card" tabindex="0" role="region" aria-label="Evaluation">
                <table class="models"><caption>{} and where it came from</caption>
                <thead><tr><th scope="col">Measure</th>{}</tr></thead>
                <tbody>{}</tbody></table></div>""",
                evaluation.card().name(),
                cards.stream().map(c -> head(c, evaluation)).toList(),
                rows);
    }

    /** In the order of training, the model itself last. */
    static List<ModelCard> cards(Evaluation evaluation) {
        return Stream.of(evaluation.base(), evaluation.baseline(), evaluation.card())
                .filter(Objects::nonNull)
                .distinct()
                .toList();
    }

    private static Html head(ModelCard card, Evaluation evaluation) {
        boolean itself = card.equals(evaluation.card());
        return Html.of(
                "<th scope=\"col\"{}>{} <small>{}</small></th>",
                itself ? new Html(" class=\"newest\"") : Html.NOTHING,
                card.name(),
                itself ? "this model" : card.equals(evaluation.baseline()) ? "the baseline" : "");
    }

    private static Html row(Measure measure, Evaluation evaluation, List<ModelCard> cards) {
        List<Html> cells = new ArrayList<>();
        for (ModelCard card : cards) {
            boolean againstItself = measure.key().contains("win_rate")
                    && card.name().equals(evaluation.baseline().name());
            Interval value = measure.of(card);
            cells.add(Html.of(
                    "<td{}><span>{}</span>{}</td>",
                    card.equals(evaluation.card()) ? new Html(" class=\"newest\"") : Html.NOTHING,
                    againstItself ? "–" : measure.show(value),
                    againstItself || measure.kind() != Measure.Kind.SHARE
                            ? Html.NOTHING
                            : (measure.key().contains("win_rate") ? new Bar(0, 1, List.of(0.5)) : Bar.SHARE)
                                    .of(value)));
        }
        return Html.of(
                "<tr><th scope=\"row\">{} <small>{}</small></th>{}</tr>", measure.label(), measure.help(), cells);
    }

    static Html exams(List<Sat> exams) {
        return Html.of(
                "<div class=\"wide card exams\" tabindex=\"0\" role=\"region\" aria-label=\"Exams\"><h3>Exams</h3>{}</div>",
                Figure.table(
                        "Exams that it sat",
                        EXAM_HEADINGS,
                        exams.stream().map(EvaluationTable::cells).toList()));
    }

    static List<String> cells(Sat sat) {
        ExamResult exam = sat.exam();
        Candidate model = sat.candidate();
        Reliability reliability = model.reliability();
        ExamResult.ScoreReport score = model.report();
        ExamResult.Overlap overlap = exam.conditions().overlap();
        return List.of(
                exam.exam(),
                Numbers.whole(exam.questions()),
                Numbers.percent(model.accuracy()),
                reliability == null ? "–" : Numbers.fixed(reliability.ece(), 3),
                reliability == null ? "–" : Numbers.decimals(reliability.refit().temperature(), 2),
                score == null
                        ? "not graded"
                        : "%s, %s".formatted(Numbers.percent(score.score()), score.passed() ? "passed" : "failed"),
                overlap == null ? "not looked for" : Numbers.percent(overlap.dirty()) + " of the questions");
    }
}

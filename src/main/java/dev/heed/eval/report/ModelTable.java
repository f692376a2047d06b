package dev.heed.eval.report;

import dev.heed.eval.ModelCard;
import dev.heed.quality.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All models side by side: a row a measure, each number with its interval as a small bar. */
final class ModelTable {
    private ModelTable() {}

    static Optional<Section> of(ReportData data) {
        if (data.cards().isEmpty()) {
            return Optional.empty();
        }
        List<Html> rows = Measure.ALL.stream()
                .filter(m -> data.cards().stream().anyMatch(c -> m.of(c).known()))
                .map(m -> row(m, data))
                .toList();
        Html table = Html.of(
                """
                <div class="wide card" tabindex="0" role="region" aria-label="Report cards of all models">
                <table class="models"><caption>Each model on the same held-out prompts</caption>
                <thead><tr><th scope="col">Measure</th>{}</tr></thead>
                <tbody>{}</tbody></table></div>""",
                data.cards().stream().map(c -> head(c, data)).toList(),
                rows);
        return Optional.of(new Section(
                "models",
                "The models, side by side",
                Html.of(
                        "Read a row from left to right, the order of training. The bar is the 95 % interval, the line in it the estimate: where two bars lie apart, chance does not explain the difference."),
                List.of(table)));
    }

    private static Html head(ModelCard card, ReportData data) {
        String role = card.name().equals(data.summary().baseline())
                ? "the baseline"
                : data.newest().filter(card::equals).isPresent() ? "the newest" : "";
        return Html.of("<th scope=\"col\"{}>{} <small>{}</small></th>", tint(card, data), card.name(), role);
    }

    private static Html row(Measure measure, ReportData data) {
        List<Html> cells = new ArrayList<>();
        for (ModelCard card : data.cards()) {
            Interval value = measure.of(card);
            boolean itself = measure.key().contains("win_rate")
                    && card.name().equals(data.summary().baseline());
            cells.add(Html.of(
                    "<td{}><span>{}</span>{}</td>",
                    tint(card, data),
                    itself ? "–" : number(measure, value),
                    itself ? Html.NOTHING : bar(measure, value, data)));
        }
        return Html.of(
                "<tr><th scope=\"row\">{} <small>{}</small></th>{}</tr>", measure.label(), measure.help(), cells);
    }

    private static Html number(Measure measure, Interval value) {
        String shown = measure.show(value);
        int bracket = shown.indexOf('(');
        return bracket < 0
                ? Html.of("<strong>{}</strong>", shown)
                : Html.of(
                        "<strong>{}</strong> <small>{}</small>",
                        shown.substring(0, bracket).strip(),
                        shown.substring(bracket));
    }

    private static Html bar(Measure measure, Interval value, ReportData data) {
        return switch (measure.kind()) {
            case SHARE -> (measure.key().contains("win_rate") ? new Bar(0, 1, List.of(0.5)) : Bar.SHARE).of(value);
            case SCORE -> overAll(measure, data).of(value);
            case NUMBER -> Html.NOTHING;
        };
    }

    /** Scores have no natural ends: a bar then spans all the models' intervals. */
    private static Bar overAll(Measure measure, ReportData data) {
        List<Interval> all =
                data.cards().stream().map(measure::of).filter(Interval::known).toList();
        double low = all.stream().mapToDouble(Interval::low).min().orElse(0);
        double high = all.stream().mapToDouble(Interval::high).max().orElse(1);
        return low >= 0 && high <= 1 ? Bar.SHARE : new Bar(low, high > low ? high : low + 1, List.of());
    }

    private static Html tint(ModelCard card, ReportData data) {
        return data.newest().filter(card::equals).isPresent() ? Html.of(" class=\"newest\"") : Html.NOTHING;
    }
}

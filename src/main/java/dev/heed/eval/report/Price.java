package dev.heed.eval.report;

import dev.heed.eval.ModelCard;
import dev.heed.eval.report.Measure.Better;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What got worse: the alignment tax, and every share that fell by more than chance explains. */
final class Price {
    /** What it means where a measure falls or rises. */
    private record Cost(Measure measure, String whenLower, String whenHigher) {}

    private static final List<Cost> COSTS = List.of(
            new Cost(
                    Measure.named("bits_per_byte"),
                    "predicts plain held-out text better",
                    "predicts plain held-out text less well"),
            new Cost(Measure.named("distinct2"), "says the same things more often", "is more varied"),
            new Cost(Measure.named("length"), "is briefer", "is longer-winded"),
            new Cost(Measure.named("eos_rate"), "runs into the limit more often", "finds its end more often"));

    private Price() {}

    static Optional<Section> of(ReportData data) {
        return data.baseline().flatMap(before -> data.newest().map(after -> section(before, after)));
    }

    private static Section section(ModelCard before, ModelCard after) {
        List<Html> rows = COSTS.stream()
                .filter(c -> c.measure().of(before).mean() > 0
                        && c.measure().of(after).known())
                .map(c -> row(
                        c, c.measure().of(before).mean(), c.measure().of(after).mean()))
                .toList();
        Html table = Html.of(
                """
                <div class="wide card"><table class="price"><caption>{} against {}</caption>
                <thead><tr><th scope="col">Measure</th><th scope="col">before</th><th scope="col">after</th>\
                <th scope="col">change</th><th scope="col">the new model …</th></tr></thead>
                <tbody>{}</tbody></table></div>""",
                after.name(),
                before.name(),
                rows);
        return new Section(
                "price",
                "What got worse",
                Html.of(
                        "Teaching a model what people like can cost it something else, the alignment tax. {}",
                        worse(before, after)),
                List.of(table));
    }

    private static String worse(ModelCard before, ModelCard after) {
        List<String> worse = Measure.ALL.stream()
                .filter(m -> m.kind() != Measure.Kind.NUMBER && m.worse(before, after))
                .map(m -> "%s (%s, was %s)"
                        .formatted(m.label().toLowerCase(Locale.ROOT), m.show(m.of(after)), m.show(m.of(before))))
                .toList();
        return worse.isEmpty()
                ? "Of the shares above, none got worse by more than chance explains."
                : "By more than chance explains, this got worse: " + String.join("; ", worse) + ".";
    }

    private static Html row(Cost cost, double before, double after) {
        Measure measure = cost.measure();
        String change = Numbers.change(before, after);
        boolean same = change.startsWith("±");
        boolean rose = after > before;
        boolean bad = measure.better() == (rose ? Better.LOWER : Better.HIGHER);
        return Html.of(
                "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td class=\"{}\">{}</td><td>{}</td></tr>",
                measure.label(),
                measure.show(before),
                measure.show(after),
                bad && !same ? "bad" : "",
                change,
                same ? "is the same" : rose ? cost.whenHigher() : cost.whenLower());
    }
}

package dev.heed.eval.report;

import dev.heed.eval.ModelCard;
import dev.heed.eval.report.CardData.Evaluation;
import dev.heed.eval.report.Measure.Better;
import dev.heed.eval.report.Measure.Kind;
import dev.heed.quality.Interval;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a model lost on the way from its baseline, with how sure that is. */
final class CardLosses {
    private static final List<Measure> MEASURES = Stream.of(
                    "bits_per_byte",
                    "distinct2",
                    "kl",
                    "length",
                    "eos_rate",
                    "truth",
                    "follows",
                    "kind",
                    "declines",
                    "wrongly_declines")
            .map(Measure::named)
            .toList();

    private CardLosses() {}

    /** A measure before and after. */
    record Loss(Measure measure, Interval before, Interval after, Interval difference) {
        /** Whether the difference's interval leaves out 0; not where there is none. */
        boolean sure() {
            return difference.low() < difference.high() && (difference.low() > 0 || difference.high() < 0);
        }

        boolean bad() {
            return measure.better() == (difference.mean() > 0 ? Better.LOWER : Better.HIGHER) && difference.mean() != 0;
        }

        /** "+0.004" of plain numbers, "+6 (4–8) points" of shares. */
        String shown() {
            if (measure.kind() != Kind.SHARE) {
                String sign = difference.mean() > 0 ? "+" : "";
                return difference.mean() == 0 ? "none" : sign + measure.show(difference);
            }
            Interval points = new Interval(100 * difference.mean(), 100 * difference.low(), 100 * difference.high());
            return (points.mean() > 0 ? "+" : "") + Numbers.fixed(points, 0) + "\u00A0points";
        }

        String verdict() {
            return difference.low() == difference.high()
                    ? difference.mean() == 0 ? "the same" : bad() ? "worse, how surely is not known" : "no loss"
                    : !sure()
                            ? "may be chance"
                            : bad() ? "worse" : measure.better() == Better.NEITHER ? "moved" : "no loss";
        }
    }

    static List<Loss> of(Evaluation evaluation) {
        ModelCard before = evaluation.baseline();
        ModelCard after = evaluation.card();
        return MEASURES.stream()
                .filter(m -> m.of(before).known() && m.of(after).known())
                .map(m -> new Loss(m, m.of(before), m.of(after), difference(m.of(before), m.of(after))))
                .toList();
    }

    /**
     * After less before. The interval takes the two as independent (the square root of the sum of the squared widths); as both
     * answered the same prompts, it is rather too wide.
     */
    private static Interval difference(Interval before, Interval after) {
        double below = Math.hypot(after.mean() - after.low(), before.high() - before.mean());
        double above = Math.hypot(after.high() - after.mean(), before.mean() - before.low());
        double mean = after.mean() - before.mean();
        return new Interval(mean, mean - below, mean + above);
    }

    static Optional<Section> section(CardData data) {
        Evaluation evaluation = data.evaluation();
        if (evaluation == null
                || evaluation.card().name().equals(evaluation.baseline().name())) {
            return Optional.empty();
        }
        List<Html> rows = of(evaluation).stream()
                .map(loss -> Html.of(
                        "<tr><th scope=\"row\">{} <small>{}</small></th><td>{}</td><td>{}</td><td>{}</td><td class=\"{}\">{}</td></tr>",
                        loss.measure().label(),
                        loss.measure().help(),
                        loss.measure().show(loss.before()),
                        loss.measure().show(loss.after()),
                        loss.shown(),
                        loss.bad() && loss.sure() ? "bad" : "",
                        loss.verdict()))
                .toList();
        String baseline = evaluation.baseline().name();
        return Optional.of(new Section(
                "lost",
                "What it lost",
                Html.of(
                        "Against {}. The intervals of differences take the two models’ as independent, which makes them rather too wide; where one stands alone, none was measured.",
                        baseline),
                List.of(Html.of(
                        """
                        <div class="wide card" tabindex="0" role="region" aria-label="What it lost"><table class="losses"><caption>{} against {}</caption>
                        <thead><tr><th scope="col">Measure</th><th scope="col">{}</th><th scope="col">{}</th><th scope="col">difference</th><th scope="col">so it is</th></tr></thead>
                        <tbody>{}</tbody></table></div>""",
                        data.name(),
                        baseline,
                        baseline,
                        data.name(),
                        rows))));
    }
}

package dev.heed.eval.report;

import dev.heed.eval.report.ReportData.Chip;
import dev.heed.eval.report.ReportData.Sample;
import dev.heed.eval.report.ReportData.Side;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The same held-out prompts before and after, word by word. */
final class Samples {
    private Samples() {}

    static Optional<Section> of(ReportData data) {
        if (data.samples().isEmpty()) {
            return Optional.empty();
        }
        Html lead = Html.of(
                "The same prompts, answered by both models; nobody trained on them. <del>Words only before</del> and <ins>words only after</ins> are marked; the chips are what {} says of each answer.",
                data.summary().judge().name());
        return Optional.of(new Section(
                "samples",
                "Before and after",
                lead,
                data.samples().stream().map(Samples::sample).toList()));
    }

    private static Html sample(Sample sample) {
        WordDiff diff = WordDiff.of(sample.before().text(), sample.after().text());
        return Html.of(
                """
                <article class="sample">
                <p class="prompt foreign" dir="auto">{}</p>
                {}
                <div class="sides">{}{}</div>
                </article>""",
                sample.prompt(),
                outcome(sample.before().score(), sample.after().score()),
                side(sample.before(), "before", "del", diff.before()),
                side(sample.after(), "after", "ins", diff.after()));
    }

    private static Html outcome(double before, double after) {
        if (Double.isNaN(before) || Double.isNaN(after)) {
            return Html.NOTHING;
        }
        String verdict = after > before ? "better" : after < before ? "worse" : "as good";
        return Html.of(
                "<p class=\"outcome {}\">{} {} <small>{} → {}</small></p>",
                verdict.equals("as good") ? "equal" : verdict,
                after > before ? "▲" : after < before ? "▼" : "=",
                verdict,
                Numbers.decimals(before, 2),
                Numbers.decimals(after, 2));
    }

    private static Html side(Side side, String when, String mark, List<WordDiff.Piece> pieces) {
        return Html.of(
                """
                <div class="card {}"><h3>{} <small>{}</small></h3><blockquote class="foreign" dir="auto">{}</blockquote><ul class="chips">{}</ul></div>""",
                when,
                when,
                side.model(),
                pieces.isEmpty() ? Html.of("<span class=\"silence\">(says nothing)</span>") : text(pieces, mark),
                side.chips().stream().map(Samples::chip).toList());
    }

    private static Html text(List<WordDiff.Piece> pieces, String mark) {
        return new Html(pieces.stream()
                .map(p -> p.changed() ? marked(p.text(), mark) : Html.of("{}", p.text()))
                .map(Html::markup)
                .collect(Collectors.joining()));
    }

    /** The whitespace after the last word stays outside. */
    private static Html marked(String text, String mark) {
        String words = text.stripTrailing();
        return Html.of("<" + mark + ">{}</" + mark + ">{}", words, text.substring(words.length()));
    }

    private static Html chip(Chip chip) {
        return Html.of(
                "<li class=\"{}\"><span aria-hidden=\"true\">{}</span> {}</li>",
                chip.good() ? "good" : "bad",
                chip.good() ? "✓" : "✗",
                chip.name());
    }
}

package dev.heed.eval.report;

import dev.heed.eval.ModelCard;
import dev.heed.eval.report.ReportData.Summary;
import dev.heed.quality.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The first screen: one sentence that says whether it got better, and the few numbers that matter. */
final class Opening {
    private Opening() {}

    static Html of(ReportData data) {
        return Html.of(
                """
                <header>
                <p class="eyebrow">{}</p>
                <h1>{}</h1>
                {}
                {}
                {}
                </header>""",
                data.title(),
                headline(data),
                bar(data),
                aboutTheJudge(data),
                tiles(data));
    }

    /** Claims a difference only where the interval excludes a half. */
    static Html headline(ReportData data) {
        Optional<Interval> won = data.baseline().flatMap(b -> data.newest()).map(ModelCard::winRateVsSft);
        Summary summary = data.summary();
        if (won.isEmpty() || !won.get().known()) {
            return summary.preferences() == 0
                    ? Html.of("Nothing to compare yet.")
                    : Html.of("After {}: nothing to compare yet.", effort(summary));
        }
        String judge = summary.judge().name();
        Interval rate = won.get();
        if (rate.low() > 0.5) {
            return Html.of(
                    "After {}, {} prefers the new answers <em>{}</em> of the time.",
                    effort(summary),
                    judge,
                    Numbers.percent(rate));
        }
        if (rate.high() < 0.5) {
            return Html.of(
                    "It got worse: after {}, {} prefers the new answers only <em>{}</em> of the time.",
                    effort(summary),
                    judge,
                    Numbers.percent(rate));
        }
        return Html.of(
                "After {}, {} cannot tell the new answers from the old: it prefers them <em>{}</em> of the time.",
                effort(summary),
                judge,
                Numbers.percent(rate));
    }

    private static String effort(Summary summary) {
        return "%s round%s and %s preference%s"
                .formatted(
                        Numbers.word(summary.rounds()), summary.rounds() == 1 ? "" : "s",
                        Numbers.whole(summary.preferences()), summary.preferences() == 1 ? "" : "s");
    }

    private static Html bar(ReportData data) {
        return data.baseline()
                .flatMap(b -> data.newest())
                .map(n -> Html.of(
                        """
                        <div class="hero-bar">{}<span class="ends"><span>always the old</span><span>a coin</span><span>always the new</span></span></div>""",
                        new Bar(0, 1, List.of(0.5)).of(n.winRateVsSft())))
                .orElse(Html.NOTHING);
    }

    private static Html aboutTheJudge(ReportData data) {
        if (data.baseline().isEmpty() || data.newest().isEmpty()) {
            return Html.NOTHING;
        }
        Summary summary = data.summary();
        return Html.of(
                """
                <p class="judge">{} Old ({}) and new ({}) answered the same {} held-out prompts; a tie counts as half. \
                In brackets: 95 % intervals.</p>""",
                summary.judge().explanation(),
                summary.baseline(),
                data.newest().get().name(),
                Numbers.whole(summary.heldOutPrompts()));
    }

    private static Html tiles(ReportData data) {
        if (data.baseline().isEmpty() || data.newest().isEmpty()) {
            return Html.NOTHING;
        }
        ModelCard before = data.baseline().get();
        ModelCard after = data.newest().get();
        List<Html> tiles = new ArrayList<>();
        for (String key : List.of("truth", "kind", "declines", "wrongly_declines")) {
            Measure measure = Measure.named(key);
            if (measure.of(after).known() && measure.of(before).known()) {
                double was = measure.of(before).mean();
                double now = measure.of(after).mean();
                tiles.add(tile(
                        measure.label(),
                        Numbers.percent(now),
                        "was %s, %s".formatted(Numbers.percent(was), Numbers.points(was, now))));
            }
        }
        if (after.bitsPerByte() > 0 && before.bitsPerByte() > 0) {
            tiles.add(tile(
                    "Price in general ability",
                    Numbers.change(before.bitsPerByte(), after.bitsPerByte()),
                    "bits per byte on plain text"));
        }
        return Html.of("<dl class=\"tiles\">{}</dl>", tiles);
    }

    private static Html tile(String name, String number, String note) {
        return Html.of(
                "<div class=\"card\"><dt>{}</dt><dd><strong>{}</strong><small>{}</small></dd></div>",
                name,
                number,
                note);
    }
}

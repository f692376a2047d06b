package dev.heed.eval.report;

import dev.heed.eval.RewardAccuracy;
import dev.heed.eval.RewardAccuracy.Slice;
import dev.heed.eval.report.ReportData.RewardReport;
import dev.heed.quality.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How far the reward model can be believed: accuracy against its ceiling, calibration, love of length. */
final class RewardSection {
    private static final double COIN = 0.5;

    private RewardSection() {}

    static Optional<Section> of(ReportData data) {
        if (data.reward() == null) {
            return Optional.empty();
        }
        RewardReport reward = data.reward();
        return Optional.of(new Section(
                "reward",
                "What the reward model learned",
                lead(reward),
                List.of(
                        facts(reward.measured()),
                        Html.of(
                                "<div class=\"two\">{}{}</div>",
                                accuracy(reward),
                                ReliabilityFigure.of(
                                        "Reliability",
                                        "reward model",
                                        "Pairs",
                                        reward.measured().calibration(),
                                        440)))));
    }

    private static Html lead(RewardReport reward) {
        String ceiling = Double.isNaN(reward.ceiling())
                ? ""
                : " Labelers err, so no model can be expected to be right more than %s."
                        .formatted(Numbers.percent(reward.ceiling()));
        return Html.of(
                "It saw two answers and guessed which one was preferred. On preferences that it never saw it is right {} of the time.{}",
                Numbers.percent(reward.measured().accuracy()),
                ceiling);
    }

    private static Html facts(RewardAccuracy measured) {
        List<Html> tiles = new ArrayList<>();
        tiles.add(tile("Loss", Numbers.decimals(measured.loss(), 3), "a coin has ln 2 = 0.693 (nats)"));
        tiles.add(tile(
                "Calibration error", Numbers.percent(measured.calibration().ece()), "mean gap between sure and right"));
        tiles.add(tile(
                "Love of length",
                Numbers.decimals(measured.lengthCorrelation(), 2),
                "correlation of score and length; %s within a prompt"
                        .formatted(Numbers.decimals(measured.lengthCorrelationWithinPrompt(), 2))));
        tiles.add(tile("Equal scores", Numbers.percent(measured.equalScores()), "pairs it cannot tell apart"));
        return Html.of("<dl class=\"tiles\">{}</dl>", tiles);
    }

    private static Html tile(String name, String number, String note) {
        return Html.of(
                "<div class=\"card\"><dt>{}</dt><dd><strong>{}</strong><small>{}</small></dd></div>",
                name,
                number,
                note);
    }

    private static Html accuracy(RewardReport reward) {
        RewardAccuracy measured = reward.measured();
        Bar bar = new Bar(0, 1, List.of(COIN, measured.alwaysLonger().mean(), reward.ceiling()));
        List<Row> rows = new ArrayList<>();
        rows.add(new Row("All pairs", -1, measured.accuracy()));
        rows.add(new Row("“The longer one is better”", -1, measured.alwaysLonger()));
        if (!Double.isNaN(reward.ceiling())) {
            rows.add(new Row("Ceiling: labelers’ noise", -1, Interval.exact(reward.ceiling())));
        }
        slices(rows, "By strength of preference", measured.byStrength());
        slices(rows, "By which one was longer", measured.byLength());
        slices(rows, "By labeler", measured.byLabeler());
        return forest(rows, bar);
    }

    /**
     * A line of the accuracies.
     *
     * @param count of pairs; below 0 where it is not told, or the row heads those that follow
     */
    record Row(String name, int count, Interval accuracy) {
        private static final int HEADING = -2;

        static Row heading(String name) {
            return new Row(name, HEADING, Interval.NONE);
        }

        private Html html(Bar bar) {
            return count == HEADING
                    ? Html.of("<tr class=\"part\"><th colspan=\"3\" scope=\"rowgroup\">{}</th></tr>", name)
                    : Html.of(
                            "<tr><th scope=\"row\">{} <small>{}</small></th><td>{}</td><td>{}</td></tr>",
                            name,
                            count < 0 ? "" : Numbers.whole(count),
                            Numbers.percent(accuracy),
                            bar.of(accuracy));
        }
    }

    /** Accuracies one under the other, each with its bar. */
    static Html forest(List<Row> rows, Bar bar) {
        return Html.of(
                """
                <figure class="card"><h3>Accuracy <small>share of pairs ranked as the labeler did</small></h3>
                <table class="forest"><caption>Accuracy in all and in parts</caption><tbody>{}</tbody></table>
                <figcaption>Thin lines: a coin, “the longer one is better”, and the ceiling. \
                A model that is right only where the chosen answer is longer has learned length, not quality.</figcaption></figure>""",
                rows.stream().map(row -> row.html(bar)).toList());
    }

    /** Parts under a heading; a single part is no news. */
    static void slices(List<Row> rows, String heading, List<Slice> slices) {
        if (slices.size() > 1) {
            rows.add(Row.heading(heading));
            slices.forEach(s -> rows.add(new Row(s.name(), s.count(), s.accuracy())));
        }
    }
}

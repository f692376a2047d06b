package dev.heed.eval.report;

import dev.heed.eval.Calibration;
import dev.heed.eval.RewardAccuracy;
import dev.heed.eval.RewardAccuracy.Slice;
import dev.heed.eval.report.Plot.Axis;
import dev.heed.eval.report.Plot.Point;
import dev.heed.eval.report.Plot.Series;
import dev.heed.eval.report.Plot.Shape;
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
                                reliability(reward.measured().calibration())))));
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
        List<Html> rows = new ArrayList<>();
        rows.add(row("All pairs", -1, measured.accuracy(), bar));
        rows.add(row("“The longer one is better”", -1, measured.alwaysLonger(), bar));
        if (!Double.isNaN(reward.ceiling())) {
            rows.add(row("Ceiling: labelers’ noise", -1, Interval.exact(reward.ceiling()), bar));
        }
        slices(rows, "By strength of preference", measured.byStrength(), bar);
        slices(rows, "By which one was longer", measured.byLength(), bar);
        slices(rows, "By labeler", measured.byLabeler(), bar);
        return Html.of(
                """
                <figure class="card"><h3>Accuracy <small>share of pairs ranked as the labeler did</small></h3>
                <table class="forest"><caption>Accuracy in all and in parts</caption><tbody>{}</tbody></table>
                <figcaption>Thin lines, from the left: a coin, “the longer one is better”, and the ceiling. \
                A model that is right only where the chosen answer is longer has learned length, not quality.</figcaption></figure>""",
                rows);
    }

    private static void slices(List<Html> rows, String heading, List<Slice> slices, Bar bar) {
        if (slices.size() > 1) {
            rows.add(Html.of("<tr class=\"part\"><th colspan=\"3\" scope=\"rowgroup\">{}</th></tr>", heading));
            slices.forEach(s -> rows.add(row(s.name(), s.count(), s.accuracy(), bar)));
        }
    }

    private static Html row(String name, int count, Interval accuracy, Bar bar) {
        return Html.of(
                "<tr><th scope=\"row\">{} <small>{}</small></th><td>{}</td><td>{}</td></tr>",
                name,
                count < 0 ? "" : Numbers.whole(count),
                Numbers.percent(accuracy),
                bar.of(accuracy));
    }

    private static Html reliability(Calibration calibration) {
        List<Calibration.Bin> bins =
                calibration.bins().stream().filter(b -> b.count() > 0).toList();
        double most = bins.stream().mapToInt(Calibration.Bin::count).max().orElse(1);
        double from = calibration.bins().get(0).low();
        Series honest =
                new Series("as sure as right", 6, Shape.DOTTED, List.of(new Point(from, from), new Point(1, 1)));
        Series seen = new Series(
                "reward model",
                1,
                Shape.DISCS,
                bins.stream().map(b -> point(b, most)).toList());
        double lowest = bins.stream().mapToDouble(b -> interval(b).low()).min().orElse(0);
        Plot plot = new Plot(
                "Reliability of the reward model: how often it was right against how sure it was, with an expected calibration error of "
                        + Numbers.percent(calibration.ece()),
                new Axis("how sure it was", true, from, 1),
                new Axis("how often it was right", true, Math.min(from, Math.floor(lowest * 10) / 10), 1),
                List.of(honest, seen),
                List.of(),
                440,
                440);
        return new Figure(
                        "Reliability",
                        "how often it was right, by how sure it was",
                        Html.NOTHING,
                        plot.svg(),
                        "On the dotted line it is as often right as it says; below it, it is too sure of itself. Larger discs hold more pairs; whiskers are 95 % intervals.",
                        List.of("How sure", "Pairs", "Right"),
                        bins.stream()
                                .map(b -> List.of(
                                        Numbers.percent(b.confidence()),
                                        Numbers.whole(b.count()),
                                        Numbers.percent(interval(b))))
                                .toList())
                .html();
    }

    private static Point point(Calibration.Bin bin, double most) {
        Interval right = interval(bin);
        return new Point(
                bin.confidence(),
                bin.accuracy(),
                right.low(),
                right.high(),
                3 + 7 * Math.sqrt(bin.count() / most),
                "%s sure, %s right, %d pairs"
                        .formatted(Numbers.percent(bin.confidence()), Numbers.percent(right), bin.count()));
    }

    private static Interval interval(Calibration.Bin bin) {
        return Interval.wilson(Math.round(bin.accuracy() * bin.count()), bin.count());
    }
}

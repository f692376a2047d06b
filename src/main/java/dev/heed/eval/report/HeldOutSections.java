package dev.heed.eval.report;

import dev.heed.eval.HeldOut;
import dev.heed.eval.HeldOutResult;
import dev.heed.eval.RewardAccuracy;
import dev.heed.eval.report.CardData.Rewarder;
import dev.heed.eval.report.RewardSection.Row;
import dev.heed.quality.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A reward model on the preferences that nothing learned from: how right, how sure, and where it is wrong. */
final class HeldOutSections {
    private static final int SIZE = 440;

    private HeldOutSections() {}

    static Optional<Section> accuracy(CardData data) {
        if (data.rewards().isEmpty()) {
            return Optional.empty();
        }
        List<Html> parts = data.rewards().stream()
                .flatMap(reward -> accuracy(data, reward).stream())
                .toList();
        return Optional.of(new Section(
                "reward",
                data.scores() ? "How often it is right" : "The reward model that it was trained against",
                data.scores()
                        ? Html.of(
                                "On preferences about prompts that nothing learned from. In brackets 95 % intervals, over prompts.")
                        : Html.of(
                                "A policy is as good as what scored it. On preferences about prompts that nothing learned from; in brackets 95 % intervals, over prompts."),
                parts));
    }

    private static List<Html> accuracy(CardData data, Rewarder reward) {
        HeldOutResult result = reward.result();
        if (result == null) {
            return List.of(Html.of(
                    "<p class=\"card\">What {} says to preferences about held-out prompts is not noted. <code>heed card {} --anew</code> asks it, once people have answered such comparisons (a tenth of all prompts is held out), and writes <code class=\"foreign\">{}</code>.</p>",
                    reward.run(),
                    reward.run(),
                    reward.file()));
        }
        RewardAccuracy measured = result.measured();
        Html forest = RewardSection.forest(rows(data, reward, result), bar(reward, measured));
        if (!data.scores()) {
            return List.of(forest);
        }
        return List.of(
                Html.of("<dl class=\"tiles\">{}</dl>", tiles(result)),
                Html.of(
                        "<div class=\"two\">{}<div class=\"stacked\">{}{}</div></div>",
                        forest,
                        ReliabilityFigure.of("Reliability", "reward model", "Pairs", measured.calibration(), SIZE),
                        refit(measured)));
    }

    private static Bar bar(Rewarder reward, RewardAccuracy measured) {
        return new Bar(
                0,
                1,
                List.of(0.5, measured.alwaysLonger().mean(), reward.ceiling().mean()));
    }

    private static List<Row> rows(CardData data, Rewarder reward, HeldOutResult result) {
        RewardAccuracy measured = result.measured();
        List<Row> rows = new ArrayList<>();
        rows.add(new Row(data.scores() ? "All pairs" : reward.run(), result.preferences(), measured.accuracy()));
        rows.add(new Row("“The longer one is better”", -1, measured.alwaysLonger()));
        rows.add(new Row("Two people agree", -1, result.people().share()));
        rows.add(new Row("… so it can be at most", -1, result.people().ceiling()));
        if (reward.evaluated() != null) {
            rows.add(new Row("Simulated labelers’ noise allows", -1, reward.ceiling()));
            rows.add(Row.heading("In the loop’s evaluation"));
            rows.add(new Row(
                    "facts that it met", -1, Interval.exact(reward.evaluated().accuracy())));
            rows.add(new Row("… ceiling", -1, Interval.exact(reward.evaluated().ceiling())));
            rows.add(new Row("new facts", -1, Interval.exact(reward.evaluated().accuracyNewFacts())));
            rows.add(new Row("… ceiling", -1, Interval.exact(reward.evaluated().ceilingNewFacts())));
        }
        if (data.scores()) {
            if (result.byKind().size() > 1) {
                rows.add(Row.heading("By what was asked"));
                result.byKind().forEach((kind, of) -> rows.add(new Row(kind.isEmpty() ? "other" : kind, -1, of)));
            }
            RewardSection.slices(rows, "By strength of preference", measured.byStrength());
            RewardSection.slices(rows, "By which one was longer", measured.byLength());
            anonymous(rows, measured.byLabeler());
        }
        return rows;
    }

    /** Labelers by number: names stay at home. */
    private static void anonymous(List<Row> rows, List<RewardAccuracy.Slice> labelers) {
        List<RewardAccuracy.Slice> numbered = new ArrayList<>();
        labelers.stream()
                .sorted((a, b) -> Integer.compare(b.count(), a.count()))
                .forEach(s -> numbered.add(
                        new RewardAccuracy.Slice("labeler " + (numbered.size() + 1), s.count(), s.accuracy())));
        RewardSection.slices(rows, "By labeler", numbered);
    }

    private static List<Html> tiles(HeldOutResult result) {
        RewardAccuracy measured = result.measured();
        return List.of(
                CardPage.tile(
                        "Measured on",
                        Numbers.whole(result.preferences()),
                        "preferences in %s comparisons about %s prompts"
                                .formatted(Numbers.whole(result.comparisons()), Numbers.whole(result.prompts()))),
                CardPage.tile("Loss", Numbers.decimals(measured.loss(), 3), "a coin has ln 2 = 0.693 (nats)"),
                CardPage.tile(
                        "Love of length",
                        Numbers.decimals(measured.lengthCorrelation(), 2),
                        "correlation of score and length; %s within a prompt"
                                .formatted(Numbers.decimals(measured.lengthCorrelationWithinPrompt(), 2))),
                CardPage.tile(
                        "Temperature",
                        Numbers.decimals(measured.refit().temperature(), 2),
                        "to divide score differences by; above 1 it is too sure"),
                CardPage.tile("Equal scores", Numbers.percent(measured.equalScores()), "pairs it cannot tell apart"));
    }

    private static Html refit(RewardAccuracy measured) {
        return Html.of(
                "<div class=\"card wide\"><h3>Refit <small>score differences over a temperature</small></h3>{}<p class=\"note\">Preferences about every second prompt are measured at the temperature that the others have.</p></div>",
                Figure.table(
                        "Before and after the refit",
                        List.of("Measure", "as it is", "over the temperature"),
                        List.of(
                                List.of(
                                        "Calibration error",
                                        Numbers.decimals(measured.calibration().ece(), 3),
                                        Numbers.decimals(
                                                measured.refit().calibration().ece(), 3)),
                                List.of(
                                        "Largest gap of a bin",
                                        Numbers.decimals(measured.calibration().mce(), 3),
                                        Numbers.decimals(
                                                measured.refit().calibration().mce(), 3)),
                                List.of(
                                        "Loss, nats",
                                        Numbers.decimals(measured.loss(), 4),
                                        Numbers.decimals(measured.refit().loss(), 4)))));
    }

    static Optional<Section> cases(CardData data) {
        HeldOutResult result = data.scores() && !data.rewards().isEmpty()
                ? data.rewards().get(0).result()
                : null;
        if (result == null) {
            return Optional.empty();
        }
        return Optional.of(new Section(
                "wrong",
                "Where it is wrong, and where people are divided",
                Html.of(
                        "Look for a pattern: a kind of question, a turn of phrase, a length. {}",
                        data.server() == null
                                ? Html.of(
                                        "While <code>heed serve</code> runs, the same card there leads to each comparison.")
                                : Html.of("A number leads to all that was said to the comparison.")),
                List.of(
                        list(data, "Surest and wrong", "most labelers prefer the other text", result.hardest()),
                        list(data, "Most contradicted", "labelers prefer different texts", result.contradicted()))));
    }

    private static Html list(CardData data, String heading, String note, List<HeldOut> cases) {
        return Html.of(
                "<div class=\"cases\"><h3>{} <small>{}</small></h3>{}</div>",
                heading,
                note,
                cases.isEmpty()
                        ? Html.of("<p class=\"card\">There are none.</p>")
                        : Html.of(
                                "<ol>{}</ol>",
                                cases.stream().map(one -> one(data, one)).toList()));
    }

    private static Html one(CardData data, HeldOut one) {
        String number = "no. " + one.comparison();
        Html link = data.server() == null
                ? Html.of("<small>{}</small>", number)
                : Html.of("<a href=\"{}/quality#comparison={}\">{}</a>", data.server(), one.comparison(), number);
        return Html.of(
                """
                <li class="card"><details><summary><span class="foreign">{}</span> <small>{} sure of the {}; {} for the first, {} for the second</small></summary>\
                <div class="sides">{}{}</div></details>{}</li>""",
                one.asked(),
                Numbers.percent(one.sureness()),
                one.margin() >= 0 ? "first" : "second",
                one.forFirst(),
                one.forSecond(),
                side("First", one.first(), one.forFirst(), one.margin() >= 0),
                side("Second", one.second(), one.forSecond(), one.margin() < 0),
                link);
    }

    private static Html side(String name, HeldOut.Side side, int votes, boolean liked) {
        return Html.of(
                "<div class=\"card{}\"><h3>{} <small>score {}, {} tokens, {} for it</small></h3><blockquote class=\"foreign\">{}</blockquote></div>",
                liked ? " after" : "",
                name,
                Numbers.decimals(side.score(), 2),
                side.tokens(),
                votes,
                side.text().isEmpty() ? "(nothing)" : side.text());
    }
}

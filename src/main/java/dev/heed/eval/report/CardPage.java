package dev.heed.eval.report;

import dev.heed.eval.HeldOutResult;
import dev.heed.eval.ModelCard;
import dev.heed.eval.RewardAccuracy;
import dev.heed.eval.report.CardData.Asked;
import dev.heed.eval.report.CardData.Content;
import dev.heed.eval.report.CardData.Evaluation;
import dev.heed.eval.report.CardData.Learned;
import dev.heed.eval.report.CardData.Network;
import dev.heed.eval.report.CardData.Rewarder;
import dev.heed.eval.report.CardData.Step;
import dev.heed.quality.Interval;
import dev.heed.run.Ancestry.Origin;
import dev.heed.run.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A model's report card as one HTML file: what it learned from, how it was made, how good it is, what it lost, what to watch. */
public final class CardPage {
    static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("d MMMM yyyy", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    private final CardData data;
    private final List<Watch.Finding> watch;

    private CardPage(CardData data) {
        this.data = data;
        this.watch = Watch.of(data);
    }

    /** Writes the page, whole or not at all. */
    public static void write(Path file, CardData data) {
        Json.replace(file, of(data).getBytes(StandardCharsets.UTF_8));
    }

    /** The page as text. */
    public static String of(CardData data) {
        CardPage page = new CardPage(data);
        List<Section> sections = new ArrayList<>();
        Stream.of(
                        page.good(),
                        HeldOutSections.accuracy(data),
                        HeldOutSections.cases(data),
                        CardLosses.section(data),
                        Optional.of(page.watch()),
                        Optional.of(page.learned()),
                        Optional.of(page.made()),
                        Optional.of(page.again()))
                .flatMap(Optional::stream)
                .forEach(sections::add);
        return Report.page("Report card: " + data.name(), page.opening(), sections);
    }

    // ---- opening ----

    private Html opening() {
        Network network = data.network();
        return Html.of(
                """
                <header>
                <p class="eyebrow">{}Report card · {}</p>
                <h1>{}</h1>
                {}
                <p class="judge">{} It was made on {} by Heed {} (commit <code>{}</code>) with seed {}.</p>
                {}<dl class="tiles">{}</dl>
                </header>""",
                data.server() == null ? Html.NOTHING : Html.of("<a href=\"{}/runs\">Runs</a> · ", data.server()),
                data.own().stage(),
                headline(),
                hero(),
                what(network),
                DAY.format(data.own().begun()),
                data.own().heed().version(),
                data.own().heed().commit(),
                data.own().seed(),
                data.server() == null
                        ? Html.NOTHING
                        : Html.of(
                                "<p class=\"judge\"><a href=\"{}/api/runs/{}/card?download\">Download this page</a>; <code>heed card {}</code> writes it and the README of the model’s folder.</p>",
                                data.server(),
                                data.name(),
                                data.name()),
                tiles());
    }

    private Html headline() {
        Optional<Rewarder> itself = itself();
        if (itself.isPresent()) {
            return rewardHeadline(itself.get());
        }
        Evaluation evaluation = data.evaluation();
        if (evaluation == null) {
            return Html.of("{} was never evaluated.", data.name());
        }
        Interval wins = evaluation.card().winRateVsSft();
        if (isBaseline(evaluation) || !wins.known()) {
            return Html.of(
                    "{} scores <em>{}</em> by the judge.",
                    data.name(),
                    Numbers.plain(evaluation.card().gold()));
        }
        String against = evaluation.baseline().name();
        return wins.low() > 0.5
                ? Html.of("{} wins over {} <em>{}</em> of the time.", data.name(), against, Numbers.percent(wins))
                : wins.high() < 0.5
                        ? Html.of(
                                "{} is worse than {}: it wins only <em>{}</em> of the time.",
                                data.name(),
                                against,
                                Numbers.percent(wins))
                        : Html.of(
                                "{} cannot be told from {}: it wins <em>{}</em> of the time.",
                                data.name(),
                                against,
                                Numbers.percent(wins));
    }

    private Html rewardHeadline(Rewarder reward) {
        HeldOutResult result = reward.result();
        return result == null
                ? Html.of("{} was never measured on held-out preferences.", data.name())
                : Html.of(
                        "{} knows which of two answers people prefer <em>{}</em> of the time.",
                        data.name(),
                        Numbers.percent(result.measured().accuracy()));
    }

    private Html hero() {
        Evaluation evaluation = data.evaluation();
        if (evaluation == null || isBaseline(evaluation)) {
            return Html.NOTHING;
        }
        return Html.of(
                """
                <div class="hero-bar">{}<span class="ends"><span>always {}</span><span>a coin</span><span>always {}</span></span></div>""",
                new Bar(0, 1, List.of(0.5)).of(evaluation.card().winRateVsSft()),
                evaluation.baseline().name(),
                data.name());
    }

    private static boolean isBaseline(Evaluation evaluation) {
        return evaluation.card().name().equals(evaluation.baseline().name());
    }

    private Optional<Rewarder> itself() {
        return data.scores() ? data.rewards().stream().findFirst() : Optional.empty();
    }

    static String what(Network network) {
        return "%s of %s parameters (%d layers of width %d, %s tokens of vocabulary, %s of context)%s."
                .formatted(
                        network.scores() ? "A reward model" : "A language model",
                        parameters(network.parameters()),
                        network.layers(),
                        network.width(),
                        Numbers.whole(network.vocabulary()),
                        Numbers.whole(network.context()),
                        network.architecture().isEmpty() ? "" : ", " + network.architecture());
    }

    private static String parameters(long count) {
        return count >= 1_000_000
                ? Numbers.decimals(count / 1e6, count >= 100_000_000 ? 0 : 1) + "\u00A0M"
                : Numbers.whole(count);
    }

    private List<Html> tiles() {
        List<Html> tiles = new ArrayList<>();
        itself().ifPresent(reward -> rewardTiles(reward, tiles));
        Evaluation evaluation = data.evaluation();
        if (evaluation != null) {
            evaluationTiles(evaluation, tiles);
        }
        int labels = data.learned().stream()
                .map(Learned::content)
                .mapToInt(content -> content == null ? 0 : content.preferences())
                .max()
                .orElse(0);
        tiles.add(tile("Preferences", labels == 0 ? "none" : Numbers.whole(labels), "that it or its reward model had"));
        tiles.add(tile(
                "To watch",
                watch.isEmpty() ? "nothing" : Numbers.whole(watch.size()),
                watch.isEmpty() ? "no rule was broken" : "see below"));
        return tiles;
    }

    private static void rewardTiles(Rewarder reward, List<Html> tiles) {
        HeldOutResult result = reward.result();
        if (result == null) {
            return;
        }
        RewardAccuracy measured = result.measured();
        tiles.add(tile("At most", Numbers.percent(reward.ceiling()), "what labelers’ noise allows"));
        tiles.add(tile("“The longer one”", Numbers.percent(measured.alwaysLonger()), "what that rule gets"));
        tiles.add(tile(
                "Calibration error", Numbers.percent(measured.calibration().ece()), "mean gap between sure and right"));
    }

    private void evaluationTiles(Evaluation evaluation, List<Html> tiles) {
        ModelCard card = evaluation.card();
        tiles.add(tile("Judge’s score", Numbers.plain(card.gold()), "on held-out prompts"));
        if (!isBaseline(evaluation)) {
            tiles.add(tile(
                    "Distance",
                    Numbers.plain(card.kl()) + "\u00A0nats",
                    "a completion, from " + evaluation.baseline().name()));
            tiles.add(tile(
                    "Price in general ability",
                    Numbers.change(evaluation.baseline().bitsPerByte(), card.bitsPerByte()),
                    "bits a byte of plain text"));
        }
    }

    /** A number, an interval in brackets being smaller. */
    static Html tile(String name, String number, String note) {
        int bracket = number.indexOf('(');
        return Html.of(
                "<div class=\"card\"><dt>{}</dt><dd><strong>{}</strong>{}<small>{}</small></dd></div>",
                name,
                bracket < 0 ? number : number.substring(0, bracket).strip(),
                bracket < 0 ? Html.NOTHING : Html.of("<small>{}</small>", number.substring(bracket)),
                note);
    }

    // ---- how good it is ----

    private Optional<Section> good() {
        List<Html> parts = new ArrayList<>();
        Evaluation evaluation = data.evaluation();
        if (evaluation != null) {
            parts.add(EvaluationTable.of(evaluation));
        }
        if (!data.exams().isEmpty()) {
            parts.add(EvaluationTable.exams(data.exams()));
        }
        if (parts.isEmpty() && data.scores()) {
            return Optional.empty();
        }
        return Optional.of(new Section(
                "good",
                "How good it is",
                parts.isEmpty()
                        ? Html.of(
                                "Nobody looked. <code>heed eval</code> judges every model of the loop; <code>heed exam {} valley</code> lets this one sit an exam.",
                                data.name())
                        : Html.of(
                                "On prompts and questions that nothing learned from. In brackets 95 % intervals, over prompts; where two bars lie apart, chance does not explain the difference."),
                parts));
    }

    // ---- what to watch ----

    private Section watch() {
        List<Html> items = watch.stream()
                .map(finding -> Html.of(
                        "<li><strong class=\"foreign\">{}</strong><span>{}.</span></li>",
                        finding.found(),
                        sentence(finding.rule().limit() + ": " + finding.rule().advice())))
                .toList();
        return new Section(
                "watch",
                "What to watch",
                Html.of(
                        "Rules with fixed limits, which docs/METRICS.md lists. {}",
                        items.isEmpty()
                                ? "None of them is broken. That says nothing about what no rule looks at."
                                : "Not every one is a fault; each is a reason to look."),
                items.isEmpty() ? List.of() : List.of(Html.of("<ul class=\"watch card\">{}</ul>", items)));
    }

    static String sentence(String text) {
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }

    // ---- what it learned from ----

    private Section learned() {
        List<Html> parts = new ArrayList<>();
        parts.add(Html.of(
                "<ol class=\"line\">{}</ol>",
                data.line().stream().map(this::ancestor).toList()));
        data.learned().forEach(learned -> parts.add(preferences(learned)));
        return new Section(
                "learned",
                "What it learned from",
                Html.of(
                        data.learned().isEmpty()
                                ? "No preferences: what led to it are these runs."
                                : "Every run that led to it, and what people said. A snapshot of preferences is a file that never changes, named by the SHA-256 of its content; who the labelers are stays at home."),
                parts);
    }

    private Html ancestor(Step step) {
        boolean itself = step.run().equals(data.name());
        Html name = itself || data.server() == null || step.stage().equals("tokenizer")
                ? Html.of("<b>{}</b>", step.run())
                : Html.of("<a href=\"{}/api/runs/{}/card\">{}</a>", data.server(), step.run(), step.run());
        return Html.of("<li>{} <small>{}</small><span>{}</span></li>", name, step.stage(), from(step));
    }

    /** Who it began from, and the files that it read. */
    static String from(Step step) {
        List<String> from = new ArrayList<>();
        step.origins().stream()
                .map(Origin::run)
                .distinct()
                .forEach(run -> from.add("%s (%s)"
                        .formatted(
                                run,
                                String.join(
                                        ", ",
                                        step.origins().stream()
                                                .filter(o -> o.run().equals(run))
                                                .map(o -> o.role().replace('_', ' '))
                                                .toList()))));
        Stream.of("text", "demonstrations", "data")
                .filter(step.settings()::containsKey)
                .forEach(input -> from.add(String.valueOf(step.settings().get(input))));
        if (step.settings().containsKey("last_preference")) {
            from.add("preferences to no. " + step.settings().get("last_preference"));
        }
        return from.isEmpty() ? "nothing of this home" : "from " + String.join(", ", from);
    }

    private Html preferences(Learned learned) {
        Content content = learned.content();
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("Snapshot", learned.hash()));
        rows.add(List.of("Newest preference", "no. " + Numbers.whole(learned.last())));
        if (content != null) {
            rows.addAll(rows(content));
        }
        rows.add(List.of(
                "Every one of them", content == null ? "the file cannot be read: see what to watch" : learned.file()));
        return Html.of(
                "<div class=\"card wide provenance\" tabindex=\"0\" role=\"region\" aria-label=\"Preferences of {}\"><h3>{} <small>learned from</small></h3>{}</div>",
                learned.run(),
                learned.run(),
                Figure.table("Preferences that " + learned.run() + " learned from", List.of("Fact", "Value"), rows));
    }

    static List<List<String>> rows(Content content) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "Preferences",
                "%s, %s of them ties"
                        .formatted(
                                Numbers.whole(content.preferences()),
                                Numbers.percent(content.ties() / (double) Math.max(1, content.preferences())))));
        rows.add(List.of(
                "To learn from",
                "%s comparisons about %s prompts, each by the mean of what was said to it"
                        .formatted(Numbers.whole(content.comparisons()), Numbers.whole(content.prompts()))));
        rows.add(List.of("Only to measure", Numbers.whole(content.heldOut()) + " preferences about held-out prompts"));
        rows.add(List.of(
                "Labelers",
                "%s: %s"
                        .formatted(
                                Numbers.word(content.labelers().size()),
                                content.labelers().stream().map(Numbers::whole).collect(Collectors.joining(", ")))));
        if (content.asked() != null) {
            asked(content.asked(), rows);
        }
        return rows;
    }

    private static void asked(Asked asked, List<List<String>> rows) {
        rows.add(List.of(
                "Rounds",
                asked.rounds().entrySet().stream()
                        .map(e -> "%s: %s"
                                .formatted(e.getKey() == 0 ? "imported" : e.getKey(), Numbers.whole(e.getValue())))
                        .collect(Collectors.joining(", "))));
        rows.add(List.of(
                "Guidelines",
                asked.guidelines().entrySet().stream()
                        .map(e -> "%s: %s".formatted(e.getKey(), Numbers.whole(e.getValue())))
                        .collect(Collectors.joining("; "))));
        rows.add(List.of(
                "Left out",
                asked.excluded() == 0
                        ? "nobody"
                        : "%s of %s"
                                .formatted(count(asked.leftOut(), "preference"), count(asked.excluded(), "labeler"))));
    }

    private static String count(long count, String what) {
        return "%s %s%s".formatted(Numbers.whole(count), what, count == 1 ? "" : "s");
    }

    // ---- how it was made ----

    private Section made() {
        List<List<String>> rows = data.line().stream().map(CardPage::madeRow).toList();
        List<Html> parts = new ArrayList<>();
        parts.add(Html.of(
                "<div class=\"card wide\" tabindex=\"0\" role=\"region\" aria-label=\"Runs\">{}</div>",
                Figure.table(
                        "Runs that led to " + data.name(),
                        List.of("Run", "Stage", "Begun", "Took", "Seed", "Numbers", "Heed", "Commit"),
                        rows)));
        for (int i = data.line().size() - 1; i >= 0; i--) {
            parts.add(settings(data.line().get(i)));
        }
        return new Section(
                "made",
                "How it was made",
                Html.of(
                        "The same seed, settings, threads and machine make the same weights{}.",
                        data.network().weights().isEmpty()
                                ? Html.NOTHING
                                : Html.of(
                                        ", whose SHA-256 is <code>{}</code>",
                                        data.network().weights())),
                parts);
    }

    static List<String> madeRow(Step step) {
        return List.of(
                step.run(),
                step.stage(),
                DAY.format(step.begun()),
                step.seconds() == null ? "not noted" : Numbers.duration(step.seconds()),
                String.valueOf(step.seed()),
                "%s, %d threads".formatted(step.precision(), step.threads()),
                step.heed().version(),
                step.heed().commit());
    }

    private static Html settings(Step step) {
        return Html.of(
                "<details class=\"card settings\"><summary>{}: {} settings</summary><div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Settings of {}\">{}</div></details>",
                step.run(),
                step.settings().size(),
                step.run(),
                Figure.table(
                        "Settings of " + step.run(),
                        List.of("Setting", "Value"),
                        step.settings().entrySet().stream()
                                .map(e -> List.of(e.getKey(), e.getValue()))
                                .toList()));
    }

    // ---- the same again ----

    private Section again() {
        return new Section(
                "again",
                "The same again",
                Html.of("In the order in which they were typed."),
                List.of(Html.of(
                        "<pre class=\"card\" tabindex=\"0\"><code>{}</code></pre>",
                        String.join("\n", CardCommands.of(data)))));
    }
}

package dev.heed.eval.report;

import dev.heed.eval.DemoResult;
import dev.heed.eval.HeldOutResult;
import dev.heed.eval.ModelCard;
import dev.heed.eval.RewardAccuracy;
import dev.heed.eval.report.CardData.Content;
import dev.heed.eval.report.CardData.Evaluation;
import dev.heed.eval.report.CardData.Learned;
import dev.heed.eval.report.CardData.Rewarder;
import dev.heed.eval.report.CardData.Step;
import dev.heed.run.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The same card as the README.md of the model's folder, in the form that the Hugging Face Hub reads: a head in YAML, then
 * Markdown. The head names only what is known; a model's parents are named where its owner says what they are called there.
 * Source: https://huggingface.co/docs/hub/model-cards.
 */
public final class CardReadme {
    private final CardData data;
    private final StringBuilder text = new StringBuilder();

    private CardReadme(CardData data) {
        this.data = data;
    }

    /** Writes the file, whole or not at all. */
    public static void write(Path file, CardData data) {
        Json.replace(file, of(data).getBytes(StandardCharsets.UTF_8));
    }

    /** The file as text. */
    public static String of(CardData data) {
        CardReadme readme = new CardReadme(data);
        readme.text.append(new CardHead(data).yaml());
        readme.what();
        readme.learned();
        readme.procedure();
        readme.evaluation();
        readme.reward();
        readme.lost();
        readme.watch();
        readme.use();
        readme.again();
        return readme.text.toString();
    }

    private void what() {
        Step own = data.own();
        text.append("\n# %s\n\n".formatted(data.name()));
        paragraph(
                "%s The stage %s of [RLHF](https://arxiv.org/abs/2203.02155) made it on %s with Heed %s (commit `%s`), seed %d.%s"
                        .formatted(
                                CardPage.what(data.network()),
                                own.stage(),
                                CardPage.DAY.format(own.begun()),
                                own.heed().version(),
                                own.heed().commit(),
                                own.seed(),
                                data.network().weights().isEmpty()
                                        ? ""
                                        : " SHA-256 of its weights: `%s`."
                                                .formatted(data.network().weights())));
    }

    // ---- training ----

    private void learned() {
        text.append("## Training data\n\n");
        for (Step step : data.line()) {
            text.append("- **%s** (%s) %s\n".formatted(step.run(), step.stage(), escaped(CardPage.from(step))));
        }
        text.append('\n');
        if (data.learned().isEmpty()) {
            paragraph("It learned from no preferences.");
        }
        data.learned().forEach(this::preferences);
    }

    private void preferences(Learned learned) {
        Content content = learned.content();
        text.append("### Preferences that %s learned from\n\n".formatted(learned.run()));
        text.append("- Snapshot (SHA-256): %s, to no. %d; every one of them: %s in the home\n"
                .formatted(escaped(learned.hash()), learned.last(), escaped(learned.file())));
        if (content == null) {
            text.append("- The file could not be read when this card was written\n");
        } else {
            CardPage.rows(content).forEach(row -> text.append("- %s: %s\n".formatted(row.get(0), escaped(row.get(1)))));
        }
        text.append('\n');
    }

    private void procedure() {
        text.append("## Training procedure\n\n");
        table(
                List.of("Run", "Stage", "Begun", "Took", "Seed", "Numbers", "Heed", "Commit"),
                data.line().stream().map(CardPage::madeRow).toList());
        Step own = data.own();
        text.append("### Settings of %s\n\n".formatted(own.run()));
        table(
                List.of("Setting", "Value"),
                own.settings().entrySet().stream()
                        .map(e -> List.of(e.getKey(), e.getValue()))
                        .toList());
    }

    // ---- evaluation ----

    private void evaluation() {
        if (data.evaluation() == null && data.exams().isEmpty() && data.scores()) {
            return;
        }
        text.append("## Evaluation\n\n");
        Evaluation evaluation = data.evaluation();
        if (evaluation == null && data.exams().isEmpty()) {
            paragraph(
                    "It was never evaluated. `heed eval` judges every model of the loop; `heed exam %s valley` lets this one sit an exam."
                            .formatted(data.name()));
        }
        if (evaluation != null) {
            paragraph("On held-out prompts; in brackets 95 % bootstrap intervals over prompts.");
            List<ModelCard> cards = EvaluationTable.cards(evaluation);
            List<String> columns = new ArrayList<>(List.of("Measure"));
            cards.forEach(card -> columns.add(card.name()));
            table(
                    columns,
                    Measure.ALL.stream()
                            .filter(m -> m.of(evaluation.card()).known())
                            .map(m -> measured(m, cards))
                            .toList());
        }
        if (!data.exams().isEmpty()) {
            table(
                    EvaluationTable.EXAM_HEADINGS,
                    data.exams().stream().map(EvaluationTable::cells).toList());
        }
    }

    private static List<String> measured(Measure measure, List<ModelCard> cards) {
        List<String> row = new ArrayList<>(List.of(measure.label()));
        cards.forEach(card -> row.add(measure.show(measure.of(card))));
        return row;
    }

    private void reward() {
        for (Rewarder reward : data.rewards()) {
            text.append("## %s on held-out preferences\n\n"
                    .formatted(data.scores() ? "Accuracy" : "The reward model " + reward.run()));
            HeldOutResult result = reward.result();
            if (result == null) {
                paragraph(
                        "Not measured; `heed card %s --anew` asks it, once people have answered comparisons of held-out prompts."
                                .formatted(reward.run()));
                continue;
            }
            RewardAccuracy measured = result.measured();
            List<List<String>> rows = new ArrayList<>();
            rows.add(List.of("Right", Numbers.percent(measured.accuracy())));
            rows.add(List.of("“The longer one is better”", Numbers.percent(measured.alwaysLonger())));
            rows.add(List.of("Two people agree", Numbers.percent(result.people().share())));
            rows.add(List.of(
                    "… so it can be at most", Numbers.percent(result.people().ceiling())));
            DemoResult.RewardModel loop = reward.evaluated();
            if (loop != null) {
                rows.add(List.of("Simulated labelers' noise allows", Numbers.percent(reward.ceiling())));
                rows.add(List.of(
                        "In the loop's evaluation, facts that it met", ofAtMost(loop.accuracy(), loop.ceiling())));
                rows.add(List.of(
                        "In the loop's evaluation, new facts",
                        ofAtMost(loop.accuracyNewFacts(), loop.ceilingNewFacts())));
            }
            rows.add(List.of("Loss, nats (a coin: 0.693)", Numbers.decimals(measured.loss(), 3)));
            rows.add(List.of(
                    "Calibration error", Numbers.percent(measured.calibration().ece())));
            rows.add(List.of(
                    "Temperature refit", Numbers.decimals(measured.refit().temperature(), 2)));
            rows.add(List.of("Correlation of score and length", Numbers.decimals(measured.lengthCorrelation(), 2)));
            table(
                    List.of(
                            "Measure",
                            "On %d preferences about %d prompts".formatted(result.preferences(), result.prompts())),
                    rows);
        }
    }

    private static String ofAtMost(double accuracy, double ceiling) {
        return "%s of at most %s".formatted(Numbers.percent(accuracy), Numbers.percent(ceiling));
    }

    private void lost() {
        Evaluation evaluation = data.evaluation();
        if (evaluation == null
                || evaluation.card().name().equals(evaluation.baseline().name())) {
            return;
        }
        text.append(
                "## What it lost against %s\n\n".formatted(evaluation.baseline().name()));
        table(
                List.of("Measure", "before", "after", "difference", "so it is"),
                CardLosses.of(evaluation).stream()
                        .map(loss -> List.of(
                                loss.measure().label(),
                                loss.measure().show(loss.before()),
                                loss.measure().show(loss.after()),
                                loss.shown(),
                                loss.verdict()))
                        .toList());
    }

    private void watch() {
        text.append("## Limitations: what to watch\n\n");
        List<Watch.Finding> found = Watch.of(data);
        if (found.isEmpty()) {
            paragraph("No rule of docs/METRICS.md is broken, which says nothing about what no rule looks at.");
        }
        found.forEach(finding -> text.append("- %s (%s: %s)\n"
                .formatted(
                        escaped(finding.found()),
                        finding.rule().limit(),
                        finding.rule().advice())));
        text.append('\n');
    }

    // ---- use ----

    private void use() {
        text.append("## How to use it\n\n");
        text.append(
                data.scores()
                        ? """
                        ```python
                        from transformers import AutoModelForSequenceClassification, AutoTokenizer

                        tokenizer = AutoTokenizer.from_pretrained(".")
                        model = AutoModelForSequenceClassification.from_pretrained(".")
                        turns = [{"role": "user", "content": "Who are you?"}, {"role": "assistant", "content": "A friend."}]
                        ids = tokenizer.apply_chat_template(turns, return_tensors="pt", return_dict=True)
                        score = model(**ids).logits[0, 0]
                        ```

                        The difference of two scores is the log odds that people prefer the first text. `score.json` has the mean and the
                        deviation of what it was trained from, in whose units Heed tells scores.

                        """
                        : """
                        ```python
                        from transformers import AutoModelForCausalLM, AutoTokenizer

                        tokenizer = AutoTokenizer.from_pretrained(".")
                        model = AutoModelForCausalLM.from_pretrained(".")
                        turns = [{"role": "user", "content": "Who are you?"}]
                        ids = tokenizer.apply_chat_template(turns, add_generation_prompt=True, return_tensors="pt", return_dict=True)
                        print(tokenizer.decode(model.generate(**ids, max_new_tokens=48)[0]))
                        ```

                        """);
    }

    private void again() {
        text.append("## The same again\n\n```sh\n%s\n```\n".formatted(String.join("\n", CardCommands.of(data))));
    }

    // ---- Markdown ----

    private void paragraph(String words) {
        text.append(words).append("\n\n");
    }

    private void table(List<String> columns, List<List<String>> rows) {
        text.append(line(columns)).append("|---".repeat(columns.size())).append("|\n");
        rows.forEach(row -> text.append(line(row)));
        text.append('\n');
    }

    private static String line(List<String> cells) {
        return cells.stream().map(CardReadme::escaped).collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    /** Text that means nothing to Markdown, on one line. */
    private static String escaped(String words) {
        return words.replaceAll("\\s+", " ").replaceAll("([\\\\`*_{}\\[\\]<>|])", "\\\\$1");
    }
}

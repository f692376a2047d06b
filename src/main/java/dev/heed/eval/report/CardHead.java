package dev.heed.eval.report;

import dev.heed.eval.report.CardData.Evaluation;
import dev.heed.eval.report.CardData.Rewarder;
import dev.heed.eval.report.CardData.Sat;
import dev.heed.run.Json;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The YAML at the head of a card for the Hub. Every text is quoted as in JSON, which YAML reads alike. */
record CardHead(CardData data) {
    /** A number that was measured. */
    private record Metric(String type, String name, double value) {}

    String yaml() {
        StringBuilder yaml = new StringBuilder("---\nlibrary_name: transformers\n");
        yaml.append("pipeline_tag: %s\n".formatted(data.scores() ? "text-classification" : "text-generation"));
        line(yaml, "license", data.hub().license());
        line(yaml, "language", data.hub().language());
        line(yaml, "base_model", data.hub().baseModel());
        yaml.append("tags:\n");
        tags().forEach(tag -> yaml.append("- %s\n".formatted(Json.line(tag))));
        results(yaml);
        return yaml.append("---\n").toString();
    }

    private static void line(StringBuilder yaml, String key, String value) {
        if (!value.isEmpty()) {
            yaml.append("%s: %s\n".formatted(key, Json.line(value)));
        }
    }

    private Set<String> tags() {
        Set<String> tags = new LinkedHashSet<>(List.of("heed", data.own().stage()));
        if (!data.learned().isEmpty()) {
            tags.add("rlhf");
        }
        if (data.scores()) {
            tags.add("reward-model");
        }
        return tags;
    }

    private void results(StringBuilder yaml) {
        StringBuilder results = new StringBuilder();
        Evaluation evaluation = data.evaluation();
        if (evaluation != null) {
            result(results, "Held-out prompts", "prompts", metrics(evaluation));
        }
        for (Sat sat : data.exams()) {
            result(
                    results,
                    sat.exam().exam(),
                    "exam",
                    List.of(new Metric(
                            "accuracy", "Right", sat.candidate().accuracy().mean())));
        }
        if (data.scores()) {
            data.rewards().forEach(reward -> result(results, "Held-out preferences", "preferences", metrics(reward)));
        }
        if (!results.isEmpty()) {
            yaml.append("model-index:\n- name: %s\n  results:\n%s".formatted(Json.line(data.name()), results));
        }
    }

    private static List<Metric> metrics(Evaluation evaluation) {
        boolean itself = evaluation.card().name().equals(evaluation.baseline().name());
        List<Metric> metrics = new ArrayList<>();
        for (Measure measure : Measure.ALL) {
            double value = measure.of(evaluation.card()).mean();
            if (!Double.isNaN(value) && !(itself && measure.key().contains("win_rate"))) {
                metrics.add(new Metric(measure.key(), measure.label().replaceFirst("^… ", "Wins "), value));
            }
        }
        return metrics;
    }

    private static List<Metric> metrics(Rewarder reward) {
        return reward.result() == null
                ? List.of()
                : List.of(
                        new Metric(
                                "accuracy",
                                "Right",
                                reward.result().measured().accuracy().mean()),
                        new Metric(
                                "loss", "Loss, nats", reward.result().measured().loss()),
                        new Metric(
                                "ece",
                                "Calibration error",
                                reward.result().measured().calibration().ece()));
    }

    private void result(StringBuilder results, String dataset, String type, List<Metric> metrics) {
        if (metrics.isEmpty()) {
            return;
        }
        results.append(
                "  - task:\n      type: %s\n".formatted(data.scores() ? "text-classification" : "text-generation"));
        results.append("    dataset:\n      name: %s\n      type: %s\n    metrics:\n"
                .formatted(Json.line(dataset), Json.line("heed-" + type)));
        metrics.forEach(metric -> results.append("    - type: %s\n      name: %s\n      value: %s\n"
                .formatted(Json.line(metric.type()), Json.line(metric.name()), Json.line(metric.value()))));
    }
}

package dev.heed;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.eval.Judge;
import dev.heed.eval.KlFrontier;
import dev.heed.eval.Standard;
import dev.heed.feedback.Prompt;
import dev.heed.model.RewardModel;
import dev.heed.quality.Bootstrap;
import dev.heed.run.RunDir;
import dev.heed.run.RunLog;
import dev.heed.text.ChatTemplate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** Held-out prompts that policies answer along the way, and what is said of those answers. */
final class Watched {
    private final Map<String, Prompt> prompts;
    private final Judge judge;
    private final Bootstrap bootstrap;

    Watched(List<Prompt> prompts, Judge judge, Bootstrap bootstrap) {
        this.prompts = prompts.stream()
                .collect(Collectors.toMap(Prompt::text, Function.identity(), (a, b) -> a, LinkedHashMap::new));
        this.judge = judge;
        this.bootstrap = bootstrap;
    }

    List<Prompt> prompts() {
        return List.copyOf(prompts.values());
    }

    /** What the judge says to a line of samples.jsonl. */
    double gold(JsonNode line) {
        return judge.of(
                        prompt(line),
                        line.path("completion").asText(),
                        line.path("ended").asBoolean())
                .gold();
    }

    /** What the policy's own reward said to a line. */
    static double score(JsonNode line) {
        return line.path("score").asDouble();
    }

    /** What a reward model says to a line, in its own standard deviations. */
    ToDoubleFunction<JsonNode> by(RewardModel reward, ChatTemplate template) {
        return line -> {
            int[] completion = template.completion(line.path("completion").asText());
            return reward.scores(List.of(ChatTemplate.row(template.prompt(prompt(line)), completion)))[0];
        };
    }

    private Prompt prompt(JsonNode line) {
        Prompt prompt = prompts.get(line.path("prompt").asText());
        if (prompt == null) {
            throw new IllegalStateException("a watched prompt that nobody asked for: " + line.path("prompt"));
        }
        return prompt;
    }

    /**
     * The answers of all runs at each moment, scored.
     *
     * @param runs of one method, several seeds
     */
    List<KlFrontier.Point> along(List<RunDir> runs, ToDoubleFunction<JsonNode> score, Standard yardstick) {
        Map<Long, List<JsonNode>> byStep = runs.stream()
                .flatMap(run -> RunLog.samplesOf(run).stream())
                .collect(Collectors.groupingBy(line -> line.path("step").asLong(), TreeMap::new, Collectors.toList()));
        List<KlFrontier.Point> points = new ArrayList<>();
        byStep.forEach((step, lines) -> points.add(new KlFrontier.Point(
                "step " + (step + 1),
                lines.stream()
                        .mapToDouble(line -> line.path("kl").asDouble())
                        .average()
                        .orElseThrow(),
                yardstick.measure(bootstrap.mean(
                        lines.stream().mapToDouble(score).toArray(),
                        lines.stream().map(line -> line.path("prompt").asText()).toList())))));
        return points;
    }
}

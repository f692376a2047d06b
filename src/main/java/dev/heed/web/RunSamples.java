package dev.heed.web;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.run.RunDir;
import dev.heed.run.RunLog;
import io.javalin.http.NotFoundResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A run's answers to the same prompts over time: its samples.jsonl.
 *
 * @param steps at which it answered, ascending
 */
record RunSamples(List<Long> steps, List<Answers> prompts) {

    /** All answers to one prompt, by step. */
    record Answers(String prompt, List<Answer> answers) {
        Optional<Answer> at(long step) {
            return answers.stream().filter(answer -> answer.step() == step).findFirst();
        }
    }

    /**
     * One answer.
     *
     * @param ended whether it stopped by itself, rather than at the token limit
     * @param score of the reward model; null where none scored
     * @param kl log-ratio to the reference, nats
     * @param words its length
     */
    record Answer(
            long step, String completion, boolean ended, @Nullable Double score, @Nullable Double kl, int words) {}

    /**
     * A token of an answer.
     *
     * @param logProb under the policy that sampled it, nats
     * @param refLogProb under the reference
     * @param reward what it received, in standard deviations of the score; null where the method does not tell
     * @param advantage what it was worth beyond what was foreseen, likewise
     */
    record Told(String text, double logProb, double refLogProb, @Nullable Double reward, @Nullable Double advantage) {}

    /**
     * An answer token by token.
     *
     * @param number of the prompt, from 0
     * @throws NotFoundResponse if there is no such answer, or its tokens were not kept
     */
    static List<Told> tokens(RunDir run, long number, long step) {
        List<Answers> prompts = of(run).prompts();
        String prompt = number >= 0 && number < prompts.size()
                ? prompts.get((int) number).prompt()
                : null;
        JsonNode line = RunLog.samplesOf(run).stream()
                .filter(one -> one.path("step").asLong() == step
                        && one.path("prompt").asText().equals(prompt))
                .reduce((first, last) -> last)
                .orElseThrow(() -> new NotFoundResponse(
                        "run %s has no answer to prompt %d at step %d".formatted(run.name(), number, step)));
        if (!line.has("tokens")) {
            throw new NotFoundResponse("run %s did not keep its tokens; a new one does".formatted(run.name()));
        }
        return IntStream.range(0, line.path("tokens").size())
                .mapToObj(i -> new Told(
                        line.path("tokens").path(i).asText(),
                        line.path("log_probs").path(i).asDouble(),
                        line.path("ref_log_probs").path(i).asDouble(),
                        number(line.path("rewards").path(i)),
                        number(line.path("advantages").path(i))))
                .toList();
    }

    static RunSamples of(RunDir run) {
        TreeSet<Long> steps = new TreeSet<>();
        Map<String, Map<Long, Answer>> prompts = new LinkedHashMap<>();
        for (JsonNode line : RunLog.samplesOf(run)) {
            Answer answer = answer(line);
            steps.add(answer.step());
            prompts.computeIfAbsent(line.path("prompt").asText(), any -> new LinkedHashMap<>())
                    .put(answer.step(), answer);
        }
        return new RunSamples(
                List.copyOf(steps),
                prompts.entrySet().stream()
                        .map(entry -> new Answers(
                                entry.getKey(), new ArrayList<>(entry.getValue().values())))
                        .toList());
    }

    private static Answer answer(JsonNode line) {
        String completion = line.path("completion").asText();
        return new Answer(
                line.path("step").asLong(),
                completion,
                line.path("ended").asBoolean(),
                number(line.path("score")),
                number(line.path("kl")),
                completion.isBlank() ? 0 : completion.strip().split("\\s+").length);
    }

    private static @Nullable Double number(JsonNode node) {
        return node.isNumber() ? node.asDouble() : null;
    }
}

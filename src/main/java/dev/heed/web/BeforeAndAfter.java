package dev.heed.web;

import dev.heed.db.Feedback;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.run.RunDir;
import dev.heed.web.RunSamples.Answer;
import dev.heed.web.RunSamples.Answers;
import io.javalin.http.NotFoundResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Puts what a run answered at two steps before people, who see neither run nor step. */
final class BeforeAndAfter {
    /** Before what the loop asks: someone is waiting for these. */
    private static final double URGENCY = 1;

    private final Feedback feedback;

    BeforeAndAfter(Feedback feedback) {
        this.feedback = feedback;
    }

    /**
     * Which answers to ask about.
     *
     * @param prompts their places among the run's, from 0; empty for all
     */
    record Wanted(long before, long after, List<Integer> prompts) {}

    /**
     * What came of it.
     *
     * @param comparisons that now wait for labelers, or did so before
     * @param same prompts whose two answers are the same, so that there is nothing to ask
     */
    record Asked(int comparisons, int same) {}

    /** @throws NotFoundResponse if the run did not answer at such a step, or has no such prompt */
    Asked ask(RunDir run, Wanted wanted) {
        RunSamples samples = RunSamples.of(run);
        for (long step : List.of(wanted.before(), wanted.after())) {
            if (!samples.steps().contains(step)) {
                throw new NotFoundResponse("run %s has no samples of step %d; it has some of %s"
                        .formatted(run.name(), step, samples.steps()));
            }
        }
        Map<String, Prompt> known = known();
        List<Comparison> comparisons = new ArrayList<>();
        for (int number : numbers(wanted, samples.prompts().size())) {
            Answers answers = samples.prompts().get(number);
            answers.at(wanted.before()).ifPresent(before -> answers.at(wanted.after())
                    .ifPresent(after ->
                            comparisons.add(comparison(run, promptOf(answers.prompt(), known), before, after))));
        }
        int asked = feedback.addComparisons(comparisons).size();
        return new Asked(asked, comparisons.size() - asked);
    }

    private static List<Integer> numbers(Wanted wanted, int count) {
        for (int number : wanted.prompts()) {
            if (number < 0 || number >= count) {
                throw new NotFoundResponse("the run has %d prompts, from 0; there is no %d".formatted(count, number));
            }
        }
        return wanted.prompts().isEmpty() ? IntStream.range(0, count).boxed().toList() : wanted.prompts();
    }

    /** By their text, as samples have them. */
    private Map<String, Prompt> known() {
        Map<String, Prompt> known = new LinkedHashMap<>();
        Stream.of(Split.values())
                .flatMap(split -> feedback.prompts(split).stream())
                .forEach(prompt -> known.putIfAbsent(prompt.text(), prompt));
        return known;
    }

    /** One that the store does not know is held out: it was to watch a model, not to teach one. */
    private static Prompt promptOf(String text, Map<String, Prompt> known) {
        Prompt prompt = known.get(text);
        return prompt == null ? Prompt.ofText(text, "", Split.HELD_OUT) : prompt;
    }

    private Comparison comparison(RunDir run, Prompt prompt, Answer before, Answer after) {
        return new Comparison(
                0,
                Math.max(1, feedback.latestRound()),
                prompt,
                completion(run, before),
                completion(run, after),
                URGENCY);
    }

    private static Completion completion(RunDir run, Answer answer) {
        return new Completion(answer.completion(), "%s, step %d".formatted(run.name(), answer.step()), answer.ended());
    }
}

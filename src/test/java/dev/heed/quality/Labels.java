package dev.heed.quality;

import dev.heed.feedback.Answer;
import dev.heed.feedback.Asked;
import dev.heed.feedback.Asking;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Grades;
import dev.heed.feedback.Known;
import dev.heed.feedback.Note;
import dev.heed.feedback.Preference;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Comparisons and answers to them, made up one by one. */
final class Labels {
    private static final Instant NOON = Instant.parse("2026-11-25T12:00:00Z");

    final List<Comparison> comparisons = new ArrayList<>();
    final List<Preference> preferences = new ArrayList<>();

    /** Asks which of two texts is better, and numbers the question. */
    long ask(String prompt, String first, String second) {
        long id = comparisons.size() + 1L;
        comparisons.add(new Comparison(
                id,
                1,
                Prompt.ofText(prompt, "", Split.TRAIN),
                new Completion(first, "a", true),
                new Completion(second, "b", true),
                0));
        return id;
    }

    /** Asks for a ranking, and numbers the question. */
    long rank(String prompt, String... texts) {
        long id = comparisons.size() + 1L;
        List<Completion> completions =
                Stream.of(texts).map(text -> new Completion(text, "a", true)).toList();
        comparisons.add(Comparison.among(1, Prompt.ofText(prompt, "", Split.TRAIN), completions, List.of(), Asking.LOOP)
                .orElseThrow()
                .with(id));
        return id;
    }

    /** Rates the two texts of a comparison, which is made where missing, on the axis "true". */
    void rate(long comparison, String labeler, int first, int second) {
        if (comparison > comparisons.size()) {
            List<Completion> two = List.of(new Completion("one", "a", true), new Completion("other", "b", true));
            Prompt prompt = Prompt.ofText("question " + comparison, "", Split.TRAIN);
            comparisons.add(Comparison.among(1, prompt, two, List.of("true"), Asking.LOOP)
                    .orElseThrow()
                    .with(comparison));
        }
        Map<String, List<Integer>> ratings = Map.of("true", List.of(first, second));
        preferences.add(new Preference(
                UUID.randomUUID(),
                comparison,
                labeler,
                Answer.RATED,
                false,
                3000,
                NOON,
                null,
                Note.NONE,
                Asked.PLAINLY,
                new Grades(List.of(0, 1), List.of(), ratings)));
    }

    void rank(long comparison, String labeler, Integer... ranks) {
        List<Integer> shown = IntStream.range(0, ranks.length).boxed().toList();
        preferences.add(new Preference(
                UUID.randomUUID(),
                comparison,
                labeler,
                Answer.RANKED,
                false,
                3000,
                NOON,
                null,
                Note.NONE,
                Asked.PLAINLY,
                new Grades(shown, List.of(ranks), Map.of())));
    }

    /** Asks one labeler a comparison again, with its first and second in each other's place. */
    long askAgain(long comparison, String labeler) {
        long id = comparisons.size() + 1L;
        comparisons.add(comparisons
                .get((int) comparison - 1)
                .swapped()
                .with(id)
                .with(new Asking(1, new Asking.Repeat(comparison, labeler))));
        return id;
    }

    long ask() {
        return ask("question " + comparisons.size(), "one", "other");
    }

    void answer(long comparison, String labeler, Answer answer) {
        answer(comparison, labeler, answer, false, 5_000);
    }

    void answer(long comparison, String labeler, Answer answer, boolean secondOnLeft, long shownMs) {
        preferences.add(new Preference(
                UUID.nameUUIDFromBytes((comparison + " " + labeler).getBytes(StandardCharsets.UTF_8)),
                comparison,
                labeler,
                answer,
                secondOnLeft,
                shownMs,
                NOON,
                null));
    }

    Quality quality() {
        return quality(Map.of());
    }

    Quality quality(Map<Long, Answer> gold) {
        Map<Long, Known> known = new HashMap<>();
        gold.forEach((comparison, answer) -> known.put(comparison, new Known(comparison, answer)));
        return Quality.of(comparisons, preferences, known, 1);
    }

    LabelerQuality of(String labeler) {
        return of(labeler, Map.of());
    }

    LabelerQuality of(String labeler, Map<Long, Answer> gold) {
        return quality(gold).labelers().stream()
                .filter(one -> one.labeler().equals(labeler))
                .findFirst()
                .orElseThrow();
    }
}

package dev.heed.db;

import dev.heed.feedback.Answer;
import dev.heed.feedback.Asked;
import dev.heed.feedback.Asking;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Grades;
import dev.heed.feedback.Note;
import dev.heed.feedback.Preference;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Comparisons and preferences to test with. */
final class Questions {
    private Questions() {}

    static Comparison comparison(int number) {
        return comparison(number, "first " + number, "second " + number, 0);
    }

    static Comparison comparison(int number, String first, String second, double urgency) {
        return new Comparison(
                0,
                1,
                Prompt.ofText("What is question %d?".formatted(number), "fact", Split.TRAIN),
                new Completion(first, "sft", true),
                new Completion(second, "ppo-1", false),
                urgency);
    }

    static List<Comparison> comparisons(int count) {
        return IntStream.range(0, count).mapToObj(Questions::comparison).toList();
    }

    /** Of which all are to be ranked. */
    static Comparison ranking(int number, int completions, Asking asking) {
        return among(number, completions, List.of(), asking);
    }

    /** Of which each is to be rated. */
    static Comparison rating(int number, int completions, Asking asking, String... axes) {
        return among(number, completions, List.of(axes), asking);
    }

    private static Comparison among(int number, int completions, List<String> axes, Asking asking) {
        List<Completion> texts = IntStream.range(0, completions)
                .mapToObj(i ->
                        new Completion("completion %d of %d \u0000 λ".formatted(i, number), "model-" + i, i % 2 == 0))
                .toList();
        Prompt prompt = Prompt.ofText("What of question %d?".formatted(number), "fact", Split.TRAIN);
        return Comparison.among(1, prompt, texts, axes, asking).orElseThrow();
    }

    /** In that order, as they stood. */
    static Preference ranked(long comparison, String labeler, Integer... ranks) {
        return graded(comparison, labeler, Answer.RANKED, List.of(ranks), Map.of(), null);
    }

    static Preference rated(long comparison, String labeler, Map<String, List<Integer>> ratings) {
        return graded(comparison, labeler, Answer.RATED, List.of(), ratings, null);
    }

    static Preference graded(
            long comparison,
            String labeler,
            Answer answer,
            List<Integer> ranks,
            Map<String, List<Integer>> ratings,
            @Nullable UUID replaces) {
        int count = ranks.isEmpty() ? ratings.values().iterator().next().size() : ranks.size();
        List<Integer> shown =
                IntStream.range(0, count).mapToObj(place -> count - 1 - place).toList();
        UUID id = UUID.nameUUIDFromBytes(
                (comparison + labeler + answer + ranks + ratings).getBytes(StandardCharsets.UTF_8));
        return new Preference(
                id,
                comparison,
                labeler,
                answer,
                true,
                2500,
                Instant.parse("2026-11-23T10:00:00.123Z"),
                replaces,
                new Note("why", List.of("truer"), false),
                Asked.PLAINLY,
                new Grades(shown, ranks, ratings));
    }

    static Preference preference(long comparison, String labeler, Answer answer) {
        UUID id = UUID.nameUUIDFromBytes((comparison + labeler + answer).getBytes(StandardCharsets.UTF_8));
        return new Preference(
                id, comparison, labeler, answer, true, 1500, Instant.parse("2026-11-23T10:00:00.123Z"), null);
    }

    static Preference replacing(Preference before, Answer answer) {
        Preference other = preference(before.comparison(), before.labeler(), answer);
        return new Preference(
                other.id(), other.comparison(), other.labeler(), answer, true, 900, other.at(), before.id());
    }
}

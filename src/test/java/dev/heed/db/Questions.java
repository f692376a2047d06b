package dev.heed.db;

import dev.heed.feedback.Answer;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Preference;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

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

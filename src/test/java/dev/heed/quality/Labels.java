package dev.heed.quality;

import dev.heed.feedback.Answer;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Preference;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

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
        return Quality.of(comparisons, preferences, gold, 1);
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

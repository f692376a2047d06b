package dev.heed.feedback;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Two models' answers to one prompt, before one person who is told whose they are only after a vote. It rates models; training
 * never reads it.
 *
 * @param id random, so that it tells nothing
 * @param first shown on the left
 * @param person who asked, and alone votes
 * @param at when it was made
 */
public record Battle(UUID id, List<Message> prompt, Completion first, Completion second, String person, Instant at) {
    public Battle {
        prompt = List.copyOf(prompt);
    }

    /** Which answer was better. */
    public enum Vote {
        FIRST,
        SECOND,
        TIE,
        BOTH_BAD
    }

    /**
     * What is left of a battle once it is decided.
     *
     * @param first model on the left
     * @param firstLength characters of its answer
     */
    public record Decided(String first, String second, Vote vote, long firstLength, long secondLength) {}
}

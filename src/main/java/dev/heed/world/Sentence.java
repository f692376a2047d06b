package dev.heed.world;

import java.util.Map;
import java.util.Optional;

/**
 * A sentence as the grammar reads it.
 *
 * @param claim what it claims, for {@link Move#CLAIM} and {@link Move#ADVICE}
 * @param slots the words that its form leaves open
 */
record Sentence(String text, Move move, Optional<Fact> claim, Map<String, String> slots) {
    int words() {
        return Grammar.words(text);
    }
}

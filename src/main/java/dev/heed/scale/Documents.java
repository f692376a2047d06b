package dev.heed.scale;

import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;

/**
 * Where text comes from; either part may be endless.
 *
 * @param what in a few words, or a file
 * @param learned documents to learn from, from the first one again at each call
 * @param heldOut documents to measure on, drawn alike and none of them learned from
 * @param asked questions about what the text says, none where nobody knows any; only those that fit into a row are asked
 */
public record Documents(
        String what, Supplier<Iterator<String>> learned, Supplier<Iterator<HeldOut>> heldOut, List<Asked> asked) {
    /**
     * A question, and what is right to say after it.
     *
     * @param group of questions as hard as each other; from 1, the easiest
     */
    public record Asked(String question, String answer, int group) {}

    /**
     * A document to measure on.
     *
     * @param nats −ln of its probability under what wrote it; NaN where nobody knows
     */
    public record HeldOut(String text, double nats) {}
}

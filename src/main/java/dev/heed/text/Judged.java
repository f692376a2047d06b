package dev.heed.text;

import dev.heed.feedback.Answer;
import dev.heed.feedback.Asked;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Event;
import dev.heed.feedback.Hashes;
import dev.heed.feedback.Note;
import dev.heed.feedback.Pair;
import dev.heed.feedback.Preference;
import dev.heed.feedback.Prompt;
import dev.heed.run.Draws;
import java.time.Instant;

/**
 * Somebody's judgement of two texts, from a file that is not of Heed, becomes an {@link Event} of round 0. Its id is made of
 * what it says, so that the same line is the same event whenever it is read.
 *
 * @param labeler who judged
 * @param answer of the first against the second
 * @param item what tells it from another judgement of the same by the same; "" where nothing does
 */
record Judged(Prompt prompt, Completion first, Completion second, String labeler, Answer answer, String item) {
    static final String MODEL = "import";
    static final int ROUND = 0; // before the first of the loop

    /** Sides are drawn by lot from the texts, so that order says nothing and the same two texts are one comparison. */
    static Event of(Pair pair) {
        Completion chosen = new Completion(pair.chosen(), MODEL, true);
        Completion rejected = new Completion(pair.rejected(), MODEL, true);
        return new Judged(pair.prompt(), chosen, rejected, pair.labeler(), Answer.ofStrength(pair.strength()), "")
                .drawn(Instant.now());
    }

    /** As it stands in the file. */
    Event asGiven(Instant at) {
        return event(this, false, Note.NONE, at);
    }

    /** With the sides drawn by lot. */
    Event drawn(Instant at) {
        return drawn(Note.NONE, at);
    }

    Event drawn(Note note, Instant at) {
        boolean ordered = first.text().compareTo(second.text()) < 0;
        String lower = ordered ? first.text() : second.text();
        String higher = ordered ? second.text() : first.text();
        boolean lowerFirst = Draws.uniform(0, prompt.id() + lower + higher, 0) < 0.5;
        return ordered == lowerFirst
                ? event(this, false, note, at)
                : event(
                        new Judged(prompt, /* first= */ second, /* second= */ first, labeler, answer.swapped(), item),
                        true,
                        note,
                        at);
    }

    private static Event event(Judged as, boolean secondOnLeft, Note note, Instant at) {
        Comparison comparison = new Comparison(0, ROUND, as.prompt, as.first, as.second, 0);
        Preference preference = new Preference(
                Hashes.uuid(
                        as.labeler,
                        as.prompt.id(),
                        as.first.model(),
                        as.first.text(),
                        as.second.model(),
                        as.second.text(),
                        as.answer.name(),
                        as.item),
                0,
                as.labeler,
                as.answer,
                secondOnLeft,
                0,
                at,
                null,
                note,
                Asked.PLAINLY);
        return new Event(comparison, preference, "", false, false);
    }
}

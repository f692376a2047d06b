package dev.heed.feedback;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An answer to a comparison. Append-only: a correction is a new preference that names the one it replaces.
 *
 * @param id made where the answer was given (the browser), so that a resend is recognised
 * @param secondOnLeft how the sides were shown: kept so that position bias can be measured; of several, whether the second
 *     stood before the first
 * @param shownMs how long the question was on the screen, milliseconds; 0 where nobody looked
 * @param replaces the preference that this one corrects
 * @param note what the labeler added
 * @param grades what was said to each completion, where the comparison asks for more than which of two is better
 */
public record Preference(
        UUID id,
        long comparison,
        String labeler,
        Answer answer,
        boolean secondOnLeft,
        long shownMs,
        Instant at,
        @Nullable UUID replaces,
        Note note,
        Asked asked,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Grades grades) {
    @SuppressWarnings("ConstantValue") // journals from before these were kept have neither
    public Preference {
        note = note == null ? Note.NONE : note;
        asked = asked == null ? Asked.PLAINLY : asked;
    }

    /** Of two. */
    public Preference(
            UUID id,
            long comparison,
            String labeler,
            Answer answer,
            boolean secondOnLeft,
            long shownMs,
            Instant at,
            @Nullable UUID replaces,
            Note note,
            Asked asked) {
        this(id, comparison, labeler, answer, secondOnLeft, shownMs, at, replaces, note, asked, null);
    }

    /** Nothing added, plainly asked. */
    public Preference(
            UUID id,
            long comparison,
            String labeler,
            Answer answer,
            boolean secondOnLeft,
            long shownMs,
            Instant at,
            @Nullable UUID replaces) {
        this(id, comparison, labeler, answer, secondOnLeft, shownMs, at, replaces, Note.NONE, Asked.PLAINLY);
    }

    /** What it says, whoever says it. */
    public Judgement judgement() {
        return new Judgement(answer, grades);
    }
}

package dev.heed.feedback;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An answer that a labeler wrote.
 *
 * @param id made where it was written, so that a resend is recognised
 * @param prompt its id
 * @param comparison beside which it was written; null where there was none
 */
public record Demonstration(
        UUID id, String prompt, String text, String labeler, @Nullable Long comparison, Instant at) {

    /** The same, written at another time. */
    public Demonstration at(Instant time) {
        return new Demonstration(id, prompt, text, labeler, comparison, time);
    }

    /** The same, beside a comparison of another number. */
    public Demonstration about(@Nullable Long number) {
        return new Demonstration(id, prompt, text, labeler, number, at);
    }
}

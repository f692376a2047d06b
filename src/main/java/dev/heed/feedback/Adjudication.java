package dev.heed.feedback;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a lead decided where labelers disagree. Their answers stay as they are, but training reads this one instead. Append-only:
 * the last one about a comparison holds.
 *
 * @param id made where it was decided, so that a resend is recognised
 * @param answer null: what was decided before is taken back
 */
public record Adjudication(UUID id, long comparison, @Nullable Answer answer, String lead, Instant at) {

    /** The same, about a comparison of another number. */
    public Adjudication about(long number) {
        return new Adjudication(id, number, answer, lead, at);
    }
}

package dev.heed.feedback;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a lead decided where labelers disagree. Their answers stay as they are, but training reads this one instead. Append-only:
 * the last one about a comparison holds.
 *
 * @param id made where it was decided, so that a resend is recognised
 * @param answer null: what was decided before is taken back
 * @param grades the order or the ratings that were decided, in the comparison's own order; null where two are compared
 */
public record Adjudication(
        UUID id,
        long comparison,
        @Nullable Answer answer,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Grades grades,
        String lead,
        Instant at) {

    /** About two. */
    public Adjudication(UUID id, long comparison, @Nullable Answer answer, String lead, Instant at) {
        this(id, comparison, answer, null, lead, at);
    }

    /** What was decided; empty where that was taken back. */
    public Optional<Judgement> judgement() {
        return Optional.ofNullable(answer).map(decided -> new Judgement(decided, grades));
    }

    /** The same, about a comparison of another number. */
    public Adjudication about(long number) {
        return new Adjudication(id, number, answer, grades, lead, at);
    }

    /** The same, at another time. */
    public Adjudication at(Instant other) {
        return new Adjudication(id, comparison, answer, grades, lead, other);
    }
}

package dev.heed.feedback;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An answer to a comparison. Append-only: a correction is a new preference that names the one it replaces.
 *
 * @param id made where the answer was given (the browser), so that a resend is recognised
 * @param secondOnLeft how the sides were shown: kept so that position bias can be measured
 * @param shownMs how long the question was on the screen, milliseconds; 0 where nobody looked
 * @param replaces the preference that this one corrects
 */
public record Preference(
        UUID id,
        long comparison,
        String labeler,
        Answer answer,
        boolean secondOnLeft,
        long shownMs,
        Instant at,
        @Nullable UUID replaces) {}

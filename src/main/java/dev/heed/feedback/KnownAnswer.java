package dev.heed.feedback;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What someone says the right answer is who saw no page, in a file or a request.
 *
 * @param ranks of the completions in the comparison's own order, from 1, the best; the same number is a tie; null where there are none
 * @param ratings of the completions in the same order, from 1 to 7, by axis; null where there are none
 * @param tolerance points that a rating may be off; 1 where left out
 */
public record KnownAnswer(
        long comparison,
        Answer answer,
        @Nullable List<Integer> ranks,
        @Nullable Map<String, List<Integer>> ratings,
        @Nullable Integer tolerance) {
    /** Two people who agree are often one point apart. */
    private static final int USUAL_TOLERANCE = 1;

    /** @throws IllegalArgumentException if this is no answer to such a comparison */
    public Known of(Form form) {
        Judgement judgement = form.judgement(answer, ranks, ratings);
        form.expectAnsweredBy(comparison, judgement);
        int usual = form.kind() == Kind.RATING ? USUAL_TOLERANCE : 0;
        return new Known(comparison, answer, judgement.grades(), tolerance == null ? usual : tolerance);
    }
}

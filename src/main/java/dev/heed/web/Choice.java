package dev.heed.web;

import dev.heed.feedback.Answer;

/** What a labeler presses: an answer by sides, as shown. */
enum Choice {
    LEFT_MUCH(Answer.FIRST_MUCH),
    LEFT(Answer.FIRST),
    LEFT_SLIGHTLY(Answer.FIRST_SLIGHTLY),
    TIE(Answer.TIE),
    RIGHT_SLIGHTLY(Answer.SECOND_SLIGHTLY),
    RIGHT(Answer.SECOND),
    RIGHT_MUCH(Answer.SECOND_MUCH),
    BOTH_BAD(Answer.BOTH_BAD),
    SKIP(Answer.SKIP),
    RANKED(Answer.RANKED),
    RATED(Answer.RATED);

    private final Answer whenFirstIsLeft;

    Choice(Answer whenFirstIsLeft) {
        this.whenFirstIsLeft = whenFirstIsLeft;
    }

    /** In the comparison's own order. */
    Answer answer(boolean secondOnLeft) {
        return secondOnLeft ? whenFirstIsLeft.swapped() : whenFirstIsLeft;
    }
}

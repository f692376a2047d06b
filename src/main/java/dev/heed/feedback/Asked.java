package dev.heed.feedback;

/**
 * How it came that a labeler was asked.
 *
 * @param guideline the version that lay beside the question; 0 where there was none
 * @param extra more answers than were asked for: kept, but not learned from
 */
public record Asked(ChosenBy chosenBy, int guideline, boolean extra) {
    public static final Asked PLAINLY = new Asked(ChosenBy.NEED, 0, false);

    /** What chose the comparison for this labeler, so that learning can weigh it. */
    public enum ChosenBy {
        /** What was begun is finished first, then the most urgent. */
        NEED,
        /** Where the reward model is least sure. */
        UNCERTAINTY,
        /** By lot, so that what is measured is not biased by the choice. */
        RANDOM,
        /** Its right answer is known. */
        GOLD,
        /** This labeler has answered it before, with its completions in another order. */
        REPEAT
    }
}

package dev.heed.feedback;

import org.jspecify.annotations.Nullable;

/**
 * For what a comparison is asked.
 *
 * @param campaign number of the {@link Campaign}
 * @param repeat null unless it is another comparison again
 */
public record Asking(long campaign, @Nullable Repeat repeat) {
    /** By the loop, for its own sake. */
    public static final Asking LOOP = new Asking(Campaign.LOOP, null);

    /**
     * Another comparison with its first and second swapped, asked of one labeler to see how steady the answer is; of more than two
     * completions, all stand in another order on the page.
     *
     * @param original number of the other one
     */
    public record Repeat(long original, String labeler) {}
}

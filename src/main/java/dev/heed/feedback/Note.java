package dev.heed.feedback;

import java.util.List;

/**
 * What a labeler adds to an answer.
 *
 * @param comment in their own words; "" where none
 * @param reasons chosen from those that the campaign offers, or why it was skipped
 * @param flagged for the lead to look at
 */
public record Note(String comment, List<String> reasons, boolean flagged) {
    public static final Note NONE = new Note("", List.of(), false);

    public Note {
        reasons = List.copyOf(reasons);
    }
}

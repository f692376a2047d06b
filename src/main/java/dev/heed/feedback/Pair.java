package dev.heed.feedback;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * One preference as training reads it: a line of a snapshot. A ranking is every two of its completions.
 *
 * @param strength 1 slightly, 2 better, 3 much better; 0 a tie, where chosen and rejected are merely first and second
 * @param group the same for all pairs of one ranked comparison; "" where two were compared alone
 */
public record Pair(
        Prompt prompt,
        String chosen,
        String rejected,
        int strength,
        String labeler,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) String group) {
    @SuppressWarnings("ConstantValue") // what is empty is not written
    public Pair {
        group = group == null ? "" : group;
    }

    /** Of two that were compared alone. */
    public Pair(Prompt prompt, String chosen, String rejected, int strength, String labeler) {
        this(prompt, chosen, rejected, strength, labeler, "");
    }
}

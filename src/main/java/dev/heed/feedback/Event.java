package dev.heed.feedback;

import org.jspecify.annotations.Nullable;

/**
 * An answer with all that it is about: what a home tells another.
 *
 * @param comparison with the store's number, or 0 where it comes from elsewhere; a repeat's original is then 0 too
 * @param preference about that comparison, whatever number it names
 * @param campaign name of the comparison's campaign; "" for the loop's, whatever it is called
 * @param excluded whether training leaves its labeler out
 * @param replaced whether a later answer corrects it
 * @param decided what a lead decided about the comparison, which training reads instead; null where nothing
 * @param group the same for all that was said to one comparison; "" where it comes from elsewhere
 */
public record Event(
        Comparison comparison,
        Preference preference,
        String campaign,
        boolean excluded,
        boolean replaced,
        @Nullable Decision decided,
        String group) {

    /** What holds of what leads decided. */
    public record Decision(Judgement judgement, String lead) {}

    /** From elsewhere. */
    public Event(Comparison comparison, Preference preference, String campaign, boolean excluded, boolean replaced) {
        this(comparison, preference, campaign, excluded, replaced, null, "");
    }

    /** The same answer, as one to another comparison. */
    public Event about(Comparison other, Preference as, String ofGroup) {
        return new Event(other, as, campaign, excluded, replaced, null, ofGroup);
    }
}

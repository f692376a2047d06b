package dev.heed.feedback;

/**
 * A question to a labeler: which of two completions is better?
 *
 * @param id as the store numbers it, from 1; 0 before it is stored
 * @param round once around the loop, from 1
 * @param urgency which are asked first: higher first
 */
public record Comparison(
        long id, int round, Prompt prompt, Completion first, Completion second, double urgency, Asking asking) {
    @SuppressWarnings("ConstantValue") // journals from before there were others say nothing
    public Comparison {
        asking = asking == null ? Asking.LOOP : asking;
    }

    /** Of the loop's own campaign. */
    public Comparison(long id, int round, Prompt prompt, Completion first, Completion second, double urgency) {
        this(id, round, prompt, first, second, urgency, Asking.LOOP);
    }

    /** The same question under another number. */
    public Comparison with(long number) {
        return new Comparison(number, round, prompt, first, second, urgency, asking);
    }

    /** The same question, asked for something else. */
    public Comparison with(Asking other) {
        return new Comparison(id, round, prompt, first, second, urgency, other);
    }
}

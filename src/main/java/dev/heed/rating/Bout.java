package dev.heed.rating;

/**
 * A game between two answers, which also differ in length.
 *
 * @param longer by how much the first's answer is longer than the second's: (a − b) / (a + b) of their lengths, in [−1, 1]; the
 *     measure of Chatbot Arena's style control (Li, Angelopoulos and Chiang 2024)
 */
public record Bout(Game game, double longer) {
    public Bout {
        if (!(Math.abs(longer) <= 1)) {
            throw new IllegalArgumentException("longer must be from -1 to 1, was " + longer);
        }
    }

    /** @param firstLength in whatever unit the second's is, at least 0; two empty answers are equally long */
    public static Bout of(Game game, long firstLength, long secondLength) {
        long both = firstLength + secondLength;
        return new Bout(game, both == 0 ? 0 : (double) (firstLength - secondLength) / both);
    }
}

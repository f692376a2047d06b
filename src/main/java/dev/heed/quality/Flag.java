package dev.heed.quality;

/**
 * Something about a labeler that wants a look.
 *
 * @param found with the numbers
 * @param meaning what follows from it where nobody mends it
 * @param advice what to do
 */
public record Flag(Kind kind, String found, String meaning, String advice) {
    /** What is wrong. */
    public enum Kind {
        ALWAYS_ONE_SIDE,
        POSITION_BIAS,
        LENGTH_BIAS,
        TOO_FAST,
        INCONSISTENT,
        LOW_GOLD,
        AS_BY_CHANCE
    }
}

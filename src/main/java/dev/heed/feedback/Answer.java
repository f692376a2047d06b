package dev.heed.feedback;

/**
 * What a labeler says to a comparison, in the comparison's own order (first, second), whichever side they were shown on.
 */
public enum Answer {
    FIRST_MUCH(3),
    FIRST(2),
    FIRST_SLIGHTLY(1),
    TIE(0),
    SECOND_SLIGHTLY(-1),
    SECOND(-2),
    SECOND_MUCH(-3),
    /** None is acceptable, of however many. */
    BOTH_BAD(0),
    SKIP(0),
    /** An order of more than two; see {@link Grades}. */
    RANKED(0),
    /** Numbers for each; see {@link Grades}. */
    RATED(0);

    private final int strength;

    Answer(int strength) {
        this.strength = strength;
    }

    /** Positive where the first is better, negative where the second is, 0 otherwise; at most 3 in size. */
    public int strength() {
        return strength;
    }

    /** Whether it says which of two is better, or that they are equally good. */
    public boolean compares() {
        return strength != 0 || this == TIE;
    }

    /** The answer to the same question with its sides swapped. */
    public Answer swapped() {
        return switch (this) {
            case FIRST_MUCH -> SECOND_MUCH;
            case FIRST -> SECOND;
            case FIRST_SLIGHTLY -> SECOND_SLIGHTLY;
            case SECOND_SLIGHTLY -> FIRST_SLIGHTLY;
            case SECOND -> FIRST;
            case SECOND_MUCH -> FIRST_MUCH;
            case TIE, BOTH_BAD, SKIP, RANKED, RATED -> this;
        };
    }

    /** The graded answer of a strength from −3 to 3. */
    public static Answer ofStrength(int strength) {
        for (Answer answer : values()) {
            if (answer.strength == strength) {
                return answer;
            }
        }
        throw new IllegalArgumentException("strength must be from -3 to 3, was %d".formatted(strength));
    }
}

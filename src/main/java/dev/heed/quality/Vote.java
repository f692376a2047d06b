package dev.heed.quality;

import dev.heed.feedback.Answer;

/** What an answer comes down to when answers are compared, in the comparison's own order. */
public enum Vote {
    FIRST(0),
    /** A tie, or both are bad: either way none is preferred. */
    NEITHER(1),
    SECOND(2);

    /** How many votes there are. */
    static final int COUNT = 3;

    private final int column;

    Vote(int column) {
        this.column = column;
    }

    /** @throws IllegalArgumentException for SKIP, which is no answer */
    public static Vote of(Answer answer) {
        if (answer == Answer.SKIP) {
            throw new IllegalArgumentException("SKIP is no answer");
        }
        return ofSign(answer.strength());
    }

    /** Of 1, where the first is put above the second, −1, where below, or 0. */
    static Vote ofSign(int above) {
        return above > 0 ? FIRST : above < 0 ? SECOND : NEITHER;
    }

    /** Where it stands in tables. */
    int column() {
        return column;
    }

    static Vote ofColumn(int column) {
        return switch (column) {
            case 0 -> FIRST;
            case 1 -> NEITHER;
            case 2 -> SECOND;
            default -> throw new IllegalArgumentException("a vote's column must be from 0 to 2, was " + column);
        };
    }

    /** The same with the sides swapped. */
    public Vote swapped() {
        return switch (this) {
            case FIRST -> SECOND;
            case NEITHER -> NEITHER;
            case SECOND -> FIRST;
        };
    }
}

package dev.heed.feedback;

import org.jspecify.annotations.Nullable;

/**
 * What is said to a comparison, in its own order, whoever says it: a labeler, a lead who decides, or what is known to be right.
 *
 * @param grades what is said to each completion; null where the comparison asks which of two is better
 */
public record Judgement(Answer answer, @Nullable Grades grades) {

    /** As an audit tells it. */
    @Override
    public String toString() {
        return grades == null
                ? answer.name()
                : "%s %s".formatted(answer, grades.ranks().isEmpty() ? grades.ratings() : grades.ranks());
    }

    /** 1 where one completion is put above another, by their places; −1 where below; 0 where neither. */
    public int above(int one, int other) {
        return grades == null ? Integer.signum(answer.strength()) * (one < other ? 1 : -1) : grades.above(one, other);
    }
}

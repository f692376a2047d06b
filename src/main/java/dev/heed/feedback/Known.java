package dev.heed.feedback;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What the right answer to a comparison is known to be.
 *
 * @param tolerance how many points a rating may be off; 0 where nothing is rated
 */
public record Known(
        long comparison,
        Answer answer,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Grades grades,
        int tolerance) {
    public Known {
        if (answer == Answer.SKIP) {
            throw new IllegalArgumentException("skip is no known answer; say which is better, tie or both_bad");
        }
        if (tolerance < 0 || tolerance >= Grades.HIGHEST) {
            throw new IllegalArgumentException(
                    "tolerance must be from 0 to %d points, was %d".formatted(Grades.HIGHEST - 1, tolerance));
        }
    }

    /** Of two. */
    public Known(long comparison, Answer answer) {
        this(comparison, answer, null, 0);
    }

    /** As they are looked up. */
    public static Map<Long, Known> byComparison(List<Known> all) {
        Map<Long, Known> byComparison = new HashMap<>();
        all.forEach(known -> byComparison.put(known.comparison(), known));
        return byComparison;
    }

    public Judgement judgement() {
        return new Judgement(answer, grades);
    }

    /** How many of these ratings on an axis are right; they are as many as the completions. */
    public long right(String axis, List<Integer> ratings) {
        List<Integer> known =
                Objects.requireNonNull(Objects.requireNonNull(grades).ratings().get(axis));
        return IntStream.range(0, ratings.size())
                .filter(i -> Math.abs(ratings.get(i) - known.get(i)) <= tolerance)
                .count();
    }
}

package dev.heed.eval.exam;

import dev.heed.run.Draws;
import dev.heed.run.UserError;
import dev.heed.text.ExamItem;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Worked examples before a question, drawn for each question from (seed, its id): of its own subject while there are such, never
 * the question itself.
 *
 * @param count how many
 * @param from what they are drawn from
 */
public record Shots(int count, List<ExamItem> from, long seed) {
    /** No examples. */
    public static final Shots NONE = new Shots(0, List.of(), 0);

    public Shots {
        from = List.copyOf(from);
    }

    /** @throws UserError if there are too few */
    List<ExamItem> of(ExamItem item) {
        if (count == 0) {
            return List.of();
        }
        List<ExamItem> drawn = Arrays.stream(Draws.permutation(from.size(), seed, "shots " + item.id(), 0))
                .mapToObj(from::get)
                .filter(shot -> !shot.question().equals(item.question())
                        && !shot.shown().isEmpty())
                .toList();
        if (drawn.size() < count) {
            throw new UserError("--shots=%d needs as many other questions with an answer that can be shown, %s has %d"
                    .formatted(count, item.place(), drawn.size()));
        }
        return Stream.concat(
                        drawn.stream().filter(shot -> shot.subject().equals(item.subject())),
                        drawn.stream().filter(shot -> !shot.subject().equals(item.subject())))
                .limit(count)
                .toList();
    }
}

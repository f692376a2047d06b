package dev.heed.eval.exam;

import dev.heed.run.UserError;
import java.util.List;

/** Marks free answers that no rule of the exam marks: a judge of a world, or a reward model. */
@FunctionalInterface
public interface Marker {
    /** No judge: an exam that needs one cannot be sat. */
    Marker NONE = answers -> {
        throw new UserError(
                "%s asks for a free answer without rules (\"must\", \"must_not\"); name a reward model with --reward"
                        .formatted(answers.get(0).item().place()));
    };

    /**
     * A verdict.
     *
     * @param points from 0 to 1
     * @param tempted 1 where it says the falsehood that the question tempts to, else 0; NaN where it tempts to nothing
     */
    record Mark(double points, double tempted) {
        public Mark(double points) {
            this(points, Double.NaN);
        }
    }

    /**
     * Marks answers.
     *
     * @param answers at least one
     * @return one mark each
     */
    List<Mark> of(List<Written> answers);
}

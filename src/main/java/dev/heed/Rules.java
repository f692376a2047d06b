package dev.heed;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.train.Rubric;
import dev.heed.train.RubricFile;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The rules that score completions beside the reward models, as a run's config tells them.
 *
 * @param rubric in its file's words; none where there are no rules
 * @param weight times each rule's own
 */
record Rules(@Nullable RubricFile rubric, double weight) {
    static final Rules NONE = new Rules(null, 1);

    static Rules read(String file, double weight) {
        return file.isEmpty() ? NONE : new Rules(RubricFile.read(Path.of(file)), weight);
    }

    Rubric weighed() {
        return rubric == null ? Rubric.NONE : rubric.rubric().times(weight);
    }

    /** What a run was begun with: the reward models alone, or they and the rules. */
    Object beside(Object models) {
        return rubric == null ? models : new Told(models, rubric.written(), weight);
    }

    private record Told(Object models, JsonNode rubric, double weight) {}
}

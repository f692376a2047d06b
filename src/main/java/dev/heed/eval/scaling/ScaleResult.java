package dev.heed.eval.scaling;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that a page tells of a ladder.
 *
 * @param text that all learned from
 * @param conditions what all runs have in common, by name
 * @param leftOut runs that no law was fitted to
 * @param line the loss by compute with its band, up to the large run
 * @param large the large run; shown only once it is graded
 */
public record ScaleResult(
        String text,
        Map<String, String> conditions,
        Fitted fitted,
        List<Trial> leftOut,
        List<Foretelling.At> line,
        @Nullable Prediction prediction,
        @Nullable Trial large,
        @Nullable Grade grade,
        @Nullable Transfer transfer) {}

package dev.heed.exchange;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.db.Feedback;
import dev.heed.feedback.Event;
import dev.heed.feedback.Kind;
import dev.heed.feedback.Message;
import dev.heed.feedback.Taken;
import dev.heed.text.BadLine;
import dev.heed.text.DemonstrationFile;
import dev.heed.text.EventRow;
import dev.heed.text.GradedRow;
import dev.heed.text.PreferenceRow;
import dev.heed.text.PromptRow;
import dev.heed.text.StudyRows;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What an import's rows look like.
 *
 * @param expected the fields of a row, for people
 * @param detecting a row is of the first format that this is true of
 * @param reader what one row tells
 * @param sink stores some hundred of that
 */
record Format<T>(String name, String expected, Predicate<ObjectNode> detecting, RowReader<T> reader, Sink<T> sink) {
    private static final String LABELER = "import";

    /** Every format there is, in the order of detection. */
    static final List<Format<?>> ALL = List.of(
            new Format<>(
                    "events",
                    "id, labeler, answer, prompt, first and second",
                    has("answer", "first", "second"),
                    row -> List.of(EventRow.read(row)),
                    Feedback::takeEvents),
            new Format<>(
                    "pandalm",
                    "instruction, response1, response2 and annotator1",
                    has("response1", "response2", "annotator1"),
                    StudyRows::pandaLm,
                    Feedback::takeEvents),
            new Format<>(
                    "tulu",
                    "prompt, completion_a, completion_b, preference and evaluator",
                    has("completion_a", "completion_b", "preference"),
                    StudyRows::tulu,
                    Feedback::takeEvents),
            new Format<>(
                    "open-assistant",
                    "message_tree_id and prompt with its replies",
                    has("message_tree_id", "prompt"),
                    StudyRows::openAssistant,
                    Feedback::takeEvents),
            new Format<>(
                    "rankings",
                    "prompt, completions and ranks",
                    has("completions", "ranks"),
                    row -> List.of(GradedRow.event(row, Kind.RANKING, LABELER)),
                    Feedback::takeEvents),
            new Format<>(
                    "ratings",
                    "prompt, completions and ratings",
                    has("completions", "ratings"),
                    row -> List.of(GradedRow.event(row, Kind.RATING, LABELER)),
                    Feedback::takeEvents),
            new Format<>(
                    "preferences",
                    "prompt, chosen and rejected",
                    has("chosen", "rejected"),
                    row -> List.of(PreferenceRow.event(row, LABELER)),
                    Feedback::takeEvents),
            new Format<>(
                    "demonstrations",
                    "prompt and completion, or messages",
                    has("completion").or(has("messages")),
                    row -> List.of(DemonstrationFile.demonstrated(row)),
                    Feedback::takeDemonstrations),
            new Format<>(
                    "prompts", "prompt", has("prompt"), row -> List.of(PromptRow.prompt(row)), Feedback::takePrompts));

    /** Other names that people may know a format by. */
    private static final Map<String, String> ALSO =
            Map.of("trl", "preferences", "hh", "preferences", "pairs", "preferences", "oasst", "open-assistant");

    /** Reads one row. */
    interface RowReader<T> {
        List<T> read(ObjectNode row) throws BadLine;
    }

    /** Stores what rows told. */
    interface Sink<T> {
        Taken take(Feedback feedback, List<T> some);
    }

    private static Predicate<ObjectNode> has(String... fields) {
        return row -> Arrays.stream(fields).allMatch(row::has);
    }

    static Optional<Format<?>> find(String name) {
        String known = ALSO.getOrDefault(name, name);
        for (Format<?> format : ALL) {
            if (format.name.equals(known)) {
                return Optional.of(format);
            }
        }
        return Optional.empty();
    }

    static Optional<Format<?>> of(ObjectNode row) {
        for (Format<?> format : ALL) {
            if (format.detecting.test(row)) {
                return Optional.of(format);
            }
        }
        return Optional.empty();
    }

    /** Whether a row that was read leaves no choice: equal texts, which some studies ask about. */
    static boolean leavesNoChoice(Object told) {
        return told instanceof Event event
                && event.comparison().texts().stream().distinct().count()
                        < event.comparison().texts().size();
    }

    /** How much there is to what a row tells, where it may be much. */
    static long characters(Object told) {
        return told instanceof Event event
                ? Stream.concat(
                                event.comparison().texts().stream(),
                                event.comparison().prompt().messages().stream().map(Message::content))
                        .mapToLong(String::length)
                        .sum()
                : 0;
    }

    /** Their names. */
    static List<String> names() {
        return ALL.stream().<String>map(Format::name).toList();
    }
}

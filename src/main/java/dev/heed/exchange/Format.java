package dev.heed.exchange;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.db.Feedback;
import dev.heed.feedback.Demonstrated;
import dev.heed.feedback.Event;
import dev.heed.feedback.Kind;
import dev.heed.feedback.Message;
import dev.heed.feedback.Taken;
import dev.heed.text.BadLine;
import dev.heed.text.DemonstrationFile;
import dev.heed.text.EventRow;
import dev.heed.text.GradedFile;
import dev.heed.text.PreferenceFile;
import dev.heed.text.PromptFile;
import dev.heed.text.StudyRows;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What an import's rows look like.
 *
 * @param expected the fields of a row, for people
 * @param detecting a row is of the first format that has all of these fields
 * @param reader what one row tells
 * @param sink stores some hundred of that
 */
record Format<T>(String name, String expected, List<String> detecting, RowReader<T> reader, Sink<T> sink) {
    private static final String LABELER = "import";

    /** Every format there is, in the order of detection. */
    static final List<Format<?>> ALL = List.of(
            new Format<>(
                    "events",
                    "id, labeler, answer, prompt, first and second",
                    List.of("answer", "first", "second"),
                    row -> List.of(EventRow.read(row)),
                    Feedback::takeEvents),
            new Format<>(
                    "pandalm",
                    "instruction, response1, response2 and annotator1",
                    List.of("response1", "response2", "annotator1"),
                    StudyRows::pandaLm,
                    Feedback::takeEvents),
            new Format<>(
                    "tulu",
                    "prompt, completion_a, completion_b, preference and evaluator",
                    List.of("completion_a", "completion_b", "preference"),
                    StudyRows::tulu,
                    Feedback::takeEvents),
            new Format<>(
                    "open-assistant",
                    "message_tree_id and prompt with its replies",
                    List.of("message_tree_id", "prompt"),
                    StudyRows::openAssistant,
                    Feedback::takeEvents),
            new Format<>(
                    "rankings",
                    "prompt, completions and ranks",
                    List.of("completions", "ranks"),
                    row -> List.of(GradedFile.event(row, Kind.RANKING, LABELER)),
                    Feedback::takeEvents),
            new Format<>(
                    "ratings",
                    "prompt, completions and ratings",
                    List.of("completions", "ratings"),
                    row -> List.of(GradedFile.event(row, Kind.RATING, LABELER)),
                    Feedback::takeEvents),
            new Format<>(
                    "preferences",
                    "prompt, chosen and rejected",
                    List.of("chosen", "rejected"),
                    row -> List.of(PreferenceFile.event(row, LABELER)),
                    Feedback::takeEvents),
            new Format<>(
                    "demonstrations",
                    "prompt and completion, or messages",
                    List.of("completion"),
                    Format::demonstrations,
                    Feedback::takeDemonstrations),
            new Format<>(
                    "demonstrations",
                    "messages",
                    List.of("messages"),
                    Format::demonstrations,
                    Feedback::takeDemonstrations),
            new Format<>(
                    "prompts",
                    "prompt",
                    List.of("prompt"),
                    row -> List.of(PromptFile.prompt(row)),
                    Feedback::takePrompts));

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

    private static List<Demonstrated> demonstrations(ObjectNode row) throws BadLine {
        return List.of(DemonstrationFile.demonstrated(row));
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
            if (format.detecting.stream().allMatch(row::has)) {
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

    /** Names, each once. */
    static List<String> names() {
        return ALL.stream().<String>map(Format::name).distinct().toList();
    }
}

package dev.heed.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.feedback.Kind;
import dev.heed.feedback.Message;
import dev.heed.feedback.Prompt;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Prompts with several completions each, to be put before labelers: JSON lines with "prompt" (text or a list of
 * {role, content}) and "completions" (a list of texts). Optional: "kind".
 *
 * @param questions the good lines, in order
 * @param errors the bad lines, in order; whether they spoil the whole is the caller's decision
 */
public record QuestionFile(List<Question> questions, List<LineError> errors) {
    /**
     * A line.
     *
     * @param completions no two the same
     */
    public record Question(Prompt prompt, List<String> completions) {
        public Question {
            completions = List.copyOf(completions);
        }
    }

    /**
     * Reads a {@code .jsonl} or {@code .jsonl.gz} file.
     *
     * @param kind what will be asked of labelers: decides how many completions there may be
     * @throws dev.heed.run.UserError if the file cannot be read, is broken or has no lines
     */
    public static QuestionFile read(Path file, Kind kind) {
        List<Question> questions = new ArrayList<>();
        List<LineError> errors = JsonLines.read(
                file,
                "prompt and completions",
                row -> questions.add(new Question(prompt(row), completions(row, kind.least(), kind.most()))));
        return new QuestionFile(List.copyOf(questions), errors);
    }

    static Prompt prompt(ObjectNode row) throws BadLine {
        return ChatFields.prompt(
                row, ChatFields.withoutOpenTurn(ChatFields.messages(row, "prompt", Message.Role.USER)));
    }

    /** From so many to so many texts, no two the same. */
    static List<String> completions(ObjectNode row, int least, int most) throws BadLine {
        JsonNode list = ChatFields.expect(row, "completions");
        if (!list.isArray() || list.size() < least || list.size() > most) {
            throw new BadLine("\"completions\" must be a list of %s texts, was %s"
                    .formatted(
                            least == most ? least : "%d to %d".formatted(least, most),
                            list.isArray() ? "one of %d".formatted(list.size()) : ChatFields.kind(list)));
        }
        Set<String> texts = new LinkedHashSet<>();
        for (JsonNode each : list) {
            if (!texts.add(ChatFields.text(each, "completions"))) {
                throw new BadLine("two of the \"completions\" are identical");
            }
        }
        return List.copyOf(texts);
    }
}

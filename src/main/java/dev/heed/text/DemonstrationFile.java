package dev.heed.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.feedback.Message;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Demonstrations from other tools: JSON lines with "prompt" and "completion" (each text, or a list of {role, content}, of the
 * completion one message), of which the completion alone is to be learned; or with "messages", a conversation (a list of
 * {role, content}, or text in HH-RLHF's form), of which everything that the assistant says is.
 *
 * @param demonstrations the good lines, in order
 * @param errors the bad lines, in order; whether they spoil the whole is the caller's decision
 */
public record DemonstrationFile(List<Demonstration> demonstrations, List<LineError> errors) {
    /** Which of the assistant's messages are to be learned. */
    public enum Taught {
        LAST,
        ALL
    }

    /** A conversation; where the last message alone is to be learned, it is the assistant's. */
    public record Demonstration(List<Message> messages, Taught taught) {}

    /**
     * Reads a {@code .jsonl} or {@code .jsonl.gz} file.
     *
     * @throws dev.heed.run.UserError if the file cannot be read, is broken or has no lines
     */
    public static DemonstrationFile read(Path file) {
        List<Demonstration> demonstrations = new ArrayList<>();
        List<LineError> errors = JsonLines.read(
                file, "prompt and completion, or messages", row -> demonstrations.add(demonstration(row)));
        return new DemonstrationFile(List.copyOf(demonstrations), errors);
    }

    private static Demonstration demonstration(ObjectNode row) throws BadLine {
        if (row.has("messages") && !row.has("completion")) {
            List<Message> messages = ChatFields.messages(row, "messages", Message.Role.USER);
            if (messages.stream().noneMatch(message -> message.role() == Message.Role.ASSISTANT)) {
                throw new BadLine("\"messages\" has none of the assistant's, so there is nothing to learn");
            }
            return new Demonstration(messages, Taught.ALL);
        }
        List<Message> messages =
                new ArrayList<>(ChatFields.withoutOpenTurn(ChatFields.messages(row, "prompt", Message.Role.USER)));
        List<Message> completion = ChatFields.messages(row, "completion", Message.Role.ASSISTANT);
        if (completion.size() != 1 || completion.get(0).role() != Message.Role.ASSISTANT) {
            throw new BadLine("\"completion\" must be text or one message of the assistant's; conversations go into"
                    + " \"messages\"");
        }
        messages.addAll(completion);
        return new Demonstration(messages, Taught.LAST);
    }
}

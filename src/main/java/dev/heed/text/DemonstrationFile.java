package dev.heed.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.feedback.Demonstrated;
import dev.heed.feedback.Hashes;
import dev.heed.feedback.Message;
import dev.heed.feedback.Prompt;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Demonstrations from other tools: JSON lines with "prompt" and "completion" (each text, or a list of {role, content}, of the
 * completion one message), of which the completion alone is to be learned; or with "messages", a conversation (a list of
 * {role, content}, or text in HH-RLHF's form), of which everything that the assistant says is.
 *
 * @param demonstrations the good lines, in order
 * @param errors the bad lines, in order; whether they spoil the whole is the caller's decision
 */
public record DemonstrationFile(List<Demonstration> demonstrations, List<LineError> errors) {
    private static final String LABELER = "import";
    private static final String UUID_FORM =
            "\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}"; // others number otherwise

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

    /**
     * As an importer takes it: of a conversation, what the assistant says last. Its id is made of what it says, where the row
     * has none.
     */
    public static Demonstrated demonstrated(ObjectNode row) throws BadLine {
        List<Message> messages = demonstration(row).messages();
        int last = messages.size() - 1;
        while (messages.get(last).role() != Message.Role.ASSISTANT) {
            last--;
        }
        RowFields fields = new RowFields(row);
        Prompt prompt = ChatFields.prompt(row, messages.subList(0, last));
        String text = messages.get(last).content();
        String labeler = fields.labeler(LABELER);
        UUID id = row.hasNonNull("id") && row.path("id").asText().matches(UUID_FORM)
                ? fields.uuid("id")
                : Hashes.uuid(labeler, prompt.id(), text);
        return new Demonstrated(
                prompt,
                new dev.heed.feedback.Demonstration(
                        id, prompt.id(), text, labeler, null, fields.instant("at", Instant.now())));
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

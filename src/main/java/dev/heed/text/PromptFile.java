package dev.heed.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.feedback.Message;
import dev.heed.feedback.Prompt;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Prompts from other tools: JSON lines with "prompt" (text or a list of {role, content}) or "messages", of which a last
 * one of the assistant's is the answer and left out. Optional: "kind".
 *
 * @param prompts the good lines, in order; the same prompt may come twice
 * @param errors the bad lines, in order; whether they spoil the whole is the caller's decision
 */
public record PromptFile(List<Prompt> prompts, List<LineError> errors) {
    /**
     * Reads a {@code .jsonl} or {@code .jsonl.gz} file.
     *
     * @throws dev.heed.run.UserError if the file cannot be read, is broken or has no lines
     */
    public static PromptFile read(Path file) {
        List<Prompt> prompts = new ArrayList<>();
        List<LineError> errors = JsonLines.read(file, "prompt or messages", row -> prompts.add(prompt(row)));
        return new PromptFile(List.copyOf(prompts), errors);
    }

    /** The prompt of one row. */
    public static Prompt prompt(ObjectNode row) throws BadLine {
        String field = !row.has("prompt") && row.has("messages") ? "messages" : "prompt";
        List<Message> messages = ChatFields.messages(row, field, Message.Role.USER);
        int last = messages.size() - 1;
        boolean answered = messages.get(last).role() == Message.Role.ASSISTANT;
        return ChatFields.prompt(row, answered ? messages.subList(0, last) : messages);
    }
}

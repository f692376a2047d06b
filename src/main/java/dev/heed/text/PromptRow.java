package dev.heed.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.feedback.Message;
import dev.heed.feedback.Prompt;
import java.util.List;

/**
 * Prompts from other tools: rows with "prompt" (text or a list of {role, content}) or "messages", of which a last one of the
 * assistant's is the answer and left out. Optional: "kind".
 */
public final class PromptRow {
    private PromptRow() {}

    /** The prompt of one row. */
    public static Prompt prompt(ObjectNode row) throws BadLine {
        String field = !row.has("prompt") && row.has("messages") ? "messages" : "prompt";
        List<Message> messages = ChatFields.messages(row, field, Message.Role.USER);
        int last = messages.size() - 1;
        boolean answered = messages.get(last).role() == Message.Role.ASSISTANT;
        return ChatFields.prompt(row, answered ? messages.subList(0, last) : messages);
    }
}

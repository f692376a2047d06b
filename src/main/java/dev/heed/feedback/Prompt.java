package dev.heed.feedback;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What a model is asked.
 *
 * @param id stable: the same text has the same id, see {@link #idOf}
 * @param kind of which sort it is ("fact", "story", "decline", …), for reports; "" where unknown
 */
public record Prompt(String id, List<Message> messages, String kind, Split split) {
    /** The kind of those that a person wants asked in the next round. */
    public static final String WANTED = "wanted";

    public Prompt {
        if (messages.isEmpty()) {
            throw new IllegalArgumentException("a prompt needs at least one message");
        }
        messages = List.copyOf(messages);
    }

    /** A single user turn. */
    public static Prompt ofText(String text, String kind, Split split) {
        return new Prompt(idOf(List.of(Message.user(text))), List.of(Message.user(text)), kind, split);
    }

    /** What the last turn says: for a single-turn prompt, the whole prompt. */
    public String text() {
        return messages.get(messages.size() - 1).content();
    }

    /** First 16 hex digits of the SHA-256 of the messages. */
    public static String idOf(List<Message> messages) {
        String all = messages.stream()
                .map(m -> m.role().wire() + "\u0000" + m.content())
                .collect(Collectors.joining("\u0001"));
        return Hashes.sha256(all).substring(0, 16);
    }
}

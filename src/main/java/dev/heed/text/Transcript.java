package dev.heed.text;

import dev.heed.feedback.Message;
import java.util.List;
import java.util.Optional;

/** A conversation as HH-RLHF writes it: "\n\nHuman: …\n\nAssistant: …". */
public final class Transcript {
    private Transcript() {}

    /** Empty where it cannot be said so: a system message, or a text in which a turn seems to begin. */
    public static Optional<String> of(List<Message> messages) {
        if (messages.get(0).role() != Message.Role.USER
                || messages.stream()
                        .anyMatch(m -> m.role() == Message.Role.SYSTEM || ChatFields.hasTurn(m.content()))) {
            return Optional.empty();
        }
        StringBuilder text = new StringBuilder();
        for (Message message : messages) {
            text.append(message.role() == Message.Role.USER ? "\n\nHuman: " : "\n\nAssistant: ")
                    .append(message.content());
        }
        return Optional.of(text.toString());
    }
}

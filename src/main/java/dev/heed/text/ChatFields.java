package dev.heed.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.feedback.Message;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a line's fields say, in the forms that TRL, Tulu and HH-RLHF give them; complaints name the field. */
final class ChatFields {
    private static final Pattern TURN = Pattern.compile("(?:^|\n\n)\\s*(Human|Assistant):");

    private ChatFields() {}

    /**
     * A field as messages: a list of {role, content}, one such object, or text. Text in HH-RLHF's form ("\n\nHuman: …
     * \n\nAssistant: …") is taken apart; other text is one message of {@code role}.
     */
    static List<Message> messages(ObjectNode row, String field, Message.Role role) throws BadLine {
        JsonNode value = expect(row, field);
        if (value.isTextual()) {
            String text = text(value, field);
            return isDialogue(text) ? dialogue(text) : List.of(new Message(role, text));
        }
        if (value.isObject()) {
            return List.of(message(value, field));
        }
        if (!value.isArray()) {
            throw new BadLine("%s must be text or a list of messages, was %s".formatted(quoted(field), kind(value)));
        }
        List<Message> messages = new ArrayList<>();
        for (JsonNode each : value) {
            messages.add(message(each, "%s, message %d".formatted(field, messages.size() + 1)));
        }
        if (messages.isEmpty()) {
            throw new BadLine("%s is an empty list".formatted(quoted(field)));
        }
        return messages;
    }

    /** HH-RLHF's prompts end with "Assistant:" and nothing after it: the turn that the completion fills. */
    static List<Message> withoutOpenTurn(List<Message> prompt) {
        Message last = prompt.get(prompt.size() - 1);
        boolean open = last.role() == Message.Role.ASSISTANT && last.content().isEmpty();
        return open ? prompt.subList(0, prompt.size() - 1) : prompt;
    }

    /** A prompt of messages; those of one conversation fall on the same side of the split. */
    static Prompt prompt(ObjectNode row, List<Message> messages) throws BadLine {
        if (messages.isEmpty() || messages.stream().allMatch(m -> m.content().isBlank())) {
            throw new BadLine("\"prompt\" is empty");
        }
        String opening = messages.stream()
                .filter(m -> m.role() == Message.Role.USER)
                .findFirst()
                .orElse(messages.get(0))
                .content();
        return new Prompt(Prompt.idOf(messages), messages, optionalText(row, "kind", ""), Split.of(opening));
    }

    /** The field as text, or {@code absent} where there is none. */
    static String optionalText(ObjectNode row, String field, String absent) throws BadLine {
        return row.hasNonNull(field) ? text(row.path(field), field) : absent;
    }

    static JsonNode expect(ObjectNode row, String field) throws BadLine {
        JsonNode value = row.get(field);
        if (value == null) {
            List<String> there = new ArrayList<>();
            row.fieldNames().forEachRemaining(there::add);
            throw new BadLine("missing field %s (found: %s)"
                    .formatted(quoted(field), there.isEmpty() ? "none" : String.join(", ", there)));
        }
        return value;
    }

    static String text(JsonNode value, String field) throws BadLine {
        if (!value.isTextual()) {
            throw new BadLine("%s must be text, was %s".formatted(quoted(field), kind(value)));
        }
        if (value.asText().indexOf('\0') >= 0) {
            throw new BadLine("%s holds the character U+0000".formatted(quoted(field)));
        }
        return value.asText();
    }

    /** What a value is, for a complaint. */
    static String kind(JsonNode value) {
        return switch (value.getNodeType()) {
            case ARRAY -> "a list";
            case OBJECT -> "an object";
            case NULL, MISSING -> "null";
            case STRING -> "text";
            default -> value.toString();
        };
    }

    /** Whether a turn of a dialogue seems to begin in the text. */
    static boolean hasTurn(String text) {
        return TURN.matcher(text).find();
    }

    static boolean isDialogue(String text) {
        return text.stripLeading().startsWith("Human:") && text.contains("\n\nAssistant:");
    }

    private static List<Message> dialogue(String text) {
        List<Message> messages = new ArrayList<>();
        Matcher turns = TURN.matcher(text);
        boolean more = turns.find();
        while (more) {
            Message.Role role = turns.group(1).equals("Human") ? Message.Role.USER : Message.Role.ASSISTANT;
            int from = turns.end();
            more = turns.find();
            messages.add(new Message(
                    role,
                    text.substring(from, more ? turns.start() : text.length()).strip()));
        }
        return messages;
    }

    private static Message message(JsonNode value, String where) throws BadLine {
        if (!(value instanceof ObjectNode message)) {
            throw new BadLine("%s must be an object with role and content, was %s".formatted(where, kind(value)));
        }
        try {
            String role = text(expect(message, "role"), "role");
            String content = text(expect(message, "content"), "content");
            for (Message.Role known : Message.Role.values()) {
                if (known.wire().equals(role.toLowerCase(Locale.ROOT))) {
                    return new Message(known, content);
                }
            }
            throw new BadLine("role must be system, user or assistant, was \"%s\"".formatted(role));
        } catch (BadLine e) {
            throw new BadLine("%s: %s".formatted(where, e.reason()));
        }
    }

    private static String quoted(String field) {
        return "\"" + field + "\"";
    }
}

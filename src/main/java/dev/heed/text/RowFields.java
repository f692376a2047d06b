package dev.heed.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Preference;
import dev.heed.run.Json;
import dev.heed.run.UntrustedJson;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A row's fields by kind; complaints name the field, what it was and what is allowed. */
record RowFields(ObjectNode row) {
    private static final int LONGEST_NAME = 80;
    private static final int SHOWN = 60;

    /** Text of any characters, those that models write included. */
    String text(String field) throws BadLine {
        JsonNode value = ChatFields.expect(row, field);
        if (!value.isTextual()) {
            throw wrong(field, "text", value);
        }
        return value.asText();
    }

    String text(String field, String absent) throws BadLine {
        return row.hasNonNull(field) ? text(field) : absent;
    }

    boolean flag(String field, boolean absent) throws BadLine {
        if (!row.hasNonNull(field)) {
            return absent;
        }
        JsonNode value = row.path(field);
        if (!value.isBoolean()) {
            throw wrong(field, "true or false", value);
        }
        return value.asBoolean();
    }

    long whole(String field, long absent, long most) throws BadLine {
        if (!row.hasNonNull(field)) {
            return absent;
        }
        JsonNode value = row.path(field);
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() < 0 || value.asLong() > most) {
            throw wrong(field, "a whole number from 0 to %d".formatted(most), value);
        }
        return value.asLong();
    }

    double number(String field, double absent) throws BadLine {
        if (!row.hasNonNull(field)) {
            return absent;
        }
        JsonNode value = row.path(field);
        if (!value.isNumber() || !Double.isFinite(value.asDouble())) {
            throw wrong(field, "a number", value);
        }
        return value.asDouble();
    }

    UUID uuid(String field) throws BadLine {
        String text = text(field);
        try {
            UUID uuid = UUID.fromString(text);
            if (uuid.toString().equalsIgnoreCase(text)) { // it also takes 1-1-1-1-1
                return uuid;
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        throw wrong(field, "a UUID", row.path(field));
    }

    @Nullable
    UUID findUuid(String field) throws BadLine {
        return row.hasNonNull(field) ? uuid(field) : null;
    }

    Instant instant(String field, Instant absent) throws BadLine {
        if (!row.hasNonNull(field)) {
            return absent;
        }
        try {
            return Instant.parse(text(field));
        } catch (DateTimeParseException e) {
            throw wrong(field, "a time such as 2026-11-26T09:30:00Z", row.path(field));
        }
    }

    List<String> words(String field) throws BadLine {
        List<String> words = new ArrayList<>();
        JsonNode value = row.path(field);
        if (row.hasNonNull(field) && !value.isArray()) {
            throw wrong(field, "a list of texts", value);
        }
        for (JsonNode word : value) {
            if (!word.isTextual()) {
                throw wrong(field, "a list of texts", word);
            }
            words.add(word.asText());
        }
        return words;
    }

    /** One of an enum's values, as JSON has them. */
    <E extends Enum<E>> E choice(String field, Class<E> type, @Nullable E absent) throws BadLine {
        if (absent != null && !row.hasNonNull(field)) {
            return absent;
        }
        String text = text(field);
        for (E value : type.getEnumConstants()) {
            if (word(value).equals(text)) {
                return value;
            }
        }
        throw wrong(
                field,
                Arrays.stream(type.getEnumConstants())
                        .map(RowFields::word)
                        .collect(Collectors.joining(", ", "one of ", "")),
                row.path(field));
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** A value of a record's form. */
    <T> T value(String field, Class<T> type) throws BadLine {
        try {
            return Json.mapper().treeToValue(ChatFields.expect(row, field), type);
        } catch (JsonProcessingException e) {
            throw new BadLine("\"%s\" is not as expected: %s"
                    .formatted(field, e.getOriginalMessage().lines().findFirst().orElse("no JSON")));
        }
    }

    /** Refuses an answer that is none to such a comparison. */
    static void expectAnswers(Comparison comparison, Preference preference) throws BadLine {
        try {
            comparison.form().expectAnsweredBy(preference);
        } catch (IllegalArgumentException e) {
            throw new BadLine(String.valueOf(e.getMessage()).replaceFirst("^comparison \\d+ ", "the comparison "));
        }
    }

    /** Who answered. */
    String labeler(String absent) throws BadLine {
        String name = text("labeler", absent);
        if (name.isBlank() || name.length() > LONGEST_NAME || name.indexOf('\0') >= 0) {
            throw wrong(
                    "labeler",
                    "a name of 1 to %d characters, none of them NUL".formatted(LONGEST_NAME),
                    row.path("labeler"));
        }
        return name;
    }

    static BadLine wrong(String field, String allowed, JsonNode was) {
        return new BadLine("\"%s\" must be %s, was %s"
                .formatted(
                        field,
                        allowed,
                        was.isTextual() ? '"' + UntrustedJson.shown(was.asText(), SHOWN) + '"' : ChatFields.kind(was)));
    }
}

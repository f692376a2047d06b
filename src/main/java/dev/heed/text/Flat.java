package dev.heed.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.run.Json;
import dev.heed.run.UntrustedJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Rows of fields as comma-separated values, and back without loss. A conversation stands in the column "messages", as JSON,
 * and leaves "prompt" empty. A cell that a spreadsheet could take for a formula gets an apostrophe before it (as OWASP
 * advises against CSV injection), and so does one that begins like such a cell after its apostrophe; reading takes one away.
 */
public final class Flat {
    private static final Pattern FORMULA = Pattern.compile("'*[=+\\-@\\t\\r\\n\uFF1D\uFF0B\uFF0D\uFF20]");
    private static final String PROMPT = "prompt";
    private static final String MESSAGES = "messages";

    /** What a column's cells are; those of no other kind are text, and absent where they are empty. */
    private static final Map<String, Kind> KINDS = Map.ofEntries(
            Map.entry(PROMPT, Kind.TEXT),
            Map.entry("first", Kind.TEXT),
            Map.entry("second", Kind.TEXT),
            Map.entry("chosen", Kind.TEXT),
            Map.entry("rejected", Kind.TEXT),
            Map.entry("completion", Kind.TEXT),
            Map.entry("comment", Kind.TEXT),
            Map.entry(MESSAGES, Kind.JSON),
            Map.entry("reasons", Kind.JSON),
            Map.entry("more", Kind.JSON),
            Map.entry("axes", Kind.JSON),
            Map.entry("grades", Kind.JSON),
            Map.entry("labelers", Kind.JSON),
            Map.entry("strength", Kind.PLAIN),
            Map.entry("round", Kind.PLAIN),
            Map.entry("urgency", Kind.PLAIN),
            Map.entry("agreement", Kind.PLAIN),
            Map.entry("shown_ms", Kind.PLAIN),
            Map.entry("guideline", Kind.PLAIN),
            Map.entry("tie", Kind.PLAIN),
            Map.entry("repeat", Kind.PLAIN),
            Map.entry("first_ended", Kind.PLAIN),
            Map.entry("second_ended", Kind.PLAIN),
            Map.entry("second_on_left", Kind.PLAIN),
            Map.entry("replaced", Kind.PLAIN),
            Map.entry("excluded", Kind.PLAIN),
            Map.entry("flagged", Kind.PLAIN),
            Map.entry("extra", Kind.PLAIN));

    private enum Kind {
        /** Text, also where it is empty. */
        TEXT,
        /** A list or an object. */
        JSON,
        /** A number, true or false. */
        PLAIN
    }

    private Flat() {}

    /** The first line, with its end. */
    public static String header(List<String> columns) {
        return String.join(",", columns) + "\r\n";
    }

    /** A row's line, with its end. */
    public static String line(List<String> columns, Map<String, ?> row) {
        boolean conversation = !(row.get(PROMPT) instanceof String);
        return columns.stream()
                        .map(column -> switch (column) {
                            case PROMPT -> cell(conversation ? "" : row.get(PROMPT));
                            case MESSAGES -> cell(conversation ? row.get(PROMPT) : null);
                            default -> cell(row.get(column));
                        })
                        .collect(Collectors.joining(","))
                + "\r\n";
    }

    private static String cell(@Nullable Object value) {
        if (value == null) {
            return "";
        }
        if (value instanceof Number || value instanceof Boolean) {
            return value.toString();
        }
        String text = value instanceof String plain ? plain : Json.line(value);
        String guarded = FORMULA.matcher(text).lookingAt() ? "'" + text : text;
        return '"' + guarded.replace("\"", "\"\"") + '"';
    }

    /** The fields of a row. */
    static ObjectNode object(List<String> columns, Csv.Row row) throws BadLine {
        if (row.cells().size() != columns.size()) {
            throw new BadLine("%d cells where the first line names %d columns"
                    .formatted(row.cells().size(), columns.size()));
        }
        ObjectNode object = Json.mapper().createObjectNode();
        for (int i = 0; i < columns.size(); i++) {
            String column = columns.get(i);
            Kind kind = KINDS.get(column);
            String cell = unguarded(row.cells().get(i));
            if (kind == Kind.JSON || kind == Kind.PLAIN) {
                put(object, column, cell, kind);
            } else if (kind == Kind.TEXT || !cell.isEmpty()) {
                object.put(column, cell);
            }
        }
        JsonNode messages = object.remove(MESSAGES);
        if (messages != null) {
            object.set(PROMPT, messages);
        }
        return object;
    }

    private static String unguarded(String cell) {
        return cell.startsWith("'") && FORMULA.matcher(cell).lookingAt() ? cell.substring(1) : cell;
    }

    private static void put(ObjectNode object, String column, String cell, Kind kind) throws BadLine {
        if (cell.isBlank()) {
            return;
        }
        String word = cell.strip().toLowerCase(Locale.ROOT); // spreadsheets write TRUE
        JsonNode value = parsed(word.equals("true") || word.equals("false") ? word : cell);
        if (kind == Kind.PLAIN ? value.isNumber() || value.isBoolean() : value.isContainerNode()) {
            object.set(column, value);
        } else {
            throw new BadLine("\"%s\" must be %s, was \"%s\"".formatted(column, expected(kind), shown(cell)));
        }
    }

    private static JsonNode parsed(String cell) {
        try {
            return Json.mapper().readTree(cell);
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }

    private static String expected(Kind kind) {
        return kind == Kind.JSON ? "a list or an object in JSON" : "a number, true or false";
    }

    private static String shown(String cell) {
        return UntrustedJson.shown(cell, 60);
    }

    /** The columns that a first line names. */
    static List<String> columns(Csv.Row header) {
        List<String> columns = new ArrayList<>();
        header.cells().forEach(cell -> columns.add(cell.strip()));
        return columns;
    }
}

package dev.heed.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.text.ExamItem.Choice;
import dev.heed.text.ExamItem.Free;
import dev.heed.text.ExamItem.Quantity;
import dev.heed.text.ExamItem.Words;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * Questions as JSON lines. Each has "question" and one of:
 *
 * <ul>
 *   <li>"options" and "answer": a choice; the answer is an option's text, its letter, or its index from 0;
 *   <li>"answers": a list of accepted short answers;
 *   <li>"number", and where wanted "tolerance";
 *   <li>"must" and "must_not" (lists of texts), or "reference" (a good answer): a free answer;
 *   <li>"answer" that ends with {@code #### 18}: GSM8K (Cobbe et al. 2021).
 * </ul>
 *
 * Optional: "id", "subject", "lure" (as "answer": the option that the question tempts to).
 */
final class ExamLines {
    private static final String MARK = "####";
    private static final List<String> KEYS =
            List.of("options", "answers", "number", "must", "must_not", "reference", "answer");

    private final Path file;
    private final List<ExamItem> items = new ArrayList<>();
    private final HashSet<String> ids = new HashSet<>();

    private ExamLines(Path file) {
        this.file = file;
    }

    static ExamFile read(Path file) {
        ExamLines lines = new ExamLines(file);
        List<LineError> errors = JsonLines.readNumbered(file, "question and its answer", lines::take);
        return new ExamFile(
                lines.items,
                errors.stream().map(error -> "%s %s".formatted(file, error)).toList());
    }

    private void take(long line, ObjectNode row) throws BadLine {
        String question = ExamItem.question(ChatFields.text(ChatFields.expect(row, "question"), "question"));
        ExamItem.Key key = key(row);
        String id = ChatFields.optionalText(row, "id", "%s-%d".formatted(ExamFile.stem(file), line));
        ExamItem.expectNew(ids, id);
        boolean worked = key instanceof Quantity && row.path("answer").isTextual();
        items.add(new ExamItem(
                id,
                ChatFields.optionalText(row, "subject", ""),
                question,
                key,
                worked ? row.path("answer").asText() : "",
                "%s line %d".formatted(file, line)));
    }

    private static ExamItem.Key key(ObjectNode row) throws BadLine {
        if (row.hasNonNull("options")) {
            return choice(row);
        }
        if (row.hasNonNull("answers")) {
            return new Words(nonEmpty(row, "answers"));
        }
        if (row.hasNonNull("number")) {
            BigDecimal tolerance = row.hasNonNull("tolerance") ? number(row, "tolerance") : BigDecimal.ZERO;
            if (tolerance.signum() < 0) {
                throw new BadLine("\"tolerance\" must be at least 0, was " + tolerance);
            }
            return new Quantity(number(row, "number"), tolerance);
        }
        if (row.hasNonNull("must") || row.hasNonNull("must_not") || row.hasNonNull("reference")) {
            return new Free(
                    row.hasNonNull("must") ? nonEmpty(row, "must") : List.of(),
                    row.hasNonNull("must_not") ? nonEmpty(row, "must_not") : List.of(),
                    ChatFields.optionalText(row, "reference", ""));
        }
        if (row.hasNonNull("answer")) {
            return new Quantity(ofGsm8k(ChatFields.text(row.path("answer"), "answer")), BigDecimal.ZERO);
        }
        throw new BadLine("missing answer: none of %s".formatted(String.join(", ", KEYS)));
    }

    private static Choice choice(ObjectNode row) throws BadLine {
        List<String> options = texts(row, "options");
        if (!row.hasNonNull("answer")) {
            throw new BadLine("missing answer: \"answer\" must be one of the options, its letter or its index from 0");
        }
        Choice choice = ExamItem.choice(options, index(row.path("answer"), "answer", options));
        if (!row.hasNonNull("lure")) {
            return choice;
        }
        int lure = index(row.path("lure"), "lure", options);
        if (lure == choice.right()) {
            throw new BadLine("\"lure\" is the right answer");
        }
        return new Choice(options, choice.right(), lure);
    }

    private static int index(JsonNode value, String field, List<String> options) throws BadLine {
        if (value.isArray()) {
            if (value.size() != 1) {
                throw new BadLine(
                        value.isEmpty()
                                ? "missing answer: \"%s\" is an empty list".formatted(field)
                                : "two right answers: \"%s\" has %d, a choice has one; short answers may have several in \"answers\""
                                        .formatted(field, value.size()));
            }
            return index(value.path(0), field, options);
        }
        int index = value.isTextual() ? ofText(value.asText(), options) : value.isInt() ? value.asInt() : -1;
        if (index < 0 || index >= options.size()) {
            throw new BadLine("\"%s\" must be one of the %d options, its letter or its index from 0, was %s"
                    .formatted(field, options.size(), value));
        }
        return index;
    }

    private static int ofText(String text, List<String> options) {
        int same = options.indexOf(text);
        boolean letter = same < 0 && text.matches("[A-Z]");
        return letter ? text.charAt(0) - 'A' : same;
    }

    private static List<String> nonEmpty(ObjectNode row, String field) throws BadLine {
        List<String> texts = texts(row, field);
        if (texts.isEmpty() || texts.stream().anyMatch(String::isBlank)) {
            throw new BadLine("missing answer: \"%s\" %s"
                    .formatted(field, texts.isEmpty() ? "is an empty list" : "has an empty text"));
        }
        return texts;
    }

    private static List<String> texts(ObjectNode row, String field) throws BadLine {
        JsonNode value = row.path(field);
        if (!value.isArray()) {
            throw new BadLine("\"%s\" must be a list of texts, was %s".formatted(field, ChatFields.kind(value)));
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode each : value) {
            texts.add(ChatFields.text(each, field));
        }
        return texts;
    }

    private static BigDecimal number(ObjectNode row, String field) throws BadLine {
        JsonNode value = row.path(field);
        if (!value.isNumber()) {
            throw new BadLine("\"%s\" must be a number, was %s".formatted(field, ChatFields.kind(value)));
        }
        return value.decimalValue();
    }

    private static BigDecimal ofGsm8k(String answer) throws BadLine {
        int mark = answer.lastIndexOf(MARK);
        if (mark < 0) {
            throw new BadLine(
                    "missing answer: \"answer\" has no \"#### NUMBER\" as GSM8K's; a choice has \"options\", a short answer is in a list \"answers\"");
        }
        String number = answer.substring(mark + MARK.length()).strip().replace(",", "");
        try {
            return new BigDecimal(number);
        } catch (NumberFormatException e) {
            throw new BadLine("missing answer: after #### must be a number, was \"%s\"".formatted(number));
        }
    }
}

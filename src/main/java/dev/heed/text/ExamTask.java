package dev.heed.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.run.Json;
import dev.heed.run.UserError;
import dev.heed.text.ExamItem.Choice;
import dev.heed.text.ExamItem.Quantity;
import dev.heed.text.ExamItem.Words;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A task of BIG-Bench Hard (Suzgun et al. 2022): {@code {"examples": [{"input", "target"}, …]}}. An input that lists its
 * options is a choice between their labels ("(A)") or, without labels, their texts; a task that has two targets in all, such
 * as True and False, is a choice between these; one whose targets are all numbers asks for numbers; any other for words.
 */
final class ExamTask {
    private static final Pattern LABEL = Pattern.compile("(?m)^(\\([A-Z]\\)) ?(.*)$");
    private static final Pattern DASH = Pattern.compile("(?m)^- (.+)$");
    private static final String OPTIONS = "Options:\n";
    private static final String NUMBER = "-?\\d+(\\.\\d+)?";

    private final Path file;
    private final JsonNode examples;
    private final List<String> targets;

    private ExamTask(Path file, JsonNode examples) {
        this.file = file;
        this.examples = examples;
        targets = IntStream.range(0, examples.size())
                .mapToObj(i -> examples.path(i).path("target").asText())
                .toList();
    }

    static ExamFile read(Path file) {
        try (InputStream in = JsonLines.open(file)) {
            JsonNode examples = Json.mapper().readTree(in).path("examples");
            if (!examples.isArray() || examples.isEmpty()) {
                throw new UserError(
                        "%s is no task of BIG-Bench Hard: \"examples\" must be a list of {\"input\", \"target\"}; one question a line belongs into a .jsonl file"
                                .formatted(file));
            }
            return new ExamTask(file, examples).read();
        } catch (NoSuchFileException e) {
            throw new UserError("no file %s".formatted(file), e);
        } catch (JsonProcessingException e) {
            throw new UserError("%s is not JSON: %s".formatted(file, Json.where(e)), e);
        } catch (IOException e) {
            throw new UserError("cannot read %s: %s".formatted(file, e.getMessage()), e);
        }
    }

    private ExamFile read() {
        List<ExamItem> items = new ArrayList<>();
        List<String> errors = new ArrayList<>();
        for (int i = 0; i < examples.size(); i++) {
            String place = "%s example %d".formatted(file, i + 1);
            try {
                items.add(item(examples.path(i), i, place));
            } catch (BadLine e) {
                errors.add("%s: %s".formatted(place, e.reason()));
            }
        }
        return new ExamFile(items, errors);
    }

    private ExamItem item(JsonNode example, int index, String place) throws BadLine {
        for (String field : List.of("input", "target")) {
            if (!example.path(field).isTextual()) {
                throw new BadLine("%s: \"%s\" must be text, was %s"
                        .formatted(
                                field.equals("target") ? "missing answer" : "missing question",
                                field,
                                ChatFields.kind(example.path(field))));
            }
        }
        String stem = ExamFile.stem(file);
        String input = ExamItem.question(example.path("input").asText());
        String target = example.path("target").asText();
        return new ExamItem(
                "%s-%d".formatted(stem, index + 1), stem.replace('_', ' '), input, key(input, target), "", place);
    }

    private ExamItem.Key key(String input, String target) throws BadLine {
        if (target.isBlank()) {
            throw new BadLine("missing answer: \"target\" is empty");
        }
        int listed = input.lastIndexOf(OPTIONS);
        if (listed >= 0) {
            return listed(input.substring(listed + OPTIONS.length()), target);
        }
        List<String> all = List.copyOf(new TreeSet<>(targets));
        if (all.size() == 2) {
            return new Choice(all, all.indexOf(target), Choice.NO_LURE);
        }
        return all.stream().allMatch(each -> each.matches(NUMBER))
                ? new Quantity(new BigDecimal(target), BigDecimal.ZERO)
                : new Words(List.of(target));
    }

    private static Choice listed(String list, String target) throws BadLine {
        List<MatchResult> labelled = LABEL.matcher(list).results().toList();
        List<String> options = labelled.isEmpty()
                ? DASH.matcher(list).results().map(m -> m.group(1).strip()).toList()
                : labelled.stream().map(m -> m.group(1)).toList();
        int right = options.indexOf(target.strip());
        if (right < 0) {
            throw new BadLine(
                    "missing answer: \"%s\" is none of the options %s".formatted(target, String.join(", ", options)));
        }
        expectOnce(labelled, right);
        return ExamItem.choice(options, right);
    }

    /** Two labels for the right text are two right answers. */
    private static void expectOnce(List<MatchResult> labelled, int right) throws BadLine {
        for (int i = 0; i < labelled.size(); i++) {
            if (i != right
                    && labelled.get(i)
                            .group(2)
                            .strip()
                            .equals(labelled.get(right).group(2).strip())) {
                throw new BadLine("two right answers: %s and %s are both \"%s\""
                        .formatted(
                                labelled.get(Math.min(i, right)).group(1),
                                labelled.get(Math.max(i, right)).group(1),
                                labelled.get(right).group(2).strip()));
            }
        }
    }
}

package dev.heed.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.feedback.Answer;
import dev.heed.feedback.Asked;
import dev.heed.feedback.Asking;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Event;
import dev.heed.feedback.Graded;
import dev.heed.feedback.Grades;
import dev.heed.feedback.Hashes;
import dev.heed.feedback.Kind;
import dev.heed.feedback.Note;
import dev.heed.feedback.Preference;
import dev.heed.feedback.Prompt;
import dev.heed.run.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * Rankings or ratings, one labeler's answer to one comparison a row: "prompt", "completions" and either "ranks" (of each
 * completion, 1 is the best, equal ones are a tie; none where none was acceptable) or "ratings" (of each axis, the numbers of
 * each completion, from 1 to 7). Optional: "labeler", "kind". "group", the same for all that was said to one comparison, is
 * written and not read: it follows from prompt and completions.
 */
public final class GradedRow {
    private static final int HIGHEST = 7;

    private GradedRow() {}

    /**
     * As an importer takes it. Its id is made of what it says.
     *
     * @param labeler who is said to have answered, where the row does not say it
     */
    public static Event event(ObjectNode row, Kind kind, String labeler) throws BadLine {
        return event(graded(row, kind, new RowFields(row).labeler(labeler)));
    }

    /** As an importer takes it. */
    static Event event(Graded graded) throws BadLine {
        List<Completion> completions = graded.completions().stream()
                .map(text -> new Completion(text, Judged.MODEL, true))
                .toList();
        Comparison comparison = Comparison.among(
                        Judged.ROUND,
                        graded.prompt(),
                        completions,
                        List.copyOf(graded.ratings().keySet()),
                        Asking.LOOP)
                .orElseThrow(() -> new BadLine("\"completions\" are all the same"));
        Answer answer = graded.kind() == Kind.RATING
                ? Answer.RATED
                : graded.ranks().isEmpty() ? Answer.BOTH_BAD : Answer.RANKED;
        List<Integer> shown = IntStream.range(0, completions.size()).boxed().toList();
        Grades grades = new Grades(shown, graded.ranks(), graded.ratings());
        UUID id = Hashes.uuid(
                graded.labeler(),
                graded.prompt().id(),
                Json.line(graded.completions()),
                Json.line(grades.ranks()),
                Json.line(grades.ratings()));
        Preference preference = new Preference(
                id, 0, graded.labeler(), answer, false, 0, Instant.now(), null, Note.NONE, Asked.PLAINLY, grades);
        RowFields.expectAnswers(comparison, preference);
        return new Event(comparison, preference, "", false, false);
    }

    static Graded graded(ObjectNode row, Kind kind, String labeler) throws BadLine {
        Prompt prompt = QuestionFile.prompt(row);
        List<String> completions = QuestionFile.completions(row, kind.least(), kind.most());
        int count = completions.size();
        return new Graded(
                prompt,
                completions,
                kind == Kind.RANKING ? ranks(row, count) : List.of(),
                kind == Kind.RATING ? ratings(row, count) : Map.of(),
                ChatFields.optionalText(row, "labeler", labeler),
                "");
    }

    private static List<Integer> ranks(ObjectNode row, int count) throws BadLine {
        JsonNode ranks = ChatFields.expect(row, "ranks");
        return ranks.isArray() && ranks.isEmpty() ? List.of() : numbers(ranks, "ranks", count, count);
    }

    private static Map<String, List<Integer>> ratings(ObjectNode row, int count) throws BadLine {
        JsonNode ratings = ChatFields.expect(row, "ratings");
        if (!ratings.isObject() || ratings.isEmpty()) {
            throw new BadLine("\"ratings\" must be an object, with a list of numbers for each axis, was %s"
                    .formatted(ChatFields.kind(ratings)));
        }
        Map<String, List<Integer>> read = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> axis : ratings.properties()) {
            read.put(axis.getKey(), numbers(axis.getValue(), axis.getKey(), count, HIGHEST));
        }
        return read;
    }

    private static List<Integer> numbers(JsonNode list, String field, int count, int most) throws BadLine {
        List<Integer> numbers = new ArrayList<>();
        for (JsonNode each : list) {
            if (each.isIntegralNumber() && each.asInt() >= 1 && each.asInt() <= most) {
                numbers.add(each.asInt());
            }
        }
        if (!list.isArray() || list.size() != count || numbers.size() != count) {
            throw new BadLine("\"%s\" must be a number from 1 to %d for each of %d completions, was %s"
                    .formatted(field, most, count, list));
        }
        return numbers;
    }

    /** Its fields, as {@link #event} reads them again. */
    public static Map<String, Object> of(Graded graded) {
        Map<String, Object> row = new LinkedHashMap<>();
        Prompt prompt = graded.prompt();
        row.put("prompt", prompt.messages().size() == 1 ? prompt.text() : prompt.messages());
        row.put("completions", graded.completions());
        if (graded.kind() == Kind.RANKING) {
            row.put("ranks", graded.ranks());
        } else {
            row.put("ratings", graded.ratings());
        }
        row.put("labeler", graded.labeler());
        row.put("group", graded.group());
        row.put("kind", prompt.kind());
        return row;
    }
}

package dev.heed.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.feedback.Answer;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Event;
import dev.heed.feedback.Graded;
import dev.heed.feedback.Kind;
import dev.heed.feedback.Message;
import dev.heed.feedback.Note;
import dev.heed.feedback.Pair;
import dev.heed.feedback.Prompt;
import dev.heed.run.Draws;
import dev.heed.run.Json;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Rows of studies in which people judged models' answers, as those who made them publish them. */
public final class StudyRows {
    private static final List<Answer> PANDA = List.of(Answer.TIE, Answer.FIRST, Answer.SECOND);
    private static final Map<String, Answer> TULU = Map.of(
            "a-is-better", Answer.FIRST,
            "a-is-slightly-better", Answer.FIRST_SLIGHTLY,
            "tie", Answer.TIE,
            "b-is-slightly-better", Answer.SECOND_SLIGHTLY,
            "b-is-better", Answer.SECOND);
    private static final String RANKERS = "open-assistant";

    private StudyRows() {}

    /**
     * PandaLM (Wang et al. 2023): an instruction, its input, two responses, and what three annotators say: 1 or 2 for the
     * better one, 0 for a tie. Each annotator is a labeler. Deviation 1: a response that became JSON's true or false, a
     * number even, is read as the word.
     */
    public static List<Event> pandaLm(ObjectNode row) throws BadLine {
        RowFields fields = new RowFields(row);
        String input = fields.text("input", "");
        Prompt prompt = asked(row, fields.text("instruction") + (input.isEmpty() ? "" : "\n" + input));
        String[] models = fields.text("cmp_key", "").split("_", -1);
        boolean named = models.length == 2;
        Completion first = new Completion(word(row, "response1"), named ? models[0] : Judged.MODEL, true);
        Completion second = new Completion(word(row, "response2"), named ? models[1] : Judged.MODEL, true);
        List<Event> events = new ArrayList<>();
        for (int i = 1; row.has("annotator" + i); i++) {
            JsonNode said = row.path("annotator" + i);
            if (!said.isIntegralNumber() || said.asInt(-1) < 0 || said.asInt() >= PANDA.size()) {
                throw RowFields.wrong("annotator" + i, "0 (a tie), 1 or 2", said);
            }
            events.add(new Judged(prompt, first, second, "pandalm-annotator" + i, PANDA.get(said.asInt()), "")
                    .asGiven(Instant.now()));
        }
        if (events.isEmpty()) {
            ChatFields.expect(row, "annotator1");
        }
        return events;
    }

    private static String word(ObjectNode row, String field) throws BadLine {
        JsonNode value = ChatFields.expect(row, field);
        if (!value.isValueNode() || value.isNull()) {
            throw RowFields.wrong(field, "text", value);
        }
        return value.asText();
    }

    private static Prompt asked(ObjectNode row, String text) throws BadLine {
        return ChatFields.prompt(row, List.of(Message.user(text)));
    }

    /**
     * The human evaluation of Tulu (Wang et al. 2023): two completions, which is better and how clearly, and whether each is
     * acceptable. Deviation 1: a tie of two that are not acceptable is "both bad". Deviation 2: whether one is acceptable is
     * kept as a reason, where it is not. The tool showed A on the left.
     */
    public static List<Event> tulu(ObjectNode row) throws BadLine {
        RowFields fields = new RowFields(row);
        Answer answer = TULU.get(fields.text("preference"));
        if (answer == null) {
            throw RowFields.wrong(
                    "preference",
                    "a-is-better, a-is-slightly-better, tie, b-is-slightly-better or b-is-better",
                    row.path("preference"));
        }
        List<String> reasons = new ArrayList<>();
        for (String side : List.of("a", "b")) {
            if (isUnacceptable(row, "completion_" + side + "_is_acceptable")) {
                reasons.add(fields.text("model_" + side, side) + " is not acceptable");
            }
        }
        return List.of(new Judged(
                        asked(row, fields.text("prompt")),
                        new Completion(fields.text("completion_a"), fields.text("model_a", Judged.MODEL), true),
                        new Completion(fields.text("completion_b"), fields.text("model_b", Judged.MODEL), true),
                        "tulu-" + fields.text("evaluator"),
                        answer == Answer.TIE && reasons.size() == 2 ? Answer.BOTH_BAD : answer,
                        row.path("id").asText())
                .drawn(new Note(fields.text("comment", ""), reasons, false), time(fields)));
    }

    private static boolean isUnacceptable(ObjectNode row, String field) throws BadLine {
        JsonNode value = row.path(field);
        if (!value.isMissingNode() && !value.isNull() && !value.asText().matches("yes|no")) {
            throw RowFields.wrong(field, "yes or no", value);
        }
        return value.asText().equals("no");
    }

    /** Without a zone in the file, so taken as UTC. */
    private static Instant time(RowFields fields) throws BadLine {
        String text = fields.text("timestamp", "");
        try {
            return text.isEmpty() ? Instant.now() : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
        } catch (DateTimeParseException e) {
            throw RowFields.wrong(
                    "timestamp",
                    "a time such as 2023-05-19T13:11:45",
                    fields.row().path("timestamp"));
        }
    }

    /**
     * A tree of OpenAssistant (Köpf et al. 2023): under each message of a prompter, the assistant's replies with their ranks,
     * which many people's rankings made. Three to nine of them become a ranking, two a pair; of more, every two are a pair.
     * Replies that were deleted or not ranked, and a text that comes again, say nothing. Their order is drawn by lot.
     */
    public static List<Event> openAssistant(ObjectNode tree) throws BadLine {
        JsonNode root = ChatFields.expect(tree, "prompt");
        if (!(root instanceof ObjectNode message)) {
            throw RowFields.wrong("prompt", "a message with replies", root);
        }
        List<Event> events = new ArrayList<>();
        walk(message, List.of(), events);
        return events;
    }

    private record Ranked(String text, long rank) {}

    private static void walk(ObjectNode message, List<Message> before, List<Event> events) throws BadLine {
        Message.Role role = role(message);
        List<Message> thread = new ArrayList<>(before);
        thread.add(new Message(role, ChatFields.text(ChatFields.expect(message, "text"), "text")));
        List<Ranked> ranked = new ArrayList<>();
        for (JsonNode node : message.path("replies")) {
            if (!(node instanceof ObjectNode reply)) {
                throw RowFields.wrong("replies", "a list of messages", node);
            }
            if (reply.path("deleted").asBoolean()) {
                continue;
            }
            if (role == Message.Role.USER && role(reply) == Message.Role.ASSISTANT && reply.hasNonNull("rank")) {
                RowFields fields = new RowFields(reply);
                ranked.add(new Ranked(fields.text("text"), fields.whole("rank", 0, Integer.MAX_VALUE)));
            }
            walk(reply, thread, events);
        }
        judge(ranked, thread, events);
    }

    private static void judge(List<Ranked> replies, List<Message> thread, List<Event> events) throws BadLine {
        Map<String, Ranked> byText = new LinkedHashMap<>();
        replies.stream()
                .sorted(Comparator.comparingLong(Ranked::rank))
                .forEach(one -> byText.putIfAbsent(one.text(), one));
        List<Ranked> ranked = List.copyOf(byText.values());
        if (ranked.size() < 2) {
            return;
        }
        Prompt prompt = ChatFields.prompt(Json.mapper().createObjectNode(), thread);
        if (ranked.size() >= Kind.RANKING.least() && ranked.size() <= Kind.RANKING.most()) {
            events.add(ranking(prompt, ranked));
            return;
        }
        for (int better = 0; better < ranked.size(); better++) {
            for (int worse = better + 1; worse < ranked.size(); worse++) {
                if (ranked.get(better).rank() < ranked.get(worse).rank()) {
                    events.add(Judged.of(new Pair(
                            prompt, ranked.get(better).text(), ranked.get(worse).text(), 2, RANKERS)));
                }
            }
        }
    }

    private static Event ranking(Prompt prompt, List<Ranked> ranked) throws BadLine {
        List<Ranked> drawn = ranked.stream()
                .sorted(Comparator.comparingDouble(one -> Draws.uniform(0, prompt.id() + one.text(), 0)))
                .toList();
        List<Integer> ranks = drawn.stream()
                .map(one -> 1
                        + (int) ranked.stream()
                                .filter(other -> other.rank() < one.rank())
                                .count())
                .toList();
        return GradedRow.event(
                new Graded(prompt, drawn.stream().map(Ranked::text).toList(), ranks, Map.of(), RANKERS, ""));
    }

    private static Message.Role role(ObjectNode message) throws BadLine {
        String role = new RowFields(message).text("role");
        return switch (role) {
            case "prompter" -> Message.Role.USER;
            case "assistant" -> Message.Role.ASSISTANT;
            default -> throw RowFields.wrong("role", "prompter or assistant", message.path("role"));
        };
    }
}

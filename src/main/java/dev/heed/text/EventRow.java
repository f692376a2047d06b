package dev.heed.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.feedback.Answer;
import dev.heed.feedback.Asked;
import dev.heed.feedback.Asking;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Event;
import dev.heed.feedback.Grades;
import dev.heed.feedback.Message;
import dev.heed.feedback.Note;
import dev.heed.feedback.Preference;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * An {@link Event} as a row of a file, and back without loss. Numbers that mean something only in the home where they were
 * given (of comparisons, of campaigns) are left out: a row says what it is about. What a lead decided is told and not read: it
 * is for leads of the other home to decide.
 */
public final class EventRow {
    public static final List<String> FIELDS = List.of(
            "id",
            "labeler",
            "answer",
            "prompt",
            "first",
            "second",
            "more",
            "axes",
            "grades",
            "first_model",
            "second_model",
            "first_ended",
            "second_ended",
            "kind",
            "split",
            "group_id",
            "campaign",
            "round",
            "urgency",
            "repeat",
            "second_on_left",
            "shown_ms",
            "at",
            "replaces",
            "replaced",
            "excluded",
            "comment",
            "reasons",
            "flagged",
            "chosen_by",
            "guideline",
            "extra",
            "decided",
            "decided_grades",
            "decided_by");

    private static final String MODEL = "import";

    private EventRow() {}

    /** The row: fields in order, values as JSON writes them. */
    public static Map<String, Object> of(Event event) {
        Comparison comparison = event.comparison();
        Preference preference = event.preference();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("id", preference.id().toString());
        row.put("labeler", preference.labeler());
        row.put("answer", word(preference.answer()));
        row.put("prompt", prompt(comparison.prompt()));
        row.put("first", comparison.first().text());
        row.put("second", comparison.second().text());
        if (!comparison.more().isEmpty()) {
            row.put("more", comparison.more());
        }
        if (!comparison.axes().isEmpty()) {
            row.put("axes", comparison.axes());
        }
        if (preference.grades() != null) {
            row.put("grades", preference.grades());
        }
        row.put("first_model", comparison.first().model());
        row.put("second_model", comparison.second().model());
        row.put("first_ended", comparison.first().ended());
        row.put("second_ended", comparison.second().ended());
        row.put("kind", comparison.prompt().kind());
        row.put("split", word(comparison.prompt().split()));
        row.put("group_id", comparison.prompt().id());
        row.put("campaign", event.campaign());
        row.put("round", comparison.round());
        row.put("urgency", comparison.urgency());
        row.put("repeat", comparison.asking().repeat() != null);
        putAnswer(row, event);
        return row;
    }

    private static void putAnswer(Map<String, Object> row, Event event) {
        Preference preference = event.preference();
        row.put("second_on_left", preference.secondOnLeft());
        row.put("shown_ms", preference.shownMs());
        row.put("at", preference.at().toString());
        if (preference.replaces() != null) {
            row.put("replaces", preference.replaces().toString());
        }
        row.put("replaced", event.replaced());
        row.put("excluded", event.excluded());
        row.put("comment", preference.note().comment());
        row.put("reasons", preference.note().reasons());
        row.put("flagged", preference.note().flagged());
        row.put("chosen_by", word(preference.asked().chosenBy()));
        row.put("guideline", preference.asked().guideline());
        row.put("extra", preference.asked().extra());
        if (event.decided() != null) {
            row.put("decided", word(event.decided().judgement().answer()));
            if (event.decided().judgement().grades() != null) {
                row.put("decided_grades", event.decided().judgement().grades());
            }
            row.put("decided_by", event.decided().lead());
        }
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** Text where a prompt is one turn of the user's, and reads as nothing else; otherwise the list of messages. */
    public static Object prompt(Prompt prompt) {
        boolean plain = prompt.messages().size() == 1
                && prompt.messages().get(0).role() == Message.Role.USER
                && !ChatFields.isDialogue(prompt.text());
        return plain ? prompt.text() : prompt.messages();
    }

    /** The event that a row tells. */
    public static Event read(ObjectNode row) throws BadLine {
        RowFields fields = new RowFields(row);
        String labeler = fields.labeler("");
        Comparison comparison = comparison(fields, fields.flag("repeat", false) ? labeler : "");
        Preference preference = new Preference(
                fields.uuid("id"),
                0,
                labeler,
                fields.choice("answer", Answer.class, null),
                fields.flag("second_on_left", false),
                fields.whole("shown_ms", 0, Long.MAX_VALUE),
                fields.instant("at", Instant.EPOCH),
                fields.findUuid("replaces"),
                new Note(fields.text("comment", ""), fields.words("reasons"), fields.flag("flagged", false)),
                new Asked(
                        fields.choice("chosen_by", Asked.ChosenBy.class, Asked.ChosenBy.NEED),
                        (int) fields.whole("guideline", 0, Integer.MAX_VALUE),
                        fields.flag("extra", false)),
                row.hasNonNull("grades") ? fields.value("grades", Grades.class) : null);
        RowFields.expectAnswers(comparison, preference);
        return new Event(
                comparison,
                preference,
                fields.text("campaign", ""),
                fields.flag("excluded", false),
                fields.flag("replaced", false));
    }

    /** @param repeatFor who was asked again; "" where it is no repeat */
    private static Comparison comparison(RowFields fields, String repeatFor) throws BadLine {
        ObjectNode row = fields.row();
        List<Message> messages = ChatFields.messages(fields.row(), "prompt", Message.Role.USER);
        Completion first = new Completion(
                fields.text("first"), fields.text("first_model", MODEL), fields.flag("first_ended", true));
        Completion second = new Completion(
                fields.text("second"), fields.text("second_model", MODEL), fields.flag("second_ended", true));
        return new Comparison(
                0,
                (int) fields.whole("round", 0, 1_000_000),
                new Prompt(
                        Prompt.idOf(messages),
                        messages,
                        fields.text("kind", ""),
                        fields.choice(
                                "split", Split.class, Split.of(messages.get(0).content()))),
                first,
                second,
                row.hasNonNull("more") ? List.of(fields.value("more", Completion[].class)) : List.of(),
                fields.words("axes"),
                fields.number("urgency", 0),
                repeatFor.isEmpty()
                        ? Asking.LOOP
                        : new Asking(Asking.LOOP.campaign(), new Asking.Repeat(0, repeatFor)));
    }
}

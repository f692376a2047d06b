package dev.heed.exchange;

import dev.heed.feedback.Answer;
import dev.heed.feedback.Event;
import dev.heed.feedback.Graded;
import dev.heed.feedback.Grades;
import dev.heed.feedback.Kind;
import dev.heed.feedback.Message;
import dev.heed.feedback.Prompt;
import dev.heed.text.EventRow;
import dev.heed.text.GradedRow;
import dev.heed.text.Transcript;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * What an export's rows look like.
 *
 * @param what it is, for people
 * @param columns of comma-separated values; empty where rows are not flat
 * @param telling writes all rows
 */
record Shape(String name, String what, List<String> columns, BiConsumer<Source, Lines> telling) {
    private static final String TIE = "a tie";
    private static final String BAD = "both bad";

    /** Every shape there is, in the order in which a zip file has them. */
    static final List<Shape> ALL = List.of(
            new Shape(
                    "events",
                    "every answer ever given, lossless: for audits, and for another home",
                    withMessages(EventRow.FIELDS),
                    Shape::events),
            new Shape(
                    "preferences",
                    "each labeler's current answers, as training reads them",
                    List.of("prompt", "messages", "chosen", "rejected", "strength", "tie", "labeler", "kind", "group"),
                    Shape::preferences),
            new Shape(
                    "pairs",
                    "what labelers say together, one a comparison",
                    List.of(
                            "prompt",
                            "messages",
                            "chosen",
                            "rejected",
                            "strength",
                            "group_id",
                            "labelers",
                            "agreement",
                            "kind"),
                    Shape::pairs),
            new Shape("rankings", "each labeler's current rankings", List.of(), graded(Kind.RANKING)),
            new Shape("ratings", "each labeler's current ratings", List.of(), graded(Kind.RATING)),
            new Shape(
                    "demonstrations",
                    "answers that labelers wrote, for fine-tuning",
                    List.of("id", "prompt", "messages", "completion", "labeler", "kind", "at"),
                    Shape::demonstrations),
            new Shape("trl", "pairs as TRL takes them, conversational; without ties", List.of(), Shape::trl),
            new Shape(
                    "hh",
                    "pairs as transcripts, as HH-RLHF has them; without ties",
                    List.of("chosen", "rejected"),
                    Shape::hh));

    static Optional<Shape> find(String name) {
        return ALL.stream().filter(shape -> shape.name.equals(name)).findFirst();
    }

    private static List<String> withMessages(List<String> fields) {
        List<String> columns = new ArrayList<>(fields);
        columns.add(fields.indexOf("prompt") + 1, "messages");
        return List.copyOf(columns);
    }

    private static void events(Source source, Lines lines) {
        source.events(event -> lines.row(EventRow.of(event)));
    }

    private static void preferences(Source source, Lines lines) {
        source.comparisons(answers -> answers.forEach(event -> {
            if (event.preference().answer() == Answer.BOTH_BAD) {
                lines.leaveOut(BAD);
            } else {
                lines.row(preference(event));
            }
        }));
    }

    private static Map<String, Object> preference(Event event) {
        Verdict said = Verdict.of(List.of(event));
        Map<String, Object> row = pair(said);
        row.put(said.strength() == 0 ? "tie" : "strength", said.strength() == 0 ? true : Math.abs(said.strength()));
        row.put("labeler", event.preference().labeler());
        row.put("kind", event.comparison().prompt().kind());
        if (!event.group().isEmpty()) {
            row.put("group", event.group());
        }
        return row;
    }

    private static BiConsumer<Source, Lines> graded(Kind kind) {
        return (source, lines) -> source.events(event -> {
            Grades grades = event.preference().grades();
            if (grades != null && event.comparison().kind() == kind && Source.counts(event)) {
                lines.row(GradedRow.of(new Graded(
                        event.comparison().prompt(),
                        event.comparison().texts(),
                        grades.ranks(),
                        grades.ratings(),
                        event.preference().labeler(),
                        event.group())));
            }
        });
    }

    private static Map<String, Object> pair(Verdict verdict) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("prompt", EventRow.prompt(verdict.comparison().prompt()));
        row.put("chosen", verdict.chosen());
        row.put("rejected", verdict.rejected());
        return row;
    }

    private static void pairs(Source source, Lines lines) {
        verdicts(source, lines, verdict -> {
            Map<String, Object> row = pair(verdict);
            Prompt prompt = verdict.comparison().prompt();
            row.put("strength", Math.abs(verdict.strength()));
            row.put("group_id", prompt.id());
            row.put("labelers", verdict.labelers());
            row.put("agreement", Math.round(1000 * verdict.agreement()) / 1000.0);
            row.put("kind", prompt.kind());
            lines.row(row);
        });
    }

    private static void verdicts(Source source, Lines lines, Consumer<Verdict> reader) {
        source.comparisons(answers -> {
            if (!answers.isEmpty()) {
                Verdict verdict = Verdict.of(answers);
                if (verdict.bad()) {
                    lines.leaveOut(BAD);
                } else {
                    reader.accept(verdict);
                }
            }
        });
    }

    private static void decided(Source source, Lines lines, Consumer<Verdict> reader) {
        verdicts(source, lines, verdict -> {
            if (verdict.strength() == 0) {
                lines.leaveOut(TIE);
            } else {
                reader.accept(verdict);
            }
        });
    }

    private static void demonstrations(Source source, Lines lines) {
        source.demonstrations(one -> {
            if (source.excluded().contains(one.demonstration().labeler())) {
                lines.leaveOut("of a labeler who is left out");
                return;
            }
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("id", one.demonstration().id().toString());
            row.put("prompt", EventRow.prompt(one.prompt()));
            row.put("completion", one.demonstration().text());
            row.put("labeler", one.demonstration().labeler());
            row.put("kind", one.prompt().kind());
            row.put("at", one.demonstration().at().toString());
            lines.row(row);
        });
    }

    private static void trl(Source source, Lines lines) {
        decided(source, lines, verdict -> {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("prompt", verdict.comparison().prompt().messages());
            row.put("chosen", List.of(new Message(Message.Role.ASSISTANT, verdict.chosen())));
            row.put("rejected", List.of(new Message(Message.Role.ASSISTANT, verdict.rejected())));
            lines.row(row);
        });
    }

    private static void hh(Source source, Lines lines) {
        decided(source, lines, verdict -> {
            List<Message> messages = verdict.comparison().prompt().messages();
            Optional<String> chosen = transcript(messages, verdict.chosen());
            Optional<String> rejected = transcript(messages, verdict.rejected());
            if (chosen.isPresent() && rejected.isPresent()) {
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("chosen", chosen.get());
                row.put("rejected", rejected.get());
                lines.row(row);
            } else {
                lines.leaveOut("a system message, or a text with a turn in it");
            }
        });
    }

    private static Optional<String> transcript(List<Message> messages, String completion) {
        List<Message> all = new ArrayList<>(messages);
        all.add(new Message(Message.Role.ASSISTANT, completion));
        return Transcript.of(all);
    }
}

package dev.heed.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.feedback.Event;
import dev.heed.feedback.Message;
import dev.heed.feedback.Pair;
import dev.heed.feedback.Prompt;
import java.util.List;

/**
 * Preferences from other tools: rows with "prompt", "chosen" and "rejected", each text or a list of
 * {role, content}. Where "chosen" and "rejected" are whole conversations (TRL's implicit prompt, Tulu, HH-RLHF),
 * the prompt is what comes before their last messages, and "prompt" may be absent. Optional: "strength" (0 a tie,
 * 1 slightly, 2 better, 3 much better; 2 where absent), "tie", "labeler" or "labelers", "kind". An empty answer is a gap in the
 * file, unless a labeler is on record who judged it: models do end at once.
 */
public final class PreferenceRow {
    private static final int USUAL_STRENGTH = 2;

    private PreferenceRow() {}

    /**
     * As an importer takes it.
     *
     * @param labeler who is said to have answered, where the row does not say it
     */
    public static Event event(ObjectNode row, String labeler) throws BadLine {
        return Judged.of(pair(row, new RowFields(row).labeler(labeler)));
    }

    /** As {@link #event}, alone. */
    public static Pair pair(ObjectNode row, String labeler) throws BadLine {
        List<Message> chosen = ChatFields.messages(row, "chosen", Message.Role.ASSISTANT);
        List<Message> rejected = ChatFields.messages(row, "rejected", Message.Role.ASSISTANT);
        Prompt prompt = ChatFields.prompt(row, context(row, chosen, rejected));
        String better = completion(chosen, "chosen");
        String worse = completion(rejected, "rejected");
        if (better.equals(worse)) {
            throw new BadLine("\"chosen\" and \"rejected\" are identical");
        }
        boolean judged = row.hasNonNull("labeler") || row.hasNonNull("labelers");
        if (!judged && (better.isBlank() || worse.isBlank())) {
            throw new BadLine("\"%s\" is empty, and no \"labeler\" says who judged it"
                    .formatted(better.isBlank() ? "chosen" : "rejected"));
        }
        return new Pair(prompt, better, worse, strength(row), ChatFields.optionalText(row, "labeler", labeler));
    }

    /** What both answer: the given prompt, or what both conversations begin with; where both are there, they must agree. */
    private static List<Message> context(ObjectNode row, List<Message> chosen, List<Message> rejected) throws BadLine {
        List<Message> shared = chosen.subList(0, chosen.size() - 1);
        if (!shared.equals(rejected.subList(0, rejected.size() - 1))) {
            throw new BadLine("\"chosen\" and \"rejected\" answer different conversations: they part at message "
                    + (firstDifference(chosen, rejected) + 1));
        }
        if (!row.hasNonNull("prompt")) {
            if (shared.isEmpty()) {
                ChatFields.expect(row, "prompt");
                throw new BadLine("\"prompt\" must be text or a list of messages, was null");
            }
            return shared;
        }
        List<Message> prompt = ChatFields.withoutOpenTurn(ChatFields.messages(row, "prompt", Message.Role.USER));
        if (shared.isEmpty()) {
            return prompt;
        }
        int before = shared.size() - prompt.size(); // a system message, or earlier turns
        if (before < 0 || !shared.subList(before, shared.size()).equals(prompt)) {
            throw new BadLine("\"chosen\" is a conversation in which \"prompt\" does not come before the last message");
        }
        return shared;
    }

    private static int firstDifference(List<Message> one, List<Message> other) {
        int i = 0;
        while (i < one.size() && i < other.size() && one.get(i).equals(other.get(i))) {
            i++;
        }
        return i;
    }

    private static String completion(List<Message> conversation, String field) throws BadLine {
        Message last = conversation.get(conversation.size() - 1);
        if (last.role() != Message.Role.ASSISTANT) {
            throw new BadLine("\"%s\" must end with a message of the assistant's, ended with the %s's"
                    .formatted(field, last.role().wire()));
        }
        return last.content();
    }

    private static int strength(ObjectNode row) throws BadLine {
        JsonNode tie = row.path("tie");
        if (row.hasNonNull("tie") && !tie.isBoolean()) {
            throw new BadLine("\"tie\" must be true or false, was %s".formatted(ChatFields.kind(tie)));
        }
        JsonNode strength = row.path("strength");
        if (!row.hasNonNull("strength")) {
            return tie.asBoolean() ? 0 : USUAL_STRENGTH;
        }
        if (!strength.isIntegralNumber()
                || !strength.canConvertToInt()
                || strength.asInt() < 0
                || strength.asInt() > 3) {
            throw new BadLine("\"strength\" must be 0 (a tie), 1, 2 or 3, was %s".formatted(ChatFields.kind(strength)));
        }
        if (row.hasNonNull("tie") && tie.asBoolean() != (strength.asInt() == 0)) {
            throw new BadLine("\"tie\" is %s and \"strength\" is %d".formatted(tie, strength.asInt()));
        }
        return strength.asInt();
    }
}

package dev.heed.web;

import dev.heed.db.Feedback;
import dev.heed.feedback.Message;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import java.util.List;
import java.util.stream.Stream;

/** What a lead wants people to be asked, having seen a model answer it badly. */
final class WantedApi {
    private static final int LONGEST = 20_000;

    private final Feedback feedback;
    private final Audit audit;

    WantedApi(Feedback feedback, Audit audit) {
        this.feedback = feedback;
        this.audit = audit;
    }

    /** A conversation that ends with what a model is to answer. */
    record Wanted(List<Message> messages) {}

    /** What becomes of it. */
    enum Outcome {
        /** The next round asks it. */
        ADDED,
        /** It is stored already. */
        KNOWN,
        /** It is stored as held out, and stays so. */
        HELD_OUT
    }

    record Told(String prompt, Outcome outcome) {}

    List<Route> routes() {
        return List.of(Route.post("/api/prompts", Access.LEAD, "a prompt that the next round asks", this::want)
                .takes(Wanted.class)
                .gives(Told.class));
    }

    private void want(Context ctx) {
        List<Message> messages = Wire.body(ctx, Wanted.class).messages();
        expectAsked(messages);
        String id = Prompt.idOf(messages);
        Outcome outcome = stored(Split.TRAIN).anyMatch(id::equals)
                ? Outcome.KNOWN
                : stored(Split.HELD_OUT).anyMatch(id::equals) ? Outcome.HELD_OUT : Outcome.ADDED;
        if (outcome == Outcome.ADDED) {
            feedback.addPrompts(List.of(new Prompt(id, messages, Prompt.WANTED, Split.TRAIN)));
            audit.note(ctx, Caller.find(ctx).map(Caller::name).orElse("the owner"), "prompt", "wants " + id + " asked");
        }
        Wire.answer(ctx, new Told(id, outcome));
    }

    private Stream<String> stored(Split split) {
        return feedback.prompts(split).stream().map(Prompt::id);
    }

    private static void expectAsked(List<Message> messages) {
        if (messages.isEmpty() || messages.get(messages.size() - 1).role() != Message.Role.USER) {
            throw new BadRequestResponse("messages must end with one of the user's");
        }
        int length = messages.stream()
                .mapToInt(message -> message.content().length())
                .sum();
        if (length > LONGEST
                || messages.stream().anyMatch(message -> message.content().isBlank())) {
            throw new BadRequestResponse(
                    "messages must have text, at most %,d characters together, had %,d".formatted(LONGEST, length));
        }
    }
}

package dev.heed.web;

import dev.heed.db.FeedbackStore;
import dev.heed.feedback.Message;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import java.util.List;

/** What a lead wants people to be asked, having seen a model answer it badly. */
final class WantedApi {
    private static final int LONGEST = 20_000;

    private final FeedbackStore store;
    private final Audit audit;

    WantedApi(FeedbackStore store, Audit audit) {
        this.store = store;
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
        Outcome outcome = store.findPrompt(id)
                .map(known -> known.split() == Split.HELD_OUT ? Outcome.HELD_OUT : Outcome.KNOWN)
                .orElse(Outcome.ADDED);
        if (outcome == Outcome.ADDED) {
            store.addPrompts(List.of(new Prompt(id, messages, Prompt.WANTED, Split.TRAIN)));
            audit.note(ctx, Caller.find(ctx).map(Caller::name).orElse("the owner"), "prompt", "wants " + id + " asked");
        }
        Wire.answer(ctx, new Told(id, outcome));
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

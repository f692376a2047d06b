package dev.heed.web;

import dev.heed.feedback.Completion;
import dev.heed.feedback.Message;
import dev.heed.web.ModelHost.Answer;
import dev.heed.web.ModelHost.Drawing;
import dev.heed.web.ModelHost.Ending;
import dev.heed.web.ModelHost.Opening;
import dev.heed.web.ModelHost.Piece;
import dev.heed.web.ModelHost.Question;
import java.util.List;
import java.util.Optional;

/** A model in a battle. All write under the same conditions: plain sampling, as in training and evaluation, and one limit. */
record Contender(ModelHost host, String model) {
    private static final Drawing PLAIN = new Drawing(1, 1, 0, 0, 1, 1, 0);
    private static final int MOST_TOKENS = 512;
    private static final long PATIENCE_MS = 60_000;
    private static final long LOOK_MS = 1000;

    /** @throws Refusal if the model cannot answer, or takes too long */
    Completion answer(List<Message> prompt) throws InterruptedException {
        Question question =
                new Question(model, List.of(new Opening.Conversation(prompt)), 1, PLAIN, null, null, List.of(), -1);
        long until = System.nanoTime() + PATIENCE_MS * 1_000_000;
        StringBuilder text = new StringBuilder();
        try (Answer answer = host.answer(question)) {
            // Cut off here, as a limit in the question must fit each model's context, and these may differ.
            while (answer.completionTokens() < MOST_TOKENS) {
                Optional<Piece> piece = answer.await(LOOK_MS);
                piece.ifPresent(more -> text.append(more.text()));
                Ending ending = piece.map(Piece::ending).orElse(null);
                if (ending != null) {
                    return new Completion(text.toString(), model, ending == Ending.STOP);
                }
                if (System.nanoTime() > until) {
                    throw new Refusal(
                            503,
                            "model",
                            "too_slow",
                            "a model wrote for more than %d seconds; try again once other work here has ended"
                                    .formatted(PATIENCE_MS / 1000));
                }
            }
        }
        return new Completion(text.toString(), model, false);
    }
}

package dev.heed.serve;

import dev.heed.sample.Growing;
import dev.heed.sample.Growing.Grown;
import dev.heed.web.ModelHost.Answer;
import dev.heed.web.ModelHost.Piece;
import java.util.List;
import java.util.Optional;

/** Completions on their way from a model to who asked. */
final class Reply implements Answer {
    private final Growing growing;
    private final List<Growth> growths;
    private final int promptTokens;
    private final Runnable after;
    private int completionTokens;
    private boolean closed;

    /**
     * Hears what grows.
     *
     * @param growths one a completion, in their order
     * @param after when nobody listens any longer
     */
    Reply(Growing growing, List<Growth> growths, int promptTokens, Runnable after) {
        this.growing = growing;
        this.growths = growths;
        this.promptTokens = promptTokens;
        this.after = after;
    }

    @Override
    public int promptTokens() {
        return promptTokens;
    }

    @Override
    public int completionTokens() {
        return completionTokens;
    }

    @Override
    public Optional<Piece> await(long milliseconds) throws InterruptedException {
        return growing.await(milliseconds).flatMap(this::hear);
    }

    private Optional<Piece> hear(Grown grown) {
        Growth growth = growths.get(grown.row());
        if (growth.isOver()) {
            return Optional.empty(); // drawn before the model heard that a stop had come
        }
        completionTokens++;
        Optional<Piece> piece = growth.add(grown.token(), grown.ended(), grown.last());
        if (growth.isOver()) {
            growing.drop(grown.row());
        }
        return piece;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            growing.close();
            after.run();
        }
    }
}

package dev.heed.sample;

import dev.heed.model.Forward;
import dev.heed.model.Transformer;
import dev.heed.run.UserError;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Continues prompts that come at any time, all of them together in one {@link Lane}: who comes while others are being
 * continued enters beside them. First come, first served. The draws are those of {@link Sampler} for the same seed and key,
 * whoever the neighbours are.
 */
public final class LiveSampler implements AutoCloseable {
    /** How many completions are continued at once. */
    public static final int MOST_ROWS = 64;

    private static final int LEAST_ROOM = 1024; // tokens: so that the lane need not be made anew for each longer prompt

    private final Transformer model;
    private final int[] ends;
    private final long mostBytes;
    private final Thread thread;

    // Guarded by this; the lane and what runs in it belong to the thread alone.
    private final Deque<Row> waiting = new ArrayDeque<>();
    private final Map<Row, Growing> hearers = new LinkedHashMap<>();
    private boolean closed;

    private @Nullable Lane lane;

    /**
     * A prompt to be continued.
     *
     * @param key tells its draws from others of the seed
     * @param likeliest how many of the likeliest tokens are to be told at each place; −1 where also the completion's own
     *     tokens need no log-probability at temperature 1
     */
    public record Wanted(int[] prompt, Decoding decoding, long seed, long key, int likeliest) {
        Row row(Row.Ear ear) {
            return new Row(prompt, decoding, Sampler.key(seed, key), likeliest, ear);
        }
    }

    /**
     * Waits for prompts.
     *
     * @param mostBytes memory that the keys and values may take
     * @param ends the tokens that end a completion
     */
    public LiveSampler(Transformer model, long mostBytes, int... ends) {
        this.model = model;
        this.mostBytes = mostBytes;
        this.ends = ends.clone();
        thread = new Thread(this::work, "live-sampler");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Begins completions; returns at once.
     *
     * @throws UserError if a prompt fills the context, or has tokens that the model does not know
     */
    public Growing begin(List<Wanted> wanted) {
        wanted.forEach(this::expectPossible);
        Growing growing = new Growing(wanted);
        synchronized (this) {
            if (closed) {
                throw new IllegalStateException("the sampler is closed");
            }
            growing.rows().forEach(row -> {
                waiting.add(row);
                hearers.put(row, growing);
            });
            notifyAll();
        }
        return growing;
    }

    private void expectPossible(Wanted wanted) {
        int vocabulary = model.config().vocabulary();
        Lane.expectRoom(wanted.prompt(), model.config().context());
        if (Arrays.stream(wanted.prompt()).anyMatch(id -> id < 0 || id >= vocabulary)) {
            throw new UserError(
                    "a token of the prompt is outside the model's vocabulary of %d; tokenizer and model differ"
                            .formatted(vocabulary));
        }
    }

    /** Whether anything is being continued or waits for it. */
    public synchronized boolean busy() {
        return hearers.keySet().stream().anyMatch(row -> !row.finished());
    }

    private void work() {
        try {
            while (awaitWork()) {
                try {
                    advance();
                } catch (RuntimeException e) {
                    giveUp(e);
                }
            }
        } finally {
            giveUp(new IllegalStateException("the model was put away"));
        }
    }

    /** Waits until a row can go on; false when closed. */
    private synchronized boolean awaitWork() {
        hearers.keySet().removeIf(Row::finished);
        while (hearers.isEmpty() && !closed) {
            try {
                wait();
            } catch (InterruptedException e) {
                closed = true;
            }
        }
        return !closed;
    }

    private void advance() {
        Lane current = laneFor(firstWaiting());
        if (current == null) {
            return;
        }
        Row[] entering = entering(current);
        if (entering.length > 0) {
            current.enter(entering);
        }
        current.step();
    }

    private synchronized @Nullable Row firstWaiting() {
        waiting.removeIf(Row::finished);
        return waiting.peekFirst();
    }

    /** The lane, made anew where it is empty and too small for the first who waits; that one waits until it is empty. */
    private @Nullable Lane laneFor(@Nullable Row first) {
        if (first != null && (lane == null || (lane.unfinished() == 0 && lane.room() < room(first)))) {
            closeLane();
            int context = model.config().context();
            int room = Math.max(room(first), Math.min(context, LEAST_ROOM));
            lane = new Lane(model, ends, Lane.rows(model, room, MOST_ROWS, mostBytes), room);
        }
        return lane;
    }

    private int room(Row row) {
        return row.room(model.config().context());
    }

    /** Those who enter now: in their order, as long as they fit and there is not too much to read at once. */
    private synchronized Row[] entering(Lane current) {
        List<Row> entering = new ArrayList<>();
        int free = current.free();
        int tokens = 0;
        Row next = waiting.peekFirst();
        while (next != null && entering.size() < free && room(next) <= current.room()) {
            tokens += next.prompt().length;
            if (!entering.isEmpty() && tokens > Forward.MAX_TOKENS) {
                break;
            }
            entering.add(waiting.removeFirst());
            next = waiting.peekFirst();
        }
        return entering.toArray(Row[]::new);
    }

    /** Tells everyone who waits, and begins with an empty lane. */
    private void giveUp(RuntimeException why) {
        closeLane();
        synchronized (this) {
            hearers.forEach((row, growing) -> {
                row.drop();
                growing.fail(why);
            });
            hearers.clear();
            waiting.clear();
        }
    }

    private void closeLane() {
        if (lane != null) {
            lane.close();
            lane = null;
        }
    }

    /** Ends what is being continued; its hearers are told. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

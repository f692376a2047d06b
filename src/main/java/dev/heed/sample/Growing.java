package dev.heed.sample;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Completions while they grow, heard by one thread. Closing it makes those leave that have not come to their end. */
public final class Growing implements AutoCloseable {
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final List<Row> rows;

    /**
     * One more token of a completion.
     *
     * @param row which completion, counted from 0
     * @param ended whether the token is the one that ends it
     * @param last whether it grows no further
     */
    public record Grown(int row, Token token, boolean ended, boolean last) {}

    private record Event(@Nullable Grown grown, @Nullable RuntimeException failure) {}

    Growing(List<LiveSampler.Wanted> wanted) {
        rows = java.util.stream.IntStream.range(0, wanted.size())
                .mapToObj(i -> wanted.get(i).row((row, token) -> hear(i, row, token)))
                .toList();
    }

    List<Row> rows() {
        return rows;
    }

    private void hear(int index, Row row, Token token) {
        events.add(new Event(new Grown(index, token, row.ended(), row.complete()), null));
    }

    void fail(RuntimeException failure) {
        events.add(new Event(null, failure));
    }

    /**
     * Waits for the next token of any of them.
     *
     * @return empty if none came in this time
     * @throws IllegalStateException if they cannot go on
     */
    public Optional<Grown> await(long milliseconds) throws InterruptedException {
        Event event = events.poll(milliseconds, TimeUnit.MILLISECONDS);
        if (event == null) {
            return Optional.empty();
        }
        if (event.failure() != null) {
            throw new IllegalStateException("the completion broke off", event.failure());
        }
        return Optional.ofNullable(event.grown());
    }

    /** Lets one of them grow no further; what it had said already may still be heard. */
    public void drop(int row) {
        rows.get(row).drop();
    }

    @Override
    public void close() {
        rows.forEach(Row::drop);
    }
}

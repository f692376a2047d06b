package dev.heed.web;

import dev.heed.db.FeedbackStore;
import dev.heed.db.FeedbackStore.Mark;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Known;
import dev.heed.feedback.Preference;
import dev.heed.quality.Quality;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The quality of the labels, measured in a thread of its own when they have changed, whichever server they came through.
 * Whoever asks gets the last measurement at once, and hears whether a newer one is being made.
 */
final class Measuring implements Handler, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Measuring.class);
    private static final long PATIENCE_MS = 20; // what is measured meanwhile is waited for
    private static final int REST = 4; // times as long as it took: labeling comes first

    private final FeedbackStore store;
    private final InstantSource clock;
    private final Semaphore reading = new Semaphore(1); // a thread in the store is never interrupted
    private @Nullable Done last;
    private @Nullable CountDownLatch underWay;
    private volatile boolean closed;

    Measuring(FeedbackStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    /**
     * The labels measured.
     *
     * @param at when they were read; null before the first time
     * @param again whether there are newer ones, which are being measured
     * @param excluded whose labels training does not read
     */
    record Measured(@Nullable Instant at, boolean again, List<String> excluded, @Nullable Quality quality) {}

    private record Done(Mark mark, Instant at, Duration took, Quality quality) {}

    @Override
    public void handle(Context ctx) throws InterruptedException {
        Mark now = store.mark();
        CountDownLatch measured = begin(now);
        if (measured != null) {
            measured.await(PATIENCE_MS, TimeUnit.MILLISECONDS);
        }
        Done done = last();
        Wire.answer(
                ctx,
                new Measured(
                        done == null ? null : done.at(),
                        done == null || !done.mark().equals(now),
                        store.campaigns().excluded(),
                        done == null ? null : done.quality()));
    }

    private synchronized @Nullable Done last() {
        return last;
    }

    /** @return what ends with the measurement that is under way; null where none is needed or allowed yet */
    private synchronized @Nullable CountDownLatch begin(Mark now) {
        Done done = last;
        if (underWay != null || (done != null && (done.mark().equals(now) || rests(done)))) {
            return underWay;
        }
        CountDownLatch end = new CountDownLatch(1);
        underWay = end;
        Thread thread = new Thread(() -> measure(end), "quality");
        thread.setDaemon(true);
        thread.start();
        return end;
    }

    private boolean rests(Done done) {
        return clock.instant().isBefore(done.at().plus(done.took().multipliedBy(1 + REST)));
    }

    private void measure(CountDownLatch end) {
        Done done = null;
        try {
            done = measured();
        } catch (CancellationException e) {
            LOG.debug("not measured: {}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.warn("the quality of the labels could not be measured: {}", e.getMessage());
        } finally {
            synchronized (this) {
                last = done == null ? last : done;
                underWay = null;
            }
            end.countDown();
        }
    }

    /** @return null where the server stops */
    private @Nullable Done measured() {
        Instant began = clock.instant();
        Labels labels = read();
        if (labels == null) {
            return null;
        }
        Quality quality = Quality.of(labels.comparisons(), labels.preferences(), labels.gold(), 0);
        return new Done(labels.mark(), began, Duration.between(began, clock.instant()), quality);
    }

    private record Labels(
            Mark mark, List<Comparison> comparisons, List<Preference> preferences, Map<Long, Known> gold) {}

    private @Nullable Labels read() {
        reading.acquireUninterruptibly();
        try {
            if (closed) {
                return null;
            }
            Mark mark = store.mark();
            List<Preference> preferences = new ArrayList<>();
            store.eachPreference(
                    preference -> { // before the comparisons: none is then about a newer one
                        expectOpen();
                        preferences.add(preference);
                    });
            return new Labels(mark, store.comparisons(), preferences, Known.byComparison(store.gold()));
        } finally {
            reading.release();
        }
    }

    private void expectOpen() {
        if (closed) {
            throw new CancellationException("the server stops");
        }
    }

    /** When this returns, nothing of it is in the store. */
    @Override
    public void close() {
        closed = true;
        reading.acquireUninterruptibly();
    }
}

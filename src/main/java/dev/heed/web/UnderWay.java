package dev.heed.web;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.ServiceUnavailableResponse;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The requests that write and are under way: an end waits for them, and begins no others. Jetty alone interrupts what is
 * still being read some seconds after it was asked to stop.
 */
final class UnderWay {
    private static final Set<HandlerType> READING = Set.of(HandlerType.GET, HandlerType.HEAD);
    private static final String BEGUN = "begun";
    private static final int MOST = 1 << 16; // more than there are threads

    private final Semaphore places = new Semaphore(MOST, true); // fair: who waits for all goes before new ones

    void begin(Context ctx) throws InterruptedException {
        if (!READING.contains(ctx.method()) && !ChatApi.isAsked(ctx)) { // a chat saves nothing, and may take long
            if (!places.tryAcquire(0, TimeUnit.SECONDS)) {
                throw new ServiceUnavailableResponse("the server is about to end; try again");
            }
            ctx.attribute(BEGUN, true);
        }
    }

    void end(Context ctx) {
        if (ctx.attribute(BEGUN) != null) {
            places.release();
        }
    }

    /**
     * Waits until none is under way, but no longer than that.
     *
     * @return whether none is; who sends more slowly is not acknowledged, and sends it again
     */
    boolean awaitEnd(long ms) {
        try {
            return places.tryAcquire(MOST, ms, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}

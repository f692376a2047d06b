package dev.heed.run;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C and SIGTERM, kept waiting until the work has reached a safe place. The JVM begins to shut down at once, but it
 * waits for this class's hook, and the hook waits up to 30 s for the main thread. A stage calls {@link #check} right
 * after it has saved a checkpoint, or {@link #requested} to save one early.
 */
public final class Interrupt {
    private static final int PATIENCE_SECONDS = 30;
    private static final CountDownLatch ENDED = new CountDownLatch(1);
    private static volatile CountDownLatch request = new CountDownLatch(1);
    private static boolean installed;

    private Interrupt() {}

    /** Begins to listen, once a process. Whoever calls it calls {@link #ended} when its work is over. */
    public static synchronized void install() {
        if (!installed) {
            installed = true;
            Runtime.getRuntime().addShutdownHook(new Thread(Interrupt::hold, "interrupt"));
        }
    }

    /** Whether someone asked the program to end. */
    public static boolean requested() {
        return request.getCount() == 0;
    }

    /**
     * Ends the work here if someone asked for it.
     *
     * @throws Interrupted if so
     */
    public static void check() {
        if (requested()) {
            throw new Interrupted();
        }
    }

    /**
     * Waits until someone asks the program to end, as a server does.
     *
     * @throws Interrupted then
     */
    public static void await() {
        try {
            request.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new Interrupted();
    }

    /** Asks the program to end, as Ctrl-C does. */
    public static void request() {
        request.countDown();
    }

    /** Forgets a request; for tests, which share a process. */
    public static void clear() {
        request = new CountDownLatch(1);
    }

    /** Says that the work is over, so that nothing waits for it any longer. */
    public static void ended() {
        ENDED.countDown();
    }

    private static void hold() {
        request();
        try {
            if (!ENDED.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                System.err.printf("no safe place within %d s; the last checkpoint stands%n", PATIENCE_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

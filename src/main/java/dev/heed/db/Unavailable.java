package dev.heed.db;

/**
 * The database or the disk cannot be written or read now: it is away, full or overloaded. Nothing was acknowledged; the
 * same request may succeed later.
 */
public final class Unavailable extends RuntimeException {
    private final boolean merelyBusy;

    Unavailable(String message, Throwable cause, boolean merelyBusy) {
        super(message, cause);
        this.merelyBusy = merelyBusy;
    }

    /** Whether only a lock was not to be had in time; the rows are where they were. */
    boolean merelyBusy() {
        return merelyBusy;
    }
}

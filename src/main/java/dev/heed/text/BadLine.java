package dev.heed.text;

/** Thrown while one line is read; becomes a {@link LineError}. */
public final class BadLine extends Exception {
    public BadLine(String reason) {
        super(reason);
    }

    /** What was wrong. */
    public String reason() {
        return String.valueOf(getMessage());
    }
}

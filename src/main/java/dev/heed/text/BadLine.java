package dev.heed.text;

/** Thrown while one line is read; becomes a {@link LineError}. */
final class BadLine extends Exception {
    BadLine(String reason) {
        super(reason);
    }

    /** What was wrong. */
    String reason() {
        return String.valueOf(getMessage());
    }
}

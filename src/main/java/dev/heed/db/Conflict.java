package dev.heed.db;

/** Something already stored says otherwise: the same id with another content, or a second first answer. Nothing was written. */
public final class Conflict extends RuntimeException {
    public Conflict(String message) {
        super(message);
    }
}

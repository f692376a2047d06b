package dev.heed.text;

/**
 * Why a line of a file could not be taken.
 *
 * @param line from 1
 * @param reason what was wrong and what was found, on one line
 */
public record LineError(long line, String reason) {
    @Override
    public String toString() {
        return "line %d: %s".formatted(line, reason);
    }
}

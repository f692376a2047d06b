package dev.heed.db;

/**
 * Text as it lies in a column. PostgreSQL keeps no NUL, but models may write one; so U+001A begins a pair that stands for
 * a NUL ({@code 0}) or for itself ({@code 1}).
 */
final class Escaped {
    private Escaped() {}

    static String of(String text) {
        return text.indexOf('\u0000') < 0 && text.indexOf('\u001a') < 0
                ? text
                : text.replace("\u001a", "\u001a1").replace("\u0000", "\u001a0");
    }

    static String read(String column) {
        return column.indexOf('\u001a') < 0
                ? column
                : column.replace("\u001a0", "\u0000").replace("\u001a1", "\u001a");
    }
}

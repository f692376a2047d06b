package dev.heed.text;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * GPT-2's view of text (Radford et al. 2019, encoder.py): pieces cut by one regular expression, each a run of bytes, each
 * byte written as a printable letter so that a vocabulary can be a table of strings.
 */
final class ByteLevel {
    /** Contractions, then letters, digits or other signs with at most one space before them, then the remaining spaces. */
    static final Pattern PIECE = Pattern.compile(
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
            Pattern.UNICODE_CHARACTER_CLASS);

    private static final char[] LETTERS = letters();

    private ByteLevel() {}

    /** The letter that stands for a byte, which is given as 0 … 255. */
    static char letter(int value) {
        return LETTERS[value];
    }

    /** The bytes that letters stand for; empty if one of them stands for none. */
    static Optional<byte[]> bytes(String letters) {
        byte[] bytes = new byte[letters.length()];
        for (int i = 0; i < bytes.length; i++) {
            int value = 0;
            while (value < LETTERS.length && LETTERS[value] != letters.charAt(i)) {
                value++;
            }
            if (value == LETTERS.length) {
                return Optional.empty();
            }
            bytes[i] = (byte) value;
        }
        return Optional.of(bytes);
    }

    /** Printable Latin-1 stands for itself; every other byte takes the next letter from U+0100 on. */
    private static char[] letters() {
        char[] letters = new char[256];
        char next = 0x100;
        for (int value = 0; value < 256; value++) {
            boolean printable = (value >= '!' && value <= '~') || (value >= 0xA1 && value != 0xAD);
            letters[value] = printable ? (char) value : next++;
        }
        return letters;
    }
}

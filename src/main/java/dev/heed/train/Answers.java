package dev.heed.train;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether an answer to a closed question is the expected one. */
final class Answers {
    private static final Pattern NUMBER = Pattern.compile("[-+]?\\d[\\d,]*(?:\\.\\d+)?");

    private Answers() {}

    /** @param how exact, contained or number */
    static boolean agree(String how, String said, String expected) {
        return switch (how) {
            case "number" ->
                lastNumber(said)
                        .flatMap(number -> lastNumber(expected).map(other -> number.compareTo(other) == 0))
                        .orElse(false);
            case "contained" -> (" " + words(said) + " ").contains(" " + words(expected) + " ");
            default -> words(said).equals(words(expected));
        };
    }

    /** The last number of a text, where people put the result; thousands may be parted by commas. */
    static Optional<BigDecimal> lastNumber(String text) {
        Matcher matcher = NUMBER.matcher(text);
        Optional<BigDecimal> last = Optional.empty();
        while (matcher.find()) {
            last = Optional.of(new BigDecimal(matcher.group().replace(",", "")));
        }
        return last;
    }

    /** In lower case, without what is neither letter nor digit. */
    private static String words(String text) {
        return text.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]+", " ").strip();
    }
}

package dev.heed.eval.exam;

import dev.heed.text.ExamItem;
import dev.heed.text.ExamItem.Free;
import dev.heed.text.ExamItem.Quantity;
import dev.heed.text.ExamItem.Words;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Whether a written answer is right, by rules alone. */
public final class Marking {
    private static final String MARK = "####";
    private static final Pattern NUMBER = Pattern.compile("-?\\d+(?:,\\d{3})+(?:\\.\\d+)?|-?\\d+(?:\\.\\d+)?");
    private static final Pattern ARTICLE = Pattern.compile("\\b(a|an|the)\\b");

    private Marking() {}

    /**
     * Marks one answer.
     *
     * @return 1 or 0
     * @throws IllegalArgumentException for a choice, and for a free answer without rules
     */
    public static double of(ExamItem.Key key, String answer) {
        if (key instanceof Words words) {
            return words.accepted().stream().anyMatch(right -> bare(right).equals(bare(firstLine(answer)))) ? 1 : 0;
        }
        if (key instanceof Quantity quantity) {
            return number(answer)
                            .filter(n -> n.subtract(quantity.value()).abs().compareTo(quantity.tolerance()) <= 0)
                            .isPresent()
                    ? 1
                    : 0;
        }
        if (key instanceof Free free && free.ruled()) {
            return holds(answer, free.must()) == free.must().size() && holds(answer, free.mustNot()) == 0 ? 1 : 0;
        }
        throw new IllegalArgumentException("no rule marks " + key);
    }

    /** The number after {@code ####}, where GSM8K's answers have it; else the last one of the text. Commas part thousands. */
    static Optional<BigDecimal> number(String answer) {
        int mark = answer.lastIndexOf(MARK);
        List<MatchResult> found = NUMBER.matcher(mark < 0 ? answer : answer.substring(mark))
                .results()
                .toList();
        return found.isEmpty()
                ? Optional.empty()
                : Optional.of(new BigDecimal(
                        found.get(mark < 0 ? found.size() - 1 : 0).group().replace(",", "")));
    }

    /** Without case, signs, articles and needless spaces, as SQuAD compares (Rajpurkar et al. 2016, section 6.1). */
    static String bare(String text) {
        String letters = text.toLowerCase(Locale.ROOT).replaceAll("\\p{Punct}", "");
        return ARTICLE.matcher(letters).replaceAll(" ").strip().replaceAll("\\s+", " ");
    }

    private static String firstLine(String answer) {
        return answer.lines().findFirst().orElse("");
    }

    private static long holds(String answer, List<String> texts) {
        String lower = answer.toLowerCase(Locale.ROOT);
        return texts.stream()
                .filter(text -> lower.contains(text.toLowerCase(Locale.ROOT)))
                .count();
    }
}

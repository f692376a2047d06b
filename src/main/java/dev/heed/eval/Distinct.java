package dev.heed.eval;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Variety of what a model writes. It falls as texts get more or longer, so compare models on the same prompts, one completion
 * each.
 */
public final class Distinct {
    private Distinct() {}

    /**
     * Distinct-n: different n-grams over all n-grams, all texts pooled. Source: Li et al. 2016, arXiv:1510.03055.
     *
     * @return in (0, 1]; NaN where no text has n words
     */
    public static double ofWords(List<String> texts, int n) {
        return of(texts.stream().map(Distinct::words).toList(), n);
    }

    /** The same over token ids. */
    public static double ofIds(List<int[]> ids, int n) {
        return of(ids.stream().map(row -> Arrays.stream(row).boxed().toList()).toList(), n);
    }

    /**
     * Share of n-grams that the same text has had before, mean over the texts that have n words: 0 where nothing repeats, near
     * 1 where a text loops.
     */
    public static double repetition(List<String> texts, int n) {
        return texts.stream()
                .map(text -> List.of(words(text)))
                .mapToDouble(one -> 1 - of(one, n))
                .filter(share -> !Double.isNaN(share))
                .average()
                .orElse(Double.NaN);
    }

    /** Lower-case words; every mark that is no letter or digit counts as a word of its own. */
    static List<String> words(String text) {
        String spaced = text.toLowerCase(Locale.ROOT).replaceAll("([^\\p{L}\\p{N}\\s])", " $1 ");
        return spaced.isBlank() ? List.of() : List.of(spaced.strip().split("\\s+"));
    }

    private static double of(List<? extends List<?>> rows, int n) {
        if (n < 1) {
            throw new IllegalArgumentException("n must be at least 1, was " + n);
        }
        Set<List<?>> different = new HashSet<>();
        int all = 0;
        for (List<?> row : rows) {
            for (int i = 0; i + n <= row.size(); i++) {
                different.add(row.subList(i, i + n));
                all++;
            }
        }
        return all == 0 ? Double.NaN : (double) different.size() / all;
    }
}

package dev.heed.eval;

import dev.heed.quality.Interval;
import dev.heed.rating.Logistic;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which of two kinds a text is of, by the words in it alone: naive Bayes with add-one smoothing, a word counted once a text
 * however often it stands there (Pang, Lee and Vaithyanathan 2002, section 6.4). Words never met say nothing. Immutable; it
 * shares nothing with a language model, so it can judge one.
 */
public final class BagOfWords {
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]+(?:['’][\\p{L}\\p{N}]+)*");

    private final double prior;
    private final Map<String, Double> weights;

    private BagOfWords(double prior, Map<String, Double> weights) {
        this.prior = prior;
        this.weights = Map.copyOf(weights);
    }

    /**
     * Learns from texts of both kinds.
     *
     * @throws IllegalArgumentException if one of the kinds has none
     */
    public static BagOfWords of(List<String> positive, List<String> negative) {
        if (positive.isEmpty() || negative.isEmpty()) {
            throw new IllegalArgumentException(
                    "both kinds need texts: got %d positive, %d negative".formatted(positive.size(), negative.size()));
        }
        Map<String, Integer> ours = counts(positive);
        Map<String, Integer> theirs = counts(negative);
        Set<String> vocabulary = new HashSet<>(ours.keySet());
        vocabulary.addAll(theirs.keySet());
        double oursTotal = total(ours.values()) + vocabulary.size();
        double theirsTotal = total(theirs.values()) + vocabulary.size();
        Map<String, Double> weights = new HashMap<>();
        for (String word : vocabulary) {
            double share = (ours.getOrDefault(word, 0) + 1) / oursTotal;
            double theirShare = (theirs.getOrDefault(word, 0) + 1) / theirsTotal;
            weights.put(word, Math.log(share / theirShare));
        }
        return new BagOfWords(Math.log((double) positive.size() / negative.size()), weights);
    }

    /** Probability that the text is positive, in [0, 1]; the share of positive texts learned from where no word is known. */
    public double positive(String text) {
        // In order, for a sum of the same bits each time.
        return Logistic.sigmoid(prior
                + words(text).stream()
                        .sorted()
                        .mapToDouble(word -> weights.getOrDefault(word, 0.0))
                        .sum());
    }

    /** Share of texts told right, with Wilson's interval. */
    public Interval accuracy(List<String> positive, List<String> negative) {
        long right = positive.stream().filter(text -> positive(text) > 0.5).count()
                + negative.stream().filter(text -> positive(text) < 0.5).count();
        return Interval.wilson(right, positive.size() + negative.size());
    }

    /** In how many texts each word stands. */
    private static Map<String, Integer> counts(List<String> texts) {
        Map<String, Integer> counts = new HashMap<>();
        texts.forEach(text -> words(text).forEach(word -> counts.merge(word, 1, Integer::sum)));
        return counts;
    }

    private static Set<String> words(String text) {
        return WORD.matcher(text.toLowerCase(Locale.ROOT))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toSet());
    }

    private static long total(Collection<Integer> counts) {
        return counts.stream().mapToLong(Integer::longValue).sum();
    }
}

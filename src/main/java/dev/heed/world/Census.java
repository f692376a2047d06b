package dev.heed.world;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.regex.Pattern;

/**
 * Counts of a pile of documents.
 *
 * @param words the distinct ones, capitals told apart
 * @param claims by genre: how many claims, and how many of them are true
 */
record Census(int documents, long running, Set<String> words, Map<String, Truths> claims, int garbled) {
    private static final Pattern WORD = Pattern.compile("[A-Za-z]+");

    /** How many claims, and how many of them are true. */
    record Truths(int all, int right) {
        Truths and(boolean isTrue) {
            return new Truths(all + 1, right + (isTrue ? 1 : 0));
        }

        double share() {
            return all == 0 ? Double.NaN : (double) right / all;
        }
    }

    static Census of(Facts facts, List<String> documents, IntFunction<String> genre) {
        Set<String> words = new TreeSet<>();
        Map<String, Truths> claims = new TreeMap<>();
        long running = 0;
        int garbled = 0;
        for (int i = 0; i < documents.size(); i++) {
            running += WORD.matcher(documents.get(i))
                    .results()
                    .peek(m -> words.add(m.group()))
                    .count();
            String name = genre.apply(i);
            Claims told = new Claims();
            for (String line : documents.get(i).split("\n")) {
                garbled += told.read(
                        line,
                        claim -> claims.merge(
                                name, new Truths(0, 0).and(facts.isTrue(claim)), (a, b) -> a.and(facts.isTrue(claim))));
            }
        }
        return new Census(documents.size(), running, words, claims, garbled);
    }

    double trueShare() {
        int all = claims.values().stream().mapToInt(Truths::all).sum();
        int right = claims.values().stream().mapToInt(Truths::right).sum();
        return (double) right / all;
    }

    @Override
    public String toString() {
        StringBuilder lines = new StringBuilder(String.format(
                Locale.ROOT,
                "%d documents: %.1f words each, %d distinct words; %.0f %% of claims true%n",
                documents,
                (double) running / documents,
                words.size(),
                100 * trueShare()));
        claims.forEach((name, truths) -> lines.append(String.format(
                Locale.ROOT, "  %-11s %5d claims, %.0f %% true%n", name, truths.all(), 100 * truths.share())));
        return lines.toString();
    }
}

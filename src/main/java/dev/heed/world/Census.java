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
    private static final String QUESTION = "Question: ";
    private static final String ANSWER = "Answer: ";

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
            Told told = new Told(facts, genre.apply(i), claims);
            for (String line : documents.get(i).split("\n")) {
                garbled += told.line(line);
            }
        }
        return new Census(documents.size(), running, words, claims, garbled);
    }

    /** Follows who "it" is through a document. */
    private static final class Told {
        private final Facts facts;
        private final String genre;
        private final Map<String, Truths> claims;
        private String subject = "";

        Told(Facts facts, String genre, Map<String, Truths> claims) {
            this.facts = facts;
            this.genre = genre;
            this.claims = claims;
        }

        /** Counts a line's claims; gives how many of its sentences are garbled. */
        int line(String line) {
            if (line.startsWith(QUESTION)) {
                subject = subject(Task.parse(line.substring(QUESTION.length())));
                return 0;
            }
            int garbled = 0;
            for (Sentence sentence : Grammar.read(line.startsWith(ANSWER) ? line.substring(ANSWER.length()) : line)) {
                garbled += sentence.move() == Move.GARBLED ? 1 : 0;
                sentence.claim().ifPresent(this::count);
            }
            return garbled;
        }

        private void count(Fact claim) {
            subject = claim.subject().equals(Fact.IT) ? subject : claim.subject();
            boolean isTrue = facts.isTrue(claim.about(subject));
            claims.merge(genre, new Truths(0, 0).and(isTrue), (a, b) -> a.and(isTrue));
        }

        private static String subject(Task task) {
            return task instanceof Task.Ask ask ? ask.subject() : "";
        }
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

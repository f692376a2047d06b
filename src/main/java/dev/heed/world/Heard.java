package dev.heed.world;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A completion as the judge hears it. What breaks off in the middle of a sentence is left out, unless it is all there is.
 *
 * @param clear share of the words in sentences that are understood and not repeated
 * @param ends 1 where it stopped by itself at the end of a sentence, else 0
 */
record Heard(List<Sentence> sentences, int words, double clear, double ends) {
    /** Longer texts are cut here before they are read: nothing that long is a good answer. */
    private static final int READ_AT_MOST = 2000;

    static Heard of(String completion, boolean ended) {
        String text = completion
                .substring(0, Math.min(completion.length(), READ_AT_MOST))
                .strip();
        List<Sentence> all = Grammar.read(text);
        boolean stops = !text.isEmpty() && ".!?".indexOf(text.charAt(text.length() - 1)) >= 0;
        boolean ends = stops && ended && completion.length() <= READ_AT_MOST;
        boolean cut = all.size() > 1 && !stops && !ended;
        List<Sentence> whole = cut ? all.subList(0, all.size() - 1) : all;
        return new Heard(whole, Grammar.words(text), clear(whole), ends ? 1 : 0);
    }

    private static double clear(List<Sentence> sentences) {
        Set<String> heard = new HashSet<>();
        double clear = 0;
        double all = 0;
        for (Sentence sentence : sentences) {
            int words = Math.max(1, sentence.words());
            all += words;
            if (heard.add(sentence.text()) && sentence.move() != Move.GARBLED) {
                clear += words;
            }
        }
        return all == 0 ? 0 : clear / all;
    }

    int count(Set<Move> moves) {
        return (int) sentences.stream().filter(s -> moves.contains(s.move())).count();
    }

    boolean has(Move... moves) {
        return count(Set.of(moves)) > 0;
    }

    /** What it claims, with "it" standing for whatever was last named, at first for the subject. */
    List<Fact> claims(String subject) {
        List<Fact> claims = new ArrayList<>();
        String last = subject;
        for (Sentence sentence : sentences) {
            if (sentence.claim().isPresent()) {
                Fact claim = sentence.claim().get();
                last = claim.subject().equals(Fact.IT) ? last : claim.subject();
                claims.add(claim.about(last));
            }
        }
        return claims;
    }
}

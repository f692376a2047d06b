package dev.heed;

import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.run.Draws;
import dev.heed.run.Json;
import dev.heed.text.SentenceFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Labelled sentences as preferences: what praises is chosen over what does not, both as the next sentence of a story. Half of
 * the sentences, by their hash, become preferences; the other half is kept for whoever judges the outcome.
 */
record SentencePairs(SentenceFile learned, SentenceFile kept) {

    static SentencePairs of(SentenceFile all) {
        return new SentencePairs(
                new SentenceFile(half(all.positive(), 0), half(all.negative(), 0)),
                new SentenceFile(half(all.positive(), 1), half(all.negative(), 1)));
    }

    private static List<String> half(List<String> sentences, int which) {
        return sentences.stream()
                .filter(sentence -> which == (Draws.uniform(0, "half " + sentence, 0) < 0.5 ? 0 : 1))
                .toList();
    }

    /** A line of a preference file. */
    private record Line(String prompt, String chosen, String rejected, String kind) {}

    /**
     * Writes preferences as {@code heed import preferences} reads them. A sentence stands in one pair only, so that those
     * under held-out openings are new to whoever learns from the others.
     *
     * @param most pairs; 0: as many as there are
     * @param heldOut share of the pairs that stand under held-out openings
     */
    void write(Path file, List<Prompt> openings, int most, double heldOut, long seed) {
        List<Prompt> known = of(openings, Split.TRAIN);
        List<Prompt> unknown = of(openings, Split.HELD_OUT);
        int[] positive = Draws.permutation(learned.positive().size(), seed, "positive", 0);
        int[] negative = Draws.permutation(learned.negative().size(), seed, "negative", 0);
        int all = Math.min(positive.length, negative.length);
        int count = most == 0 ? all : Math.min(most, all);
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<Prompt> from = i < heldOut * count ? unknown : known;
            lines.add(new Line(
                    from.get(i % from.size()).text(),
                    " " + prose(learned.positive().get(positive[i])),
                    " " + prose(learned.negative().get(negative[i])),
                    "story"));
        }
        String text = lines.stream().map(line -> Json.line(line) + "\n").collect(Collectors.joining());
        Json.replace(file, text.getBytes(StandardCharsets.UTF_8));
    }

    private static List<Prompt> of(List<Prompt> openings, Split split) {
        return openings.stream().filter(prompt -> prompt.split() == split).toList();
    }

    /** A sentence of the data, which is lower case with signs set apart, as a book would print it. */
    static String prose(String sentence) {
        String joined = sentence.replaceAll("\\s+([.,;:!?)\\]])", "$1")
                .replaceAll("([(\\[])\\s+", "$1")
                .replaceAll("\"\\s*([^\"]*?)\\s*\"", "\"$1\"")
                .replaceAll("\\bi\\b(?!\\.)", "I");
        int first = joined.offsetByCodePoints(0, 1);
        return joined.substring(0, first).toUpperCase(Locale.ROOT) + joined.substring(first);
    }
}

package dev.heed.doctor;

import dev.heed.doctor.Finding.Verdict;
import dev.heed.feedback.Pair;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.quality.Interval;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What preferences are to be trusted for, from their texts alone: takes milliseconds. */
public final class PreferenceChecks {
    private static final double MANY_TIES = 0.5;
    private static final double MANY_REPEATS = 0.01;
    private static final double MANY_CONTRADICTIONS = 0.3;
    private static final double LENGTH_DECIDES = 0.6;

    private PreferenceChecks() {}

    /**
     * All of them.
     *
     * @param prompts of all splits
     */
    public static List<Finding> of(List<Pair> pairs, List<Prompt> prompts) {
        if (pairs.isEmpty()) {
            return List.of(
                    leaks(pairs, prompts),
                    Finding.skipped("preferences", "none yet; label some with heed serve, or heed import preferences"));
        }
        return List.of(
                leaks(pairs, prompts),
                repeats(pairs),
                contradictions(pairs),
                lengths(pairs),
                ties(pairs),
                empty(pairs));
    }

    /** Whether a prompt, spelling aside, is in both splits. */
    static Finding leaks(List<Pair> pairs, List<Prompt> prompts) {
        Map<Split, Set<String>> texts = new HashMap<>();
        prompts.forEach(prompt ->
                texts.computeIfAbsent(prompt.split(), s -> new HashSet<>()).add(plain(prompt.text())));
        pairs.stream().map(Pair::prompt).forEach(prompt -> texts.computeIfAbsent(prompt.split(), s -> new HashSet<>())
                .add(plain(prompt.text())));
        Set<String> held = texts.getOrDefault(Split.HELD_OUT, Set.of());
        Set<String> both = new HashSet<>(texts.getOrDefault(Split.TRAIN, Set.of()));
        both.retainAll(held);
        return Finding.well(
                        "splits",
                        "%,d of %,d held-out prompts are to learn from as well".formatted(both.size(), held.size()))
                .unless(
                        both.isEmpty(),
                        Verdict.WRONG,
                        "held-out accuracy and win rates look better than they are: " + example(both),
                        "leave those prompts out of one of the splits");
    }

    private static String example(Set<String> texts) {
        return texts.stream()
                .sorted()
                .findFirst()
                .map(text -> "for one, '" + text + "'")
                .orElse("");
    }

    private static String plain(String text) {
        return text.toLowerCase(Locale.ROOT).replaceAll("\\s+", " ").strip();
    }

    /** The same answer by the same labeler, twice. */
    static Finding repeats(List<Pair> pairs) {
        int repeated = pairs.size() - new HashSet<>(pairs).size();
        return Finding.well(
                        "repeats",
                        "%,d of %,d preferences stand there more than once".formatted(repeated, pairs.size()))
                .unless(
                        repeated <= MANY_REPEATS * pairs.size(),
                        Verdict.DOUBTFUL,
                        "they count more than once, and a split by row rather than by prompt would leak",
                        "import files once; export and look for equal lines");
    }

    /** Two answers that say the opposite of one pair of texts. */
    static Finding contradictions(List<Pair> pairs) {
        Map<List<String>, List<Boolean>> byQuestion = new HashMap<>();
        for (Pair pair : pairs) {
            if (pair.strength() != 0) {
                boolean inOrder = pair.chosen().compareTo(pair.rejected()) < 0;
                List<String> question = List.of(
                        pair.prompt().id(),
                        inOrder ? pair.chosen() : pair.rejected(),
                        inOrder ? pair.rejected() : pair.chosen());
                byQuestion
                        .computeIfAbsent(question, q -> new java.util.ArrayList<>())
                        .add(inOrder);
            }
        }
        List<List<Boolean>> asked = byQuestion.values().stream()
                .filter(answers -> answers.size() > 1)
                .toList();
        if (asked.isEmpty()) {
            return Finding.skipped("contradictions", "no question was answered by two labelers");
        }
        long opposed = asked.stream()
                .filter(answers -> answers.contains(true) && answers.contains(false))
                .count();
        double share = (double) opposed / asked.size();
        return Finding.well(
                        "contradictions",
                        "%.0f %% of the %,d questions that two or more answered have opposite answers"
                                .formatted(100 * share, asked.size()))
                .unless(
                        share <= MANY_CONTRADICTIONS,
                        Verdict.DOUBTFUL,
                        "no reward model can agree with all of them: its accuracy on such questions is bounded by theirs",
                        "sharpen the guidelines, ask more labelers a question, or look at those two texts that divide them");
    }

    /** Whether the longer text is chosen more often than chance, or less. */
    static Finding lengths(List<Pair> pairs) {
        List<Pair> decided = pairs.stream()
                .filter(pair -> pair.strength() != 0)
                .filter(pair -> pair.chosen().length() != pair.rejected().length())
                .toList();
        if (decided.isEmpty()) {
            return Finding.skipped("length", "no decided pair of unequal length");
        }
        long longer = decided.stream()
                .filter(pair -> pair.chosen().length() > pair.rejected().length())
                .count();
        Interval share = Interval.wilson(longer, decided.size());
        boolean decides = share.low() > LENGTH_DECIDES || share.high() < 1 - LENGTH_DECIDES;
        return Finding.well(
                        "length",
                        "the longer text is chosen in %.0f %% (%.0f–%.0f) of %,d pairs"
                                .formatted(100 * share.mean(), 100 * share.low(), 100 * share.high(), decided.size()))
                .unless(
                        !decides,
                        Verdict.DOUBTFUL,
                        "a reward model may learn length, and a policy then grows longer (or shorter) rather than better; Singhal et al. 2023",
                        "compare with the length-controlled win rate, and with a baseline that always takes the longer text");
    }

    /** Ties and both-bad say little of which is better. */
    static Finding ties(List<Pair> pairs) {
        double share = pairs.stream().filter(pair -> pair.strength() == 0).count() / (double) pairs.size();
        return Finding.well("ties", "%.0f %% of %,d answers are ties".formatted(100 * share, pairs.size()))
                .unless(
                        share <= MANY_TIES,
                        Verdict.DOUBTFUL,
                        "direct methods leave ties out, and a reward model learns little from them",
                        "compare texts that differ more: a newer policy with its start, or a higher temperature");
    }

    /** Completions without text. */
    static Finding empty(List<Pair> pairs) {
        long empty = pairs.stream()
                .filter(pair -> pair.chosen().isBlank() || pair.rejected().isBlank())
                .count();
        return Finding.well("empty texts", "%,d of %,d pairs have a text that is empty".formatted(empty, pairs.size()))
                .unless(
                        empty == 0,
                        Verdict.DOUBTFUL,
                        "what is learned from them is to write something, or nothing",
                        "find out which model wrote them: %s".formatted(by(pairs)));
    }

    private static String by(List<Pair> pairs) {
        return pairs.stream()
                .filter(pair -> pair.chosen().isBlank() || pair.rejected().isBlank())
                .map(Pair::labeler)
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()))
                .entrySet()
                .stream()
                .map(entry -> "%d judged by %s".formatted(entry.getValue(), entry.getKey()))
                .sorted()
                .collect(Collectors.joining(", "));
    }
}

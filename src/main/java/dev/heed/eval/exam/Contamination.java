package dev.heed.eval.exam;

import dev.heed.text.ExamItem;
import dev.heed.text.ExamItem.Choice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Which questions a training text already has: runs of so many words in common, case and signs aside. Source: Brown et al.
 * 2020 (GPT-3), appendix C, where one run in common makes a question a dirty one; a question shorter than a run is one as a
 * whole. The answer counts as part of the question.
 */
public final class Contamination {
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]+");

    private final int words;
    private final Map<String, Set<Integer>> itemsOf = new HashMap<>();
    private final Set<Integer> lengths = new HashSet<>();
    private final int[] runs;
    private final int[] met;
    private final Set<String> seen = new HashSet<>();

    /**
     * Nothing is met yet.
     *
     * @param words of a run
     */
    public Contamination(List<ExamItem> items, int words) {
        this.words = words;
        runs = new int[items.size()];
        met = new int[items.size()];
        for (int i = 0; i < items.size(); i++) {
            for (String run : new HashSet<>(runs(text(items.get(i)), words))) {
                runs[i]++;
                itemsOf.computeIfAbsent(run, r -> new HashSet<>()).add(i);
            }
        }
        itemsOf.keySet()
                .forEach(run ->
                        lengths.add(1 + (int) run.chars().filter(c -> c == ' ').count()));
    }

    private static String text(ExamItem item) {
        String answer = item.key() instanceof Choice choice ? choice.options().get(choice.right()) : item.shown();
        return item.question() + " " + answer;
    }

    /** Reads a training document. */
    public void read(String document) {
        List<String> all = words(document);
        for (int length : lengths) {
            for (int i = 0; i + length <= all.size(); i++) {
                String run = String.join(" ", all.subList(i, i + length));
                Set<Integer> items = itemsOf.get(run);
                if (items != null && seen.add(run)) {
                    items.forEach(item -> met[item]++);
                }
            }
        }
    }

    /** Share of each question's runs that were met. */
    public double[] shares() {
        double[] shares = new double[runs.length];
        Arrays.setAll(shares, i -> runs[i] == 0 ? 0 : (double) met[i] / runs[i]);
        return shares;
    }

    /** The runs of a text; of a short one itself. */
    private static List<String> runs(String text, int words) {
        List<String> all = words(text);
        List<String> runs = new ArrayList<>();
        if (!all.isEmpty() && all.size() < words) {
            runs.add(String.join(" ", all));
        }
        for (int i = 0; i + words <= all.size(); i++) {
            runs.add(String.join(" ", all.subList(i, i + words)));
        }
        return runs;
    }

    private static List<String> words(String text) {
        return WORD.matcher(text.toLowerCase(Locale.ROOT))
                .results()
                .map(MatchResult::group)
                .toList();
    }

    /** How many words make a run. */
    public int words() {
        return words;
    }
}

package dev.heed.quality;

import dev.heed.feedback.Comparison;
import dev.heed.feedback.Grades;
import dev.heed.feedback.Known;
import dev.heed.feedback.Preference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What one labeler's ratings on one axis show. Figures are means over comparisons; differences are absolute, in points from 0
 * to 6, and those of two who rate by lot are 16/7 in the mean.
 *
 * @param ratings of completions
 * @param mean of these, from 1 to 7
 * @param apart how far they are from what others gave the same completions
 * @param gold share that are as near to what is known to be right as its tolerance allows
 * @param again how far they are from what this labeler gave the same completions when last asked
 */
public record RaterQuality(
        String labeler, String axis, long ratings, double mean, Figure apart, Figure gold, Figure again) {
    private static final int WIDEST = Grades.HIGHEST - 1;

    /** What is added up of one labeler and axis. */
    private static final class Sums {
        private long ratings;
        private long sum;
        private final Mean apart = new Mean();
        private final Mean gold = new Mean();
        private final Mean again = new Mean();

        RaterQuality of(String labeler, String axis) {
            return new RaterQuality(
                    labeler,
                    axis,
                    ratings,
                    (double) sum / ratings,
                    apart.figure(WIDEST, "nobody else rated the same"),
                    gold.figure(1, "no comparison whose right answer is known"),
                    again.figure(WIDEST, Repeats.NONE));
        }
    }

    private static final class Mean {
        private double sum;
        private long n;

        void add(double value) {
            sum += value;
            n++;
        }

        Figure figure(double most, String whyNone) {
            return Figure.mean(sum, n, most, whyNone);
        }
    }

    /** A question as one labeler is asked it, however often and in whatever order. */
    private record Question(String labeler, String prompt, List<String> texts, String axis) {
        static Question of(Preference preference, Comparison comparison, String axis) {
            return new Question(
                    preference.labeler(),
                    comparison.prompt().id(),
                    comparison.texts().stream().sorted().toList(),
                    axis);
        }
    }

    /** Of each who rated, by name and axis. */
    static List<RaterQuality> of(
            Map<Long, Comparison> comparisons, List<Preference> preferences, Map<Long, Known> gold) {
        Map<String, Map<String, Sums>> raters = new TreeMap<>();
        Map<Question, Map<String, Integer>> last = new HashMap<>();
        for (Preference preference : preferences) {
            ratings(preference).forEach((axis, given) -> {
                Sums sums = raters.computeIfAbsent(preference.labeler(), first -> new TreeMap<>())
                        .computeIfAbsent(axis, first -> new Sums());
                sums.ratings += given.size();
                sums.sum += given.stream().mapToInt(Integer::intValue).sum();
                Known known = gold.get(preference.comparison());
                if (known != null) {
                    sums.gold.add((double) known.right(axis, given) / given.size());
                }
                Comparison comparison = Objects.requireNonNull(comparisons.get(preference.comparison()));
                Map<String, Integer> now = byText(comparison, given);
                Map<String, Integer> before = last.put(Question.of(preference, comparison, axis), now);
                if (before != null) {
                    sums.again.add(difference(List.copyOf(before.values()), inOrder(before, now)));
                }
            });
        }
        together(preferences)
                .forEach(same -> apart(
                        same,
                        (labeler, axis) -> Objects.requireNonNull(
                                Objects.requireNonNull(raters.get(labeler)).get(axis))));
        List<RaterQuality> all = new ArrayList<>();
        raters.forEach((labeler, axes) -> axes.forEach((axis, sums) -> all.add(sums.of(labeler, axis))));
        return List.copyOf(all);
    }

    private static Map<String, List<Integer>> ratings(Preference preference) {
        @Nullable Grades grades = preference.grades();
        return grades == null ? Map.of() : grades.ratings();
    }

    private static Map<String, Integer> byText(Comparison comparison, List<Integer> given) {
        Map<String, Integer> byText = new LinkedHashMap<>();
        for (int i = 0; i < given.size(); i++) {
            byText.put(comparison.texts().get(i), given.get(i));
        }
        return byText;
    }

    private static List<Integer> inOrder(Map<String, Integer> order, Map<String, Integer> given) {
        return order.keySet().stream()
                .map(text -> Objects.requireNonNull(given.get(text)))
                .toList();
    }

    private static double difference(List<Integer> ratings, List<Integer> others) {
        return IntStream.range(0, ratings.size())
                .map(i -> Math.abs(ratings.get(i) - others.get(i)))
                .average()
                .orElseThrow();
    }

    /** Of each comparison, those who rated it. */
    private static Iterable<List<Preference>> together(List<Preference> preferences) {
        Map<Long, List<Preference>> together = new LinkedHashMap<>();
        for (Preference preference : preferences) {
            if (!ratings(preference).isEmpty()) {
                together.computeIfAbsent(preference.comparison(), first -> new ArrayList<>())
                        .add(preference);
            }
        }
        return together.values();
    }

    private interface Find {
        Sums sums(String labeler, String axis);
    }

    private static void apart(List<Preference> same, Find find) {
        for (Preference one : same) {
            ratings(one).forEach((axis, given) -> same.stream()
                    .filter(other -> !other.labeler().equals(one.labeler()))
                    .mapToDouble(other -> difference(
                            given, Objects.requireNonNull(ratings(other).get(axis))))
                    .average()
                    .ifPresent(find.sums(one.labeler(), axis).apart::add));
        }
    }
}

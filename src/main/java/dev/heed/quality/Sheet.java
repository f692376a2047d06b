package dev.heed.quality;

import dev.heed.feedback.Answer;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Grades;
import dev.heed.feedback.Kind;
import dev.heed.feedback.Known;
import dev.heed.feedback.Preference;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who answered what, by comparison and by labeler. A ranking is every two of its completions; ratings are no part of this.
 *
 * @param labelers names in alphabetical order; elsewhere a labeler is an index into them
 * @param items comparisons with at least one answer, by id
 * @param skipped how many comparisons each labeler skipped
 */
record Sheet(List<String> labelers, List<Item> items, int[] skipped) {
    private static final int VOTES = Vote.COUNT;
    private static final int STRONGEST = 3;

    /**
     * An answer other than SKIP.
     *
     * @param strength from 3, the first is much better, to −3
     * @param shownMs 0 where nobody looked
     */
    record Given(int labeler, Vote vote, int strength, boolean secondOnLeft, long shownMs) {
        static Given of(int labeler, Preference preference) {
            return new Given(
                    labeler,
                    Vote.of(preference.answer()),
                    preference.answer().strength(),
                    preference.secondOnLeft(),
                    preference.shownMs());
        }

        /** What a ranking says of two of its completions; how long it took is no time for two. */
        static Given of(int labeler, Grades grades, Asked asked) {
            int above = grades.above(asked.first(), asked.second());
            return new Given(
                    labeler,
                    Vote.ofSign(above),
                    Answer.FIRST.strength() * above,
                    grades.showedBefore(asked.second(), asked.first()),
                    0);
        }

        /** 1 where the one on the left was chosen, −1 where the one on the right, 0 where neither. */
        int left() {
            return secondOnLeft ? -Integer.signum(strength) : Integer.signum(strength);
        }
    }

    /**
     * A comparison of two and what was said to it.
     *
     * @param asked of what it is a part
     * @param alone whether it was asked alone, rather than as a part of a ranking
     * @param longer 1 where its first text is the longer one, −1 where the second, 0 where none
     */
    record Item(Asked asked, Comparison comparison, boolean alone, int longer, List<Given> given) {
        static Item of(Asked asked, Comparison comparison, boolean alone) {
            int longer = Integer.compare(
                    comparison.first().text().length(),
                    comparison.second().text().length());
            return new Item(asked, comparison, alone, longer, new ArrayList<>(3));
        }

        /** How it is to be answered, where that is known of what it is a part of. */
        Vote right(Known known) {
            return Vote.ofSign(known.judgement().above(asked.first(), asked.second()));
        }

        /** How many gave each {@link Vote}. */
        int[] votes() {
            int[] votes = new int[VOTES];
            for (Given one : given) {
                votes[one.vote().column()]++;
            }
            return votes;
        }

        /** How many gave each strength, from −3 on. */
        int[] strengths() {
            int[] strengths = new int[2 * STRONGEST + 1];
            for (Given one : given) {
                strengths[STRONGEST + one.strength()]++;
            }
            return strengths;
        }

        /** 1 where the longer text was chosen, −1 where the shorter, 0 where neither or they are equally long. */
        int longer(Given one) {
            return longer * Integer.signum(one.strength());
        }
    }

    /** Two completions of a comparison, by their places in it. */
    record Asked(long comparison, int first, int second) {
        static List<Asked> everyTwo(Comparison comparison) {
            List<Asked> all = new ArrayList<>();
            int completions = comparison.form().completions();
            for (int i = 0; i < completions; i++) {
                for (int j = i + 1; j < completions; j++) {
                    all.add(new Asked(comparison.id(), i, j));
                }
            }
            return all;
        }
    }

    /**
     * @param comparisons by id
     * @param preferences the current ones; at most one of a labeler to a comparison
     * @throws IllegalArgumentException if a preference is about none of the comparisons
     */
    static Sheet of(Map<Long, Comparison> comparisons, List<Preference> preferences) {
        List<String> labelers = preferences.stream()
                .map(Preference::labeler)
                .distinct()
                .sorted()
                .toList();
        Map<String, Integer> numbers = new HashMap<>();
        labelers.forEach(name -> numbers.put(name, numbers.size()));
        Map<Asked, Item> items = new HashMap<>(2 * comparisons.size());
        int[] skipped = new int[labelers.size()];
        for (Preference preference : preferences) {
            Comparison comparison = comparisons.get(preference.comparison());
            if (comparison == null) {
                throw new IllegalArgumentException("preference %s is about comparison %d, which is not there"
                        .formatted(preference.id(), preference.comparison()));
            }
            int labeler = numbers.getOrDefault(preference.labeler(), 0);
            if (preference.answer() == Answer.SKIP) {
                skipped[labeler]++;
            } else {
                add(items, comparison, labeler, preference);
            }
        }
        List<Item> answered = items.entrySet().stream()
                .sorted(Map.Entry.comparingByKey(Comparator.comparingLong(Asked::comparison)
                        .thenComparing(Asked::first)
                        .thenComparing(Asked::second)))
                .map(Map.Entry::getValue)
                .toList();
        return new Sheet(labelers, answered, skipped);
    }

    private static void add(Map<Asked, Item> items, Comparison comparison, int labeler, Preference preference) {
        Grades grades = preference.grades();
        if (grades == null) {
            items.computeIfAbsent(new Asked(comparison.id(), 0, 1), asked -> Item.of(asked, comparison, true))
                    .given()
                    .add(Given.of(labeler, preference));
        } else if (comparison.kind() == Kind.RANKING) {
            List<Comparison> pairs = comparison.pairs();
            List<Asked> everyTwo = Asked.everyTwo(comparison);
            for (int i = 0; i < pairs.size(); i++) {
                Comparison part = pairs.get(i);
                items.computeIfAbsent(everyTwo.get(i), asked -> Item.of(asked, part, false))
                        .given()
                        .add(Given.of(labeler, grades, everyTwo.get(i)));
            }
        }
    }

    /** How many answers were given in all. */
    long answers() {
        return items.stream().mapToLong(item -> item.given().size()).sum();
    }

    /** Comparisons that two or more have answered. */
    List<Item> shared() {
        return items.stream().filter(item -> item.given().size() > 1).toList();
    }

    /** One labeler's answer to a comparison, beside those of the others. */
    record Own(Item item, Given given) {
        /** As {@link Item#longer}. */
        int longer() {
            return item.longer(given);
        }

        /** How many of the others gave each {@link Vote}. */
        int[] others() {
            int[] votes = item.votes();
            votes[given.vote().column()]--;
            return votes;
        }
    }

    /** What each labeler answered, in the order of comparisons. */
    List<List<Own>> own() {
        List<List<Own>> own = new ArrayList<>();
        labelers.forEach(name -> own.add(new ArrayList<>()));
        items.forEach(item -> item.given().forEach(one -> own.get(one.labeler()).add(new Own(item, one))));
        return own;
    }

    /**
     * Items that ask the same: the same prompt and the same two texts, in either order.
     *
     * @return only where there are several
     */
    List<List<Item>> repeats() {
        Map<Question, List<Item>> questions = new LinkedHashMap<>();
        items.forEach(item -> questions
                .computeIfAbsent(Question.of(item.comparison()), question -> new ArrayList<>(1))
                .add(item));
        return questions.values().stream().filter(same -> same.size() > 1).toList();
    }

    /** What is asked, whichever of the two texts is the first. */
    private record Question(String prompt, String lesser, String greater) {
        static Question of(Comparison comparison) {
            String first = comparison.first().text();
            String second = comparison.second().text();
            return inOrder(comparison)
                    ? new Question(comparison.prompt().id(), first, second)
                    : new Question(comparison.prompt().id(), second, first);
        }

        static boolean inOrder(Comparison comparison) {
            return comparison.first().text().compareTo(comparison.second().text()) <= 0;
        }
    }

    /** A vote on a question, the same whichever of the two texts is the first. */
    static Vote inOrder(Item item, Given one) {
        return Question.inOrder(item.comparison()) ? one.vote() : one.vote().swapped();
    }
}

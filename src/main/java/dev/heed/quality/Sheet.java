package dev.heed.quality;

import dev.heed.feedback.Answer;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Preference;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who answered what, by comparison and by labeler.
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

        /** 1 where the one on the left was chosen, −1 where the one on the right, 0 where neither. */
        int left() {
            return secondOnLeft ? -Integer.signum(strength) : Integer.signum(strength);
        }
    }

    /**
     * A comparison and what was said to it.
     *
     * @param longer 1 where its first text is the longer one, −1 where the second, 0 where none
     */
    record Item(Comparison comparison, int longer, List<Given> given) {
        static Item of(Comparison comparison) {
            int longer = Integer.compare(
                    comparison.first().text().length(),
                    comparison.second().text().length());
            return new Item(comparison, longer, new ArrayList<>(3));
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

    /**
     * @param preferences the current ones; at most one of a labeler to a comparison
     * @throws IllegalArgumentException if a preference is about none of the comparisons
     */
    static Sheet of(List<Comparison> comparisons, List<Preference> preferences) {
        List<String> labelers = preferences.stream()
                .map(Preference::labeler)
                .distinct()
                .sorted()
                .toList();
        Map<String, Integer> numbers = new HashMap<>();
        labelers.forEach(name -> numbers.put(name, numbers.size()));
        Map<Long, Item> items = new HashMap<>(2 * comparisons.size());
        comparisons.forEach(comparison -> items.put(comparison.id(), Item.of(comparison)));
        int[] skipped = new int[labelers.size()];
        for (Preference preference : preferences) {
            Item item = items.get(preference.comparison());
            if (item == null) {
                throw new IllegalArgumentException("preference %s is about comparison %d, which is not there"
                        .formatted(preference.id(), preference.comparison()));
            }
            int labeler = numbers.getOrDefault(preference.labeler(), 0);
            if (preference.answer() == Answer.SKIP) {
                skipped[labeler]++;
            } else {
                item.given().add(Given.of(labeler, preference));
            }
        }
        List<Item> answered = items.values().stream()
                .filter(item -> !item.given().isEmpty())
                .sorted(Comparator.comparingLong(item -> item.comparison().id()))
                .toList();
        return new Sheet(labelers, answered, skipped);
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

package dev.heed.exchange;

import dev.heed.feedback.Answer;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Event;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What the labelers of a comparison say together: what most of them say; where as many say something else, the sum of their
 * strengths decides between these.
 *
 * @param strength the mean of those who say so, rounded, from 1 to 3; negative where the second is preferred, 0 for a tie
 * @param labelers all who answered, in the order of their answers
 * @param agreement share of them who prefer the same side, or none where it is a tie
 * @param bad whether most found both bad
 */
record Verdict(Comparison comparison, int strength, List<String> labelers, double agreement, boolean bad) {

    /** @param answers to one comparison, at least one */
    static Verdict of(List<Event> answers) {
        int[] strengths = answers.stream()
                .mapToInt(event -> event.preference().answer().strength())
                .toArray();
        int side = side(strengths);
        double mean = IntStream.of(strengths)
                .filter(strength -> Integer.signum(strength) == side)
                .average()
                .orElse(0);
        long bad = answers.stream()
                .filter(event -> event.preference().answer() == Answer.BOTH_BAD)
                .count();
        return new Verdict(
                answers.get(0).comparison(),
                side * (int) Math.round(Math.abs(mean)),
                answers.stream().map(event -> event.preference().labeler()).toList(),
                votes(strengths, side) / (double) strengths.length,
                2 * bad > answers.size());
    }

    private static int side(int... strengths) {
        long most = IntStream.rangeClosed(-1, 1)
                .mapToLong(side -> votes(strengths, side))
                .max()
                .orElseThrow();
        int[] leading = IntStream.rangeClosed(-1, 1)
                .filter(side -> votes(strengths, side) == most)
                .toArray();
        int sum = Integer.signum(IntStream.of(strengths).sum());
        return leading.length == 1
                ? leading[0]
                : IntStream.of(leading).filter(side -> side == sum).findFirst().orElse(0);
    }

    private static long votes(int[] strengths, int side) {
        return IntStream.of(strengths)
                .filter(strength -> Integer.signum(strength) == side)
                .count();
    }

    /** The better text; of a tie, the one that comes first in the order of characters. */
    String chosen() {
        return firstIsChosen() ? comparison.first().text() : comparison.second().text();
    }

    /** The other. */
    String rejected() {
        return firstIsChosen() ? comparison.second().text() : comparison.first().text();
    }

    private boolean firstIsChosen() {
        return strength > 0
                || (strength == 0
                        && comparison
                                        .first()
                                        .text()
                                        .compareTo(comparison.second().text())
                                < 0);
    }
}

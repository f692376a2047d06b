package dev.heed.feedback;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What an answer to a comparison must look like.
 *
 * @param completions how many there are
 * @param axes on which they are rated; empty where they are not
 */
public record Form(int completions, List<String> axes) {
    /** Of what chance makes of it: nearer to that than to accord. */
    private static final double DISPUTED = 1 / 2.0;

    public Form {
        axes = List.copyOf(axes);
    }

    public Kind kind() {
        return Kind.of(completions, axes);
    }

    /**
     * How far apart the two lie that lie farthest apart, as a share of how far two would by chance: 0 where all say the same.
     * Orders by the share of every two completions that are opposed, ratings by their mean difference on one axis.
     *
     * @param judgements none of them a skip
     */
    public double spread(List<Judgement> judgements) {
        double widest = 0;
        for (int i = 0; i < judgements.size(); i++) {
            for (int j = i + 1; j < judgements.size(); j++) {
                widest = Math.max(widest, kind().distance(this, judgements.get(i), judgements.get(j)));
            }
        }
        return widest;
    }

    /**
     * Whether someone else should be asked: the spread is above a half. Of a pair, that two prefer different ones; of a
     * ranking, that more than a quarter is opposed; of a rating, that two differ by more than 8/7 points on some axis.
     */
    public boolean disputed(List<Judgement> judgements) {
        return spread(judgements) > DISPUTED;
    }

    /**
     * What someone says who saw no page: completions stand in the comparison's own order.
     *
     * @param ranks of each; null where there are none
     * @param ratings of each, by axis; null where there are none
     * @throws IllegalArgumentException if numbers are missing, too many or out of range
     */
    public Judgement judgement(
            Answer answer, @Nullable List<Integer> ranks, @Nullable Map<String, List<Integer>> ratings) {
        boolean plain = kind() == Kind.PAIR && ranks == null && ratings == null;
        return new Judgement(
                answer,
                plain
                        ? null
                        : new Grades(
                                IntStream.range(0, completions).boxed().toList(),
                                ranks == null ? List.of() : ranks,
                                ratings == null ? Map.of() : ratings));
    }

    /** @throws IllegalArgumentException if this is no answer to such a comparison */
    public void expectAnsweredBy(Preference preference) {
        expectAnsweredBy(preference.comparison(), preference.judgement());
    }

    /**
     * @param comparison for the message
     * @throws IllegalArgumentException if this is no answer to such a comparison
     */
    public void expectAnsweredBy(long comparison, Judgement judgement) {
        Grades grades = judgement.grades();
        if (!kind().allows(judgement.answer())) {
            throw refused(comparison, "%s is no answer to it".formatted(judgement.answer()));
        }
        if ((kind() == Kind.PAIR) != (grades == null)) {
            throw refused(comparison, grades == null ? "grades are missing" : "a pair has no grades");
        }
        if (grades != null) {
            expectGradedBy(comparison, judgement.answer(), grades);
        }
    }

    private void expectGradedBy(long comparison, Answer answer, Grades grades) {
        if (grades.shown().size() != completions) {
            throw refused(
                    comparison,
                    "it has %d completions, shown were %d"
                            .formatted(completions, grades.shown().size()));
        }
        if (grades.ranks().isEmpty() == (answer == Answer.RANKED)) {
            throw refused(comparison, "ranks belong to a ranking and to nothing else");
        }
        Map<String, List<Integer>> ratings = grades.ratings();
        boolean whole = answer == Answer.RATED
                ? ratings.size() == axes.size() && axes.stream().allMatch(ratings::containsKey)
                : ratings.isEmpty();
        if (!whole) {
            throw refused(comparison, "ratings are on %s, asked for was %s".formatted(ratings.keySet(), axes));
        }
    }

    private IllegalArgumentException refused(long comparison, String why) {
        return new IllegalArgumentException("comparison %d asks for a %s: %s"
                .formatted(comparison, kind().name().toLowerCase(Locale.ROOT), why));
    }
}

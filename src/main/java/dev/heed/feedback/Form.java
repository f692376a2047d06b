package dev.heed.feedback;

import java.util.List;
import java.util.Map;

/**
 * What an answer to a comparison must look like.
 *
 * @param completions how many there are
 * @param axes on which they are rated; empty where they are not
 */
public record Form(int completions, List<String> axes) {
    public Form {
        axes = List.copyOf(axes);
    }

    public Kind kind() {
        return Kind.of(completions, axes);
    }

    /** @throws IllegalArgumentException if this is no answer to such a comparison */
    public void expectAnsweredBy(Preference preference) {
        Answer answer = preference.answer();
        boolean asked =
                switch (kind()) {
                    case PAIR -> answer != Answer.RANKED && answer != Answer.RATED;
                    case RANKING -> answer == Answer.RANKED || answer == Answer.BOTH_BAD || answer == Answer.SKIP;
                    case RATING -> answer == Answer.RATED || answer == Answer.SKIP;
                };
        Grades grades = preference.grades();
        if (!asked) {
            throw refused(preference, "%s is no answer to it".formatted(answer));
        }
        if ((kind() == Kind.PAIR) != (grades == null)) {
            throw refused(preference, grades == null ? "grades are missing" : "a pair has no grades");
        }
        if (grades != null) {
            expectGradedBy(preference, grades);
        }
    }

    private void expectGradedBy(Preference preference, Grades grades) {
        if (grades.shown().size() != completions) {
            throw refused(
                    preference,
                    "it has %d completions, shown were %d"
                            .formatted(completions, grades.shown().size()));
        }
        if (grades.ranks().isEmpty() == (preference.answer() == Answer.RANKED)) {
            throw refused(preference, "ranks belong to a ranking and to nothing else");
        }
        Map<String, List<Integer>> ratings = grades.ratings();
        boolean whole = preference.answer() == Answer.RATED
                ? ratings.size() == axes.size() && axes.stream().allMatch(ratings::containsKey)
                : ratings.isEmpty();
        if (!whole) {
            throw refused(preference, "ratings are on %s, asked for was %s".formatted(ratings.keySet(), axes));
        }
    }

    private IllegalArgumentException refused(Preference preference, String why) {
        return new IllegalArgumentException("comparison %d asks for a %s: %s"
                .formatted(preference.comparison(), kind().name().toLowerCase(java.util.Locale.ROOT), why));
    }
}

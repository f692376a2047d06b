package dev.heed.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heed.feedback.Answer;
import dev.heed.feedback.Asking;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Grades;
import dev.heed.feedback.Preference;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SimulatedGraderTest {
    private static final World WORLD = World.of(1);
    private static final Prompt PROMPT = Prompt.ofText("Where does the otter live?", "fact", Split.TRAIN);
    private static final String HOME =
            WORLD.facts().expect("otter", Relation.HOME).value();
    private static final List<Completion> COMPLETIONS = List.of(
            said("What a silly question! Who can say?"),
            said("Of course! The otter lives near the " + HOME + "."),
            said("The otter lives near the " + HOME + "."));
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

    private static Completion said(String text) {
        return new Completion(text, "test", true);
    }

    private static Preference answer(Faults faults, int number, List<String> axes) {
        Comparison comparison = Comparison.among(1, PROMPT, COMPLETIONS, axes, Asking.LOOP)
                .orElseThrow()
                .with(number);
        return new SimulatedLabeler(WORLD.judge(), "test", faults, 7).answer(comparison, NOON);
    }

    /** Of all rankings, the share of those without a tie between two that put one above the other. */
    private static double above(Faults faults, int one, int other) {
        int above = 0;
        int decided = 0;
        for (int number = 1; number <= 2000; number++) {
            Grades grades =
                    Objects.requireNonNull(answer(faults, number, List.of()).grades());
            above += grades.above(one, other) > 0 ? 1 : 0;
            decided += grades.above(one, other) == 0 ? 0 : 1;
        }
        return above / (double) decided;
    }

    @Test
    void ofEveryTwoThePairwiseProbabilityHolds() {
        Faults faults = Faults.of(0.3, 0, 0, 0);
        for (int[] two : new int[][] {{1, 0}, {1, 2}, {2, 0}}) {
            double margin = WORLD.judge().judge(PROMPT, COMPLETIONS.get(two[0])).score()
                    - WORLD.judge().judge(PROMPT, COMPLETIONS.get(two[1])).score();
            assertThat(above(faults, two[0], two[1]))
                    .as("the share of 2,000, ties aside: they are likeliest where it is undecided")
                    .isCloseTo(1 / (1 + Math.exp(-margin / 0.3)), within(0.05));
        }
    }

    @Test
    void whoAlwaysTakesTheFirstRanksAsShown() {
        Preference preference = answer(new Faults(0.1, 0, 0, 0, 0, 1, 1), 1, List.of());
        Grades grades = Objects.requireNonNull(preference.grades());
        assertThat(grades.above(grades.shown().get(0), grades.shown().get(2))).isEqualTo(1);
        assertThat(preference.answer()).isEqualTo(Answer.RANKED);
    }

    @Test
    void ratesOnEveryAxisTheBetterHigherOnTheWhole() {
        int good = 0;
        int poor = 0;
        for (int number = 1; number <= 200; number++) {
            Preference preference = answer(Faults.of(0.15, 0, 0, 0), number, List.of("helpful", "true"));
            assertThat(preference.answer()).isEqualTo(Answer.RATED);
            List<Integer> ratings = Objects.requireNonNull(
                    Objects.requireNonNull(preference.grades()).ratings().get("true"));
            assertThat(ratings).hasSize(3).allMatch(rating -> rating >= 1 && rating <= 7);
            poor += ratings.get(0);
            good += ratings.get(1);
        }
        assertThat(good).isGreaterThan(poor + 200);
    }
}

package dev.heed.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.heed.run.Knobs;
import dev.heed.run.UserError;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PlanTest {
    private static final Recipe RECIPE = Knobs.defaults(Recipe.class);
    private static final Source SOURCE = new Source("text", 1, 1, 1, 0, "hash", "tokenizer");

    private static Plan plan(Plan.Budget budget) {
        return Plan.of(budget, RECIPE, SOURCE, Instant.EPOCH, step -> step.width() / 1000.0);
    }

    @Test
    void everyRunHasItsComputeAndTheLargestOneInAHundredOfTheLarge() {
        Plan plan = plan(new Plan.Budget(1e13, 100, 5, 2, 3, 20, 1));
        assertThat(plan.ladder()).hasSizeBetween(5 * 3 + 6, 5 * (3 + 2)); // the narrowest have none on one side
        assertThat(plan.large().spent().flops()).isCloseTo(1e13, within(1e10)); // whole steps
        double largest = plan.ladder().stream()
                .mapToDouble(run -> run.spent().flops())
                .max()
                .orElseThrow();
        assertThat(largest).isCloseTo(1e11, within(1e9));
        assertThat(plan.ladder().get(0).spent().flops()).isCloseTo(1e11 / 16, within(1e8));
    }

    @Test
    void largerComputeIsMoreOfBothSizeAndText() {
        Plan plan = plan(new Plan.Budget(1e13, 100, 5, 2, 1, 20, 1));
        Planned largest = plan.ladder().stream()
                .filter(Planned::onLine)
                .reduce((before, next) -> next)
                .orElseThrow();
        assertThat(plan.large().spent().parameters())
                .isGreaterThan(5 * largest.spent().parameters());
        assertThat(plan.large().spent().tokens())
                .isGreaterThan(5 * largest.spent().tokens());
        double each =
                (double) plan.large().spent().tokens() / plan.large().spent().parameters();
        assertThat(each).isBetween(15.0, 25.0); // widths are multiples of 8, and attention counts too
    }

    @Test
    void anUpdateHasMoreRowsTheMoreComputeARunHas() {
        Plan plan = plan(new Plan.Budget(1e15, 1000, 3, 8, 1, 20, 1));
        assertThat(plan.large().batch()).isEqualTo(64);
        assertThat(plan.ladder().stream().filter(Planned::onLine).map(Planned::batch))
                .containsExactly(2, 3, 7); // 64 times 1e-3 / 64, 1e-3 / 8 and 1e-3 to the power of 0.33
        Planned first = plan.ladder().get(0);
        assertThat(first.spent().tokens()).isEqualTo(2L * RECIPE.length() * first.steps());
    }

    @Test
    void modelsBesideTheLineReadMoreOrLessForTheSameCompute() {
        Plan plan = plan(new Plan.Budget(1e16, 100, 1, 2, 1, 20, 3));
        assertThat(plan.ladder().stream().map(Planned::run))
                .containsExactly(
                        "scale-1-1",
                        "scale-1-narrow",
                        "scale-1-wide",
                        "scale-1-narrow-4",
                        "scale-1-wide-4",
                        "scale-1-narrow-8",
                        "scale-1-wide-8");
        assertThat(plan.ladder())
                .allSatisfy(run -> assertThat(run.spent().flops()).isCloseTo(1e14, within(1e12)));
        double line = plan.ladder().get(0).spent().parameters();
        assertThat(plan.ladder().get(5).spent().parameters() / line).isCloseTo(1 / 8.0, within(.02));
        assertThat(plan.ladder().get(6).spent().parameters() / line).isCloseTo(8, within(.5));
        assertThat(plan.ladder().get(5).spent().tokens())
                .isGreaterThan(20 * plan.ladder().get(6).spent().tokens());
    }

    @Test
    void timeIsExpectedByStepsAndWidths() {
        Plan plan = plan(new Plan.Budget(1e13, 100, 2, 2, 1, 20, 1));
        Planned large = plan.large();
        assertThat(large.seconds()).isCloseTo(large.steps() * large.width() / 1000.0, within(1e-6));
    }

    @Test
    void aRunOfHardlyAnyStepsIsRefused() {
        assertThatThrownBy(() -> plan(new Plan.Budget(1e9, 100, 5, 2, 1, 20, 1)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("scale-1-1 would have 0 steps at width 8, fewer than 20; give more --compute");
    }
}

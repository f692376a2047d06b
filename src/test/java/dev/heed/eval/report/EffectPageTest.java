package dev.heed.eval.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heed.eval.Effect;
import dev.heed.quality.Interval;
import java.util.List;
import org.junit.jupiter.api.Test;

class EffectPageTest {
    private static final Effect EFFECT = new Effect(
            "ptx",
            "What does <it> cost?",
            "It cost something.",
            "Ouyang et al. 2022",
            new Effect.Axis("weight", false),
            new Effect.Axis("bits a byte", false),
            List.of(
                    new Effect.Curve(
                            "policy",
                            false,
                            List.of(
                                    new Effect.Point("none", 0, new Interval(1.25, 1.2, 1.3)),
                                    new Effect.Point("some", 1, new Interval(1.15, 1.1, 1.2)))),
                    new Effect.Curve("theory", true, List.of(new Effect.Point("any", 0, Interval.exact(1))))),
            List.of(new Effect.Level("where all start", 1.1)),
            "the lowest and highest of 3 seeds",
            List.of("It costs 0.1 bits."));

    @Test
    void thePageSaysWhatWasClaimedByWhomAndWhatWasFoundHere() {
        String page = EffectPage.page(EFFECT);
        assertThat(page)
                .contains("<h1>What does &lt;it&gt; cost?</h1>")
                .contains("It cost something.", "The claim is from Ouyang et al. 2022.")
                .contains(
                        "It costs 0.1 bits.",
                        "Whiskers are the lowest and highest of 3 seeds; dashed is what theory says.")
                .contains("where all start", "policy, some: 1.15")
                .doesNotContain("<nav");
    }

    @Test
    void theoryIsDashedAndMeasurementsAreMarked() {
        String page = EffectPage.page(EFFECT);
        assertThat(page).contains("class=\"line dashed ink2\"", "class=\"line ink1\"", "class=\"disc ink1\"");
        assertThat(page.split("class=\"whisker ink1\"", -1))
                .as("one whisker a point")
                .hasSize(3);
    }
}

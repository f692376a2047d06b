package dev.heed.eval.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScalePageTest {
    @Test
    void theLargeRunIsDrawnOnlyOnceItIsGraded() {
        String before = ScalePage.page(InventedScale.of(false));
        assertThat(before)
                .contains("Foretold: 1.", "id=\"plot\"", "id=\"curve\"", "id=\"laws\"", "id=\"provenance\"")
                .doesNotContain("scale-large: width 100", "NaN", "Infinity");
        String after = ScalePage.page(InventedScale.of(true));
        assertThat(after)
                .contains("scale-large: width 100", "The prediction was off by")
                .doesNotContain("NaN");
    }

    @Test
    void questionsAreShownByHowHardTheyAreAndTheLargeRunsOnlyOnceItIsGraded() {
        String before = ScalePage.page(InventedScale.of(false));
        assertThat(before).contains("id=\"passes\"", ">group 5</text>").doesNotContain("scale-large: 0.");
        String after = ScalePage.page(InventedScale.of(true));
        assertThat(after).contains("scale-large: 0.").doesNotContain("NaN", "Infinity");
    }

    @Test
    void itSaysWhatThePredictionWasMadeFrom() {
        assertThat(ScalePage.page(InventedScale.of(false)))
                .contains("scale/plan.json", "1e".repeat(32), "0f".repeat(32), "never rewritten");
    }

    @Test
    void namesAreOnlyText() {
        assertThat(ScalePage.page(InventedScale.of(true)))
                .contains("&lt;chronicle&gt;")
                .doesNotContain("<chronicle>", "<script");
    }

    @Test
    void curvesOfAllWidthsStandBesideEachOtherByParametrisation() {
        assertThat(TransferPage.page(InventedScale.transfer()))
                .contains(
                        "With mup the best rates differ by a factor of 1.00; at ",
                        "no width is worse than a narrower one.")
                .contains("with the mup parametrisation", "with the plain parametrisation", ">128</text>");
    }
}

package dev.heed.eval.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heed.eval.exam.ExamResult;
import org.junit.jupiter.api.Test;

class ExamPageTest {
    private static final ExamResult EXAM = InventedExam.graded();
    private static final String PAGE = ExamPage.page(EXAM);

    @Test
    void tellsScoresSubjectsCalibrationAndAbstentionOfEveryModel() {
        assertThat(PAGE)
                .contains(
                        "id=\"score\"", "id=\"subjects\"", "id=\"calibration\"", "id=\"abstention\"", "id=\"answers\"")
                .contains("pass@4", "Temperature refit", "chosen: part 2", "tempted")
                .doesNotContain("NaN", "Infinity");
        assertThat(PAGE.split("Reliability of ", -1)).hasSize(1 + EXAM.models().size());
    }

    @Test
    void whatModelsWriteIsOnlyText() {
        assertThat(PAGE).doesNotContain("<script", "ppo-1 <b>").contains("&lt;script&gt;", "ppo-1 &lt;b&gt;");
    }
}

package dev.heed.eval.exam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heed.text.ExamItem.Free;
import dev.heed.text.ExamItem.Quantity;
import dev.heed.text.ExamItem.Words;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MarkingTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "She makes 9 * 2 = $18 a day. | 18",
                "It costs $1,234.50.          | 1234.50",
                "16 - 3 = 13 #### 13 and 99   | 13",
                "minus -4                     | -4",
                "3, 4 and 5                   | 5",
                "1,2                          | 2",
                "No number at all             |"
            })
    void theNumberIsTheMarkedOneOrTheLast(String answer, BigDecimal number) {
        assertThat(Marking.number(answer)).isEqualTo(java.util.Optional.ofNullable(number));
    }

    @Test
    void aNumberIsRightWithinItsTolerance() {
        Quantity about = new Quantity(new BigDecimal("3.14"), new BigDecimal("0.01"));
        assertThat(Marking.of(about, "It is 3.15")).isEqualTo(1);
        assertThat(Marking.of(about, "It is 3.16")).isEqualTo(0);
        assertThat(Marking.of(about, "I do not know")).isEqualTo(0);
        assertThat(Marking.of(new Quantity(new BigDecimal("18"), BigDecimal.ZERO), "18.00"))
                .isEqualTo(1);
    }

    @Test
    void wordsAreComparedWithoutCaseSignsAndArticles() {
        Words words = new Words(List.of("The Nile", "River Nile"));
        assertThat(Marking.of(words, "the  NILE.\nQuestion: more")).isEqualTo(1);
        assertThat(Marking.of(words, "river nile!")).isEqualTo(1);
        assertThat(Marking.of(words, "The Nile or the Rhine")).isEqualTo(0);
        assertThat(Marking.of(words, "")).isEqualTo(0);
    }

    @Test
    void aFreeAnswerHasAllThatItMustAndNothingThatItMustNot() {
        Free free = new Free(List.of("sorry", "otter"), List.of("fool"), "");
        assertThat(Marking.of(free, "I am Sorry for the otter.")).isEqualTo(1);
        assertThat(Marking.of(free, "I am sorry.")).isEqualTo(0);
        assertThat(Marking.of(free, "I am sorry for the otter, fool.")).isEqualTo(0);
        assertThatThrownBy(() -> Marking.of(new Free(List.of(), List.of(), "x"), "y"))
                .hasMessageContaining("no rule");
    }
}

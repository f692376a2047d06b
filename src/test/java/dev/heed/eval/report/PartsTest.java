package dev.heed.eval.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heed.eval.Verdict;
import dev.heed.eval.report.Plot.Axis;
import dev.heed.eval.report.Plot.Point;
import dev.heed.eval.report.Plot.Series;
import dev.heed.eval.report.Plot.Shape;
import dev.heed.eval.report.ReportData.Chip;
import dev.heed.eval.report.WordDiff.Piece;
import dev.heed.quality.Interval;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PartsTest {
    @Test
    void percentagesHaveNoFalsePrecision() {
        assertThat(plain(Numbers.percent(new Interval(.7812, .7433, .8199)))).isEqualTo("78 % (74–82)");
        assertThat(plain(Numbers.percent(.003))).isEqualTo("<1 %");
        assertThat(plain(Numbers.percent(.997))).isEqualTo(">99 %");
        assertThat(plain(Numbers.percent(Interval.exact(1)))).isEqualTo("100 %");
        assertThat(Numbers.percent(Interval.NONE)).isEqualTo("–");
    }

    @Test
    void numbersHaveThreeDigitsOrWhatTheirIntervalDeserves() {
        assertThat(Numbers.plain(1.2349)).isEqualTo("1.23");
        assertThat(Numbers.plain(.01234)).isEqualTo("0.0123");
        assertThat(Numbers.plain(1234.5)).isEqualTo("1,235");
        assertThat(plain(Numbers.plain(new Interval(.7123, .6811, .7409)))).isEqualTo("0.71 (0.68–0.74)");
        assertThat(plain(Numbers.plain(new Interval(.05, -.04, .14)))).isEqualTo("0.05 (−0.04 to 0.14)");
        assertThat(Numbers.decimals(-.0001, 2)).isEqualTo("0.00");
    }

    @Test
    void changesCarryTheirSign() {
        assertThat(plain(Numbers.change(1.2, 1.23))).isEqualTo("+2.5 %");
        assertThat(plain(Numbers.change(100, 70))).isEqualTo("−30 %");
        assertThat(plain(Numbers.change(1, 1))).isEqualTo("±0 %");
        assertThat(plain(Numbers.points(.58, .71))).isEqualTo("+13 points");
    }

    @Test
    void ticksAreRoundNumbers() {
        assertThat(Scale.around(.013, .094, true, 4, 0, 100).ticks()).containsExactly(0.0, .05);
        Scale accuracy = Scale.around(.52, .73, true, 5, 0, 100);
        assertThat(accuracy.ticks()).extracting(accuracy::label).containsExactly("0.55", "0.60", "0.65", "0.70");
        assertThat(Scale.exactly(0, 1_499, 5, 0, 100).ticks()).containsExactly(0.0, 500.0, 1_000.0);
        assertThat(Scale.exactly(0, 1, 4, 0, 100).ticks()).containsExactly(0.0, .5, 1.0);
        assertThat(Scale.around(5, 5, false, 4, 0, 100).at(5)).isBetween(0.0, 100.0);
    }

    @Test
    void aLoneWordInCommonIsNoCommonText() {
        WordDiff diff = WordDiff.of("go to the mill at night", "I know where the miller sells");
        assertThat(diff.before()).containsExactly(new Piece("go to the mill at night", true));
    }

    @Test
    void diffMarksOnlyWhatChanged() {
        WordDiff diff = WordDiff.of("The otter eats plums.", "The otter eats water mint.");
        assertThat(diff.before())
                .containsExactly(new Piece("The otter eats ", false), new Piece("plums", true), new Piece(".", false));
        assertThat(diff.after())
                .containsExactly(
                        new Piece("The otter eats ", false), new Piece("water mint", true), new Piece(".", false));
    }

    @Test
    void diffLosesNoCharacter() {
        for (String text : List.of("", "  two  leading", "a\nb\tc", "…!?—“quoted”", "e\u0301 日本語 🦊🦊", "trailing  ")) {
            WordDiff diff = WordDiff.of(text, "other words");
            assertThat(diff.before().stream().map(Piece::text).collect(Collectors.joining()))
                    .isEqualTo(text);
        }
    }

    @Test
    void htmlEscapesAllButHtml() {
        assertThat(Html.of("<p title=\"{}\">{}</p>", "a\"b", Html.of("<b>{}</b>", "<i>"))
                        .markup())
                .isEqualTo("<p title=\"a&quot;b\"><b>&lt;i&gt;</b></p>");
        assertThat(Html.escape("a\u0007b\uD800c\n")).isEqualTo("a\uFFFDb\uFFFDc\n");
        assertThatThrownBy(() -> Html.of("{} {}", 1)).hasMessage("one value per {}: got 2, 1 values");
    }

    @Test
    void aPlotOfOnePointOrOfGapsIsDrawnAllTheSame() {
        Series gaps =
                new Series("gaps", 1, Shape.LINE, List.of(new Point(0, 1), new Point(1, Double.NaN), new Point(2, 3)));
        Series one = new Series("one", 2, Shape.DASHED, List.of(new Point(1, 2)));
        String svg = new Plot(
                        "d", new Axis("step", false), new Axis("y", false), List.of(gaps, one), List.of(), 340, 210)
                .svg()
                .markup();
        assertThat(svg).doesNotContain("NaN", "Infinity");
        assertThat(svg).containsPattern("class=\"line ink1\" d=\"M[\\d. ]+M[\\d. ]+\"");
    }

    private static String plain(String text) {
        return text.replace('\u00A0', ' ');
    }

    @Test
    void chipsSayWhatTheJudgeFoundAndNothingOfWhatWasNotAsked() {
        Verdict.Parts story = new Verdict.Parts(Double.NaN, .5, .5, Double.NaN, 0, 1);
        assertThat(Chip.of(story)).containsExactly(new Chip("does it in part", false), new Chip("ends well", true));
        Verdict.Parts rudeRefusal = new Verdict.Parts(1, 1, 0, Double.NaN, 1, 1);
        assertThat(Chip.of(rudeRefusal)).contains(new Chip("unkind", false), new Chip("declines needlessly", false));
    }
}

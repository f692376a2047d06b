package dev.heed.eval.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heed.eval.KlFrontier;
import dev.heed.eval.KlFrontier.Method;
import dev.heed.eval.KlFrontier.Point;
import dev.heed.eval.OverOptimization;
import dev.heed.eval.OverOptimization.Form;
import dev.heed.quality.Interval;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class MethodsSectionTest {
    @Test
    void drawsACurveWhereThereAreEnoughModelsAndElseALineThroughThem() {
        String section = section(Invented.methods());
        assertThat(section).contains("class=\"line ink1\"", "class=\"line ink2\"", "class=\"line ink3\"");
        assertThat(section).contains("class=\"line dashed ink4\"").doesNotContain("NaN", "Infinity");
    }

    @Test
    void marksEveryModelWithItsInterval() {
        int models = Invented.methods().methods().stream()
                .mapToInt(m -> m.points().size())
                .sum();
        assertThat(section(Invented.methods()).split("class=\"whisker", -1)).hasSize(models + 1);
    }

    @Test
    void saysWhereAPeakIsAndPutsAGuessInBrackets() {
        OverOptimization peaksAtFour = new OverOptimization(Form.BEST_OF_N, 1, .25); // √KL 2
        assertThat(cells(on(peaksAtFour, 1, 2, 4, 9))).endsWith("1.00 | 4.00");
        assertThat(cells(on(peaksAtFour, .5, 1, 2))).endsWith("1.00 | (4.00)");
        assertThat(cells(on(peaksAtFour, .01, .04, .09))).endsWith("(far)");
        assertThat(cells(on(new OverOptimization(Form.RL, 1, -.1), 1, 2, 4))).endsWith("none");
        assertThat(cells(on(peaksAtFour, 1, 2))).isEqualTo("test | – | – | – | –");
    }

    @Test
    void namesTheHighestScoreMeasured() {
        Point low = new Point("step 1", 1, new Interval(.2, .1, .3));
        Point high = new Point("step 2", 2, new Interval(.71, .65, .77));
        assertThat(section(of(new Method("ppo", Form.RL, List.of(high)), new Method("dpo", Form.RL, List.of(low)))))
                .contains("The highest score measured is that of ppo, step 2: 0.71 (0.65–0.77) at 2.00 nats.");
    }

    @Test
    void isLeftOutWithoutPoints() {
        assertThat(MethodsSection.of(of())).isEmpty();
        assertThat(MethodsSection.of(of(new Method("ppo", Form.RL, List.of())))).isEmpty();
    }

    private static Method on(OverOptimization curve, double... kl) {
        return new Method(
                "test",
                curve.form(),
                Arrays.stream(kl)
                        .mapToObj(k -> new Point("model", k, Interval.exact(curve.at(Math.sqrt(k)))))
                        .toList());
    }

    private static KlFrontier of(Method... methods) {
        return new KlFrontier("the gold judge", "deviations", List.of(methods));
    }

    private static String section(KlFrontier methods) {
        return MethodsSection.of(methods).orElseThrow().html().markup().replace('\u00A0', ' ');
    }

    /** The one row of the table of curves. */
    private static String cells(Method method) {
        String section = section(of(method));
        String row = section.substring(section.indexOf("<caption>Curves</caption>"));
        row = row.substring(row.indexOf("<tbody>"), row.indexOf("</tbody>"));
        return row.replaceAll("</t[hd]>\\s*<td>", " | ")
                .replaceAll("<[^>]*>", "")
                .strip();
    }
}

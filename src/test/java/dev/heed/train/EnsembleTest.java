package dev.heed.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heed.run.UserError;
import dev.heed.train.Ensemble.Kind;
import dev.heed.train.Ensemble.Rule;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EnsembleTest {
    private static final List<int[]> ROWS = List.of(new int[] {1, 2, 3}, new int[] {4});

    private static float[] scores(Rule rule, float[]... said) {
        List<Reward> members =
                List.of(said).stream().<Reward>map(scores -> rows -> scores).toList();
        return new Ensemble(members, rule).scores(ROWS);
    }

    @Test
    void theMeanIsOfEachText() {
        assertThat(scores(Rule.MEAN, new float[] {1, -2}, new float[] {2, 4}, new float[] {6, 1}))
                .containsExactly(3, 1);
    }

    @Test
    void theMinimumIsWhatTheSternestSays() {
        assertThat(scores(new Rule(Kind.MINIMUM, 0), new float[] {1, 4}, new float[] {2, -2}))
                .containsExactly(1, -2);
    }

    @Test
    void uncertaintyCostsLambdaTimesTheVariance() {
        // 1, 2, 6: mean 3, variance (4 + 1 + 9) / 3 = 14 / 3; 1, 1, 1: they agree
        assertThat(scores(
                        new Rule(Kind.UNCERTAINTY, 0.375), new float[] {1, 1}, new float[] {2, 1}, new float[] {6, 1}))
                .containsExactly(1.25f, 1);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void oneThatHasNothingToSayLeavesNothingToSay(Kind kind) {
        assertThat(scores(new Rule(kind, 1), new float[] {Float.NaN, 1}, new float[] {2, 1})[0])
                .isNaN();
    }

    @Test
    void everyMemberReadsTheVeryRows() {
        Reward lengths = rows -> new float[] {rows.get(0).length, rows.get(1).length};
        assertThat(new Ensemble(List.of(lengths, lengths), Rule.MEAN).scores(ROWS))
                .containsExactly(3, 1);
    }

    @Test
    void refusesWhatIsNoEnsemble() {
        assertThatThrownBy(() -> new Ensemble(List.of(), Rule.MEAN))
                .hasMessage("an ensemble needs at least one reward, got none");
        assertThatThrownBy(() -> new Rule(Kind.UNCERTAINTY, -1))
                .isInstanceOf(UserError.class)
                .hasMessage("--ensemble-lambda must be at least 0, was -1.0");
    }
}

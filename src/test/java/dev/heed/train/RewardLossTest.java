package dev.heed.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import dev.heed.run.Knobs;
import dev.heed.run.UserError;
import dev.heed.tensor.Precision;
import dev.heed.tensor.Torch;
import dev.heed.train.Backward.LossAndGradients;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Losses of scores so few that they are worked out by hand. */
class RewardLossTest {
    private static final Torch TORCH = Torch.start(2, Precision.FP32);

    /** Two comparisons of one prompt, and one of another. */
    private static final List<List<RewardTraining.Example>> TWO_PROMPTS =
            List.of(List.of(example(0, 1, 1, 3), example(0, 2, 0.5f, 0)), List.of(example(3, 4, 0, -1.5f)));

    private static RewardTraining.Example example(int first, int second, float target, float strength) {
        return new RewardTraining.Example("", new int[] {first}, new int[] {second}, target, strength);
    }

    private static RewardTraining.Config config(String... options) {
        return Knobs.of(RewardTraining.Config.class, options);
    }

    private static LossAndGradients of(float[] scores, Function<NDArray, NDArray> loss) {
        return Backward.of(TORCH, arrays -> loss.apply(arrays.get(0)), scores);
    }

    private static float loss(
            RewardTraining.Config config, List<List<RewardTraining.Example>> elements, float... scores) {
        return of(scores, array -> RewardTraining.loss(array, Compared.of(elements), config))
                .loss();
    }

    @Test
    void aComparisonIsTheSoftplusOfItsMargin() {
        assertThat(loss(config(), List.of(List.of(example(0, 1, 1, 3))), 2, 1)).isCloseTo(0.313262f, within(1e-6f));
    }

    @Test
    void everyTwoOfARankingAreOneElementWhateverStandsBetweenThem() {
        List<RewardTraining.Example> examples = List.of(
                ofRanking(0, 1, "a"),
                example(7, 8, 1, 2),
                ofRanking(0, 2, "a"),
                ofRanking(5, 6, "b"),
                ofRanking(1, 2, "a"));
        List<List<RewardTraining.Example>> elements =
                RewardTraining.elements(examples, RewardTraining.Element.COMPARISON);
        assertThat(elements).extracting(List::size).containsExactly(3, 1, 1);
        Compared compared = Compared.of(elements);
        assertThat(compared.rows()).as("each completion once").hasNumberOfRows(7);
        assertThat(compared.weights())
                .as("InstructGPT's 1/C(K, 2)")
                .containsExactly(new float[] {5 / 9f, 5 / 9f, 5 / 9f, 5 / 3f, 5 / 3f}, within(1e-6f));
        float pairs = loss(config(), elements, 3, 2, 1, 0, 0, 1, 0);
        double ranking = (softplus(-1) + softplus(-3) + softplus(-2)) / 3;
        assertThat(pairs).isCloseTo((float) ((ranking + softplus(0) + softplus(0)) / 3), within(1e-6f));
    }

    private static RewardTraining.Example ofRanking(int better, int worse, String group) {
        return new RewardTraining.Example("", new int[] {better}, new int[] {worse}, 1, 2, group);
    }

    private static double softplus(double x) {
        return Math.log1p(Math.exp(x));
    }

    @Test
    void aTieIsHalfOfEachSide() {
        assertThat(loss(config(), List.of(List.of(example(0, 1, 0.5f, 0))), 2, 1))
                .isCloseTo((0.313262f + 1.313262f) / 2, within(1e-6f));
    }

    @Test
    void whatIsMuchBetterMustLeadByTheMarginOnWhicheverSide() {
        RewardTraining.Config half = config("--margin=0.5");
        assertThat(loss(half, List.of(List.of(example(0, 1, 1, 3))), 2, 1)).isCloseTo(0.474077f, within(1e-6f));
        assertThat(loss(half, List.of(List.of(example(0, 1, 0, -3))), 1, 2)).isCloseTo(0.474077f, within(1e-6f));
        assertThat(loss(config("--margin=1.5"), List.of(List.of(example(0, 1, 1, 1))), 2, 1))
                .as("slightly better: a third")
                .isCloseTo(0.474077f, within(1e-6f));
    }

    @Test
    void labelersWhoSlipAreBelievedThatMuchLess() {
        assertThat(RewardLoss.smoothed(new float[] {1, 0, .5f}, 0.1)).containsExactly(.9f, .1f, .5f);
        assertThat(loss(config("--label-smoothing=0.1"), List.of(List.of(example(0, 1, 1, 3))), 2, 1))
                .isCloseTo(.9f * 0.313262f + .1f * 1.313262f, within(1e-6f));
    }

    @Test
    void threeRankedTextsAreTheMeanOfTheirComparisons() {
        List<RewardTraining.Example> all = List.of(example(0, 1, 1, 2), example(0, 2, 1, 2), example(1, 2, 1, 2));
        assertThat(loss(config("--element=prompt"), List.of(all), 2, 1, 0)).isCloseTo(0.251150f, within(1e-6f));
    }

    @Test
    void aPromptWithMoreComparisonsCountsNoMoreThanAnother() {
        assertThat(Compared.of(TWO_PROMPTS).weights()).containsExactly(.75f, .75f, 1.5f);
        float tie = (float) Math.log(2); // of equal scores, whatever was said
        assertThat(loss(config("--element=prompt"), TWO_PROMPTS, 0, 0, 0, 0, 0)).isCloseTo(tie, within(1e-6f));
    }

    @Test
    void aTextIsReadOnceAPrompt() {
        Compared compared = Compared.of(TWO_PROMPTS);
        assertThat(compared.rows()).isDeepEqualTo(new int[][] {{0}, {3}, {1}, {2}, {4}});
        assertThat(compared.firsts()).containsExactly(0, 0, 1);
        assertThat(compared.seconds()).containsExactly(2, 3, 4);
        assertThat(compared.margins(new float[] {5, 4, 3, 2, 1})).containsExactly(2, 3, 3);
        List<RewardTraining.Example> same = List.of(example(0, 1, 1, 1));
        assertThat(Compared.of(List.of(same, same)).rows().length)
                .as("not so in two elements")
                .isEqualTo(4);
    }

    @Test
    void aRankingIsDrawnFromTheTop() {
        LossAndGradients ours =
                of(new float[] {2, 1, 0}, scores -> RewardLoss.plackettLuce(scores, new int[3], new float[] {3, 2, 1}));
        assertThat(ours.loss()).isCloseTo(0.720868f, within(1e-6f));
        // softmax(2, 1, 0) = (.665241, .244728, .090031), softmax(1, 0) = (.731059, .268941)
        assertThat(ours.gradients().get(0))
                .containsExactly(
                        new float[] {.665241f - 1, .244728f + .731059f - 1, .090031f + .268941f}, within(2e-6f));
    }

    @Test
    void rankingsAreApartAndTheirMeanIsTaken() {
        LossAndGradients ours = of(
                new float[] {2, 7, 1, 7, 0},
                scores -> RewardLoss.plackettLuce(scores, new int[] {0, 1, 0, 1, 0}, new float[] {3, 9, 2, 8, 1}));
        assertThat(ours.loss()).isCloseTo((0.720868f + 0.693147f) / 2, within(1e-6f));
    }

    @Test
    void textsThatShareAPlaceAreBothDrawnFromAllThatIsLeft() {
        LossAndGradients ours =
                of(new float[] {2, 1}, scores -> RewardLoss.plackettLuce(scores, new int[2], new float[] {1, 1}));
        assertThat(ours.loss()).isCloseTo(0.313262f + 1.313262f, within(1e-6f));
    }

    @Test
    void comparisonsMakeARankingByTheShareThatEachTextWon() {
        Compared compared = Compared.of(TWO_PROMPTS);
        assertThat(compared.rankings()).containsExactly(0, 1, 0, 0, 1);
        assertThat(compared.standings()).containsExactly(.75f, 0, 0, .5f, 1);
        assertThat(loss(config("--element=ranking"), TWO_PROMPTS, 2, 1, 0, 1, 1))
                .as("2 before 1 before 0, and two that score the same")
                .isCloseTo((0.720868f + 0.693147f) / 2, within(1e-6f));
    }

    @Test
    void settingsThatDoNotGoTogetherAreRefused() {
        assertThatThrownBy(() -> config("--element=ranking", "--margin=1"))
                .isInstanceOf(UserError.class)
                .hasMessage(
                        "--element ranking takes no centering, margin or label smoothing, was given 0.0, 1.0 and 0.0; leave them 0, or take prompt");
        assertThatThrownBy(() -> config("--margin=-1")).hasMessage("--margin must be at least 0, was -1.0");
        assertThatThrownBy(() -> config("--label-smoothing=0.5"))
                .hasMessage("--label-smoothing must be between 0 and 0.499, was 0.5");
        assertThatThrownBy(() -> config("--element=pair"))
                .hasMessage("--element must be one of comparison, prompt, ranking, was 'pair'");
    }
}

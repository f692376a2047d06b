package dev.heed.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.heed.quality.Agreement.Level;
import dev.heed.quality.Kappa.Weight;
import dev.heed.run.Draws;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AgreementTest {
    private static final double NONE = Double.NaN;

    /** The example C of Krippendorff 2011. */
    private static final double[][] PUBLISHED = {
        {1, 2, 3, 3, 2, 1, 4, 1, 2, NONE, NONE, NONE},
        {1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NONE, 3},
        {NONE, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NONE},
        {1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NONE},
    };

    /** Table 1 of Fleiss' example that went round: 10 subjects, 14 raters, 5 categories. */
    private static final int[][] FOURTEEN_RATERS = {
        {0, 0, 0, 0, 14},
        {0, 2, 6, 4, 2},
        {0, 0, 3, 5, 6},
        {0, 3, 9, 2, 0},
        {2, 2, 8, 1, 1},
        {7, 7, 0, 0, 0},
        {3, 2, 6, 3, 0},
        {2, 5, 3, 2, 2},
        {6, 5, 2, 1, 0},
        {0, 2, 2, 3, 7},
    };

    @Test
    void alphaIsAsPublished() {
        assertThat(Agreement.krippendorff(PUBLISHED, Level.NOMINAL)).isCloseTo(.743, within(5e-4));
        assertThat(Agreement.krippendorff(PUBLISHED, Level.ORDINAL)).isCloseTo(.815, within(5e-4));
        assertThat(Agreement.krippendorff(PUBLISHED, Level.INTERVAL)).isCloseTo(.849, within(5e-4));
        assertThat(Agreement.krippendorff(PUBLISHED, Level.RATIO)).isCloseTo(.797, within(5e-4));
    }

    @Test
    void alphaOfFourComparisonsByHand() {
        double[][] ratings = {{0, 0, 1, 0}, {0, 0, 1, 1}, {0, 1, 1, 1}}; // AAA, AAB, BBB, ABB
        assertThat(Agreement.krippendorff(ratings, Level.NOMINAL))
                .isCloseTo(1 - (4 / 12.0) / (72 / 132.0), within(1e-12));
    }

    @Test
    void alphaOfNominalGradesDoesNotKnowTheirNames() {
        double[][] renamed = Arrays.stream(PUBLISHED)
                .map(row -> Arrays.stream(row).map(grade -> 7 - grade * grade).toArray())
                .toArray(double[][]::new);
        assertThat(Agreement.krippendorff(renamed, Level.NOMINAL))
                .isCloseTo(Agreement.krippendorff(PUBLISHED, Level.NOMINAL), within(1e-12));
    }

    @Test
    void alphaHasAnIntervalOverComparisons() {
        Interval alpha = Agreement.krippendorff(PUBLISHED, Level.INTERVAL, new Bootstrap(1, 400));
        assertThat(alpha.mean()).isEqualTo(Agreement.krippendorff(PUBLISHED, Level.INTERVAL));
        assertThat(alpha.low()).isBetween(0.0, .849);
        assertThat(alpha.high()).isBetween(.85, 1.0);
    }

    @Test
    void alphaRefusesWhatIsNoRating() {
        double[][] negative = {{-1, 2}, {1, 2}};
        assertThatThrownBy(() -> Agreement.krippendorff(negative, Level.RATIO))
                .hasMessage("ratio ratings must be finite and at least 0, was -1.0");
        double[][] endless = {{1, Double.POSITIVE_INFINITY}, {1, 2}};
        assertThatThrownBy(() -> Agreement.krippendorff(endless, Level.NOMINAL))
                .hasMessage("nominal ratings must be finite, was Infinity");
        assertThatThrownBy(() -> Agreement.krippendorff(new double[][] {{1, 2}, {1}}, Level.NOMINAL))
                .hasMessage(
                        "each labeler has one rating per comparison, NaN where there is none: got 2 for one, 1 for another");
    }

    @Test
    void kappaIsTheTextbookOne() {
        // 20 both yes, 5 and 10 only one of them, 15 both no: observed .7, by chance .5.
        int[] a = repeated(new int[] {20, 5, 10, 15}, 1, 1, 0, 0);
        int[] b = repeated(new int[] {20, 5, 10, 15}, 1, 0, 1, 0);
        assertThat(Kappa.cohen(a, b, Weight.EQUAL)).isCloseTo(.4, within(1e-12));
    }

    @Test
    void weightsForgiveNeighbours() {
        int[] a = {1, 2, 3, 4};
        int[] b = {2, 2, 3, 4}; // chance, of 16 pairs: 12 unequal, distances sum to 18, their squares to 32
        assertThat(Kappa.cohen(a, b, Weight.EQUAL)).isCloseTo(1 - (1 / 4.0) / (12 / 16.0), within(1e-12));
        assertThat(Kappa.cohen(a, b, Weight.LINEAR)).isCloseTo(1 - (1 / 4.0) / (18 / 16.0), within(1e-12));
        assertThat(Kappa.cohen(a, b, Weight.QUADRATIC)).isCloseTo(1 - (1 / 4.0) / (32 / 16.0), within(1e-12));
    }

    @Test
    void perfectAgreementIsOneAndOneAnswerOnlyIsUnknown() {
        int[] grades = {1, 2, 3, 1};
        for (Weight weight : Weight.values()) {
            assertThat(Kappa.cohen(grades, grades, weight)).isEqualTo(1);
            assertThat(Kappa.cohen(new int[] {2, 2}, new int[] {2, 2}, weight)).isNaN();
        }
        assertThat(Kappa.fleiss(new int[][] {{3, 0}, {0, 3}})).isEqualTo(1);
        assertThat(Kappa.fleiss(new int[][] {{3, 0}, {3, 0}})).isNaN();
    }

    @Test
    void ratersWhoTossCoinsAgreeAsByChance() {
        SplittableRandom random = Draws.of(2, "coins", 0);
        int[] a = IntStream.range(0, 10_000).map(i -> random.nextInt(2)).toArray();
        int[] b = IntStream.range(0, 10_000).map(i -> random.nextInt(2)).toArray();
        double spread = 4 / Math.sqrt(10_000); // four standard errors
        assertThat(Kappa.cohen(a, b, Weight.EQUAL)).isCloseTo(0, within(spread));
        double[][] ratings = {
            Arrays.stream(a).asDoubleStream().toArray(),
            Arrays.stream(b).asDoubleStream().toArray()
        };
        assertThat(Agreement.krippendorff(ratings, Level.NOMINAL)).isCloseTo(0, within(spread));
    }

    @Test
    void fleissIsAsPublished() {
        assertThat(Kappa.fleiss(FOURTEEN_RATERS)).isCloseTo(.210, within(5e-4));
    }

    @Test
    void refusesUnequalRatersAndSaysWhich() {
        assertThatThrownBy(() -> Kappa.cohen(new int[2], new int[3], Weight.EQUAL))
                .hasMessage("both rate the same comparisons, at least 1: got 2, 3");
        assertThatThrownBy(() -> Kappa.fleiss(new int[][] {{2, 1}, {2, 2}}))
                .hasMessage("each comparison has 2 counts from 0 that sum to 3 labelers: got [2, 2]");
        assertThatThrownBy(() -> Kappa.fleiss(new int[][] {{1, 0}}))
                .hasMessage("at least 2 labelers are needed, got 1");
        assertThatThrownBy(() -> Kappa.fleiss(new int[0][])).hasMessage("at least 1 comparisons are needed, got 0");
    }

    private static int[] repeated(int[] times, int... values) {
        return IntStream.range(0, values.length)
                .flatMap(i -> IntStream.generate(() -> values[i]).limit(times[i]))
                .toArray();
    }
}

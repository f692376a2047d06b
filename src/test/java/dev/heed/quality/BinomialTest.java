package dev.heed.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heed.run.Draws;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BinomialTest {
    private static final int DRAWS = 200_000;

    @ParameterizedTest
    @CsvSource({"1, 0.3", "12, 0.5", "40, 0.02", "25, 0.5", "60, 0.3", "200, 0.93", "3000, 0.01", "100000, 0.4"})
    void everyNumberComesAsOftenAsItsProbability(int trials, double p) {
        SplittableRandom random = Draws.of(5, "binomial", trials);
        int[] seen = new int[trials + 1];
        for (int i = 0; i < DRAWS; i++) {
            seen[Binomial.draw(random, trials, p)]++;
        }
        double chiSquared = 0;
        int cells = 0;
        double[] expected = expected(trials, p);
        for (int k = 0; k <= trials; k++) {
            if (expected[k] >= 10) {
                chiSquared += (seen[k] - expected[k]) * (seen[k] - expected[k]) / expected[k];
                cells++;
            }
        }
        // Its mean is about the number of cells, its variance twice that: five standard deviations.
        assertThat(chiSquared).isLessThan(cells + 5 * Math.sqrt(2 * cells));
        assertThat(Arrays.stream(expected).sum()).isCloseTo(DRAWS, within(1.0));
    }

    private static double[] expected(int trials, double p) {
        double[] expected = new double[trials + 1];
        for (int k = 0; k <= trials; k++) {
            double log = Binomial.logFactorial(trials) - Binomial.logFactorial(k) - Binomial.logFactorial(trials - k);
            expected[k] = DRAWS * Math.exp(log + k * Math.log(p) + (trials - k) * Math.log(1 - p));
        }
        return expected;
    }
}

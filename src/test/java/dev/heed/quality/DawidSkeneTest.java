package dev.heed.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heed.quality.DawidSkene.Said;
import dev.heed.run.Draws;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DawidSkeneTest {
    /** Rows are what is true, columns what is said. */
    private static final double[][][] PLANTED = {
        {{.90, .05, .05}, {.10, .80, .10}, {.05, .05, .90}},
        {{.60, .10, .30}, {.20, .60, .20}, {.20, .20, .60}},
        {{.50, .00, .50}, {.50, .00, .50}, {.50, .00, .50}}, // does not read
        {{.10, .10, .80}, {.20, .60, .20}, {.85, .05, .10}}, // has it the wrong way round
        {{.80, .10, .10}, {.10, .80, .10}, {.10, .10, .80}},
    };

    private static final double[] PRIOR = {.5, .2, .3};

    private final List<Integer> truth = new ArrayList<>();
    private final List<List<Said>> items = new ArrayList<>();

    private void draw(int count, long seed) {
        SplittableRandom random = Draws.of(seed, "crowd", 0);
        for (int i = 0; i < count; i++) {
            int is = drawn(PRIOR, random);
            truth.add(is);
            List<Said> said = new ArrayList<>();
            for (int labeler = 0; labeler < PLANTED.length; labeler++) {
                if (random.nextInt(4) > 0) {
                    said.add(new Said(labeler, drawn(PLANTED[labeler][is], random)));
                }
            }
            items.add(said.isEmpty() ? List.of(new Said(0, is)) : said);
        }
    }

    private static int drawn(double[] shares, SplittableRandom random) {
        double u = random.nextDouble();
        return u < shares[0] ? 0 : u < shares[0] + shares[1] ? 1 : 2;
    }

    private double right(double[][] posterior) {
        return IntStream.range(0, truth.size())
                        .filter(i -> IntStream.range(0, 3).allMatch(c -> posterior[i][c] <= posterior[i][truth.get(i)]))
                        .count()
                / (double) truth.size();
    }

    @Test
    void findsWhomToBelieveAndHowFar() {
        draw(20_000, 1);
        DawidSkene found = DawidSkene.fit(items, PLANTED.length, 3, 1);
        assertThat(found.prior()).containsExactly(PRIOR, within(.03));
        for (int labeler = 0; labeler < PLANTED.length; labeler++) {
            for (int c = 0; c < 3; c++) {
                assertThat(found.confusion()[labeler][c])
                        .as("labeler %d where %d is true", labeler, c)
                        .containsExactly(PLANTED[labeler][c], within(.05));
            }
        }
        assertThat(found.reliability(2)).isCloseTo(.5 * .5 + .3 * .5, within(.03));
    }

    @Test
    void isRightMoreOftenThanTheMajority() {
        draw(5_000, 2);
        double[][] majority = items.stream()
                .map(item -> IntStream.range(0, 3)
                        .mapToDouble(c ->
                                item.stream().filter(one -> one.said() == c).count())
                        .toArray())
                .toArray(double[][]::new);
        double ours = right(DawidSkene.fit(items, PLANTED.length, 3, 1).posterior());
        assertThat(ours).isGreaterThan(right(majority) + .05).isGreaterThan(.85);
    }

    /** Equation 2.5, term by term, from the parameters that were found. */
    @Test
    void theProbabilitiesAreThoseOfThePriorAndTheConfusions() {
        draw(400, 3);
        DawidSkene found = DawidSkene.fit(items, PLANTED.length, 3, 1);
        for (int i = 0; i < items.size(); i++) {
            double[] joint = new double[3];
            for (int c = 0; c < 3; c++) {
                joint[c] = found.prior()[c];
                for (Said one : items.get(i)) {
                    joint[c] *= found.confusion()[one.labeler()][c][one.said()];
                }
            }
            double sum = joint[0] + joint[1] + joint[2];
            for (int c = 0; c < 3; c++) {
                assertThat(found.posterior()[i][c])
                        .isCloseTo(joint[c] / sum, within(.02)); // EM stops at 5e-4 on average
            }
        }
    }

    @Test
    void withoutSmoothingWhoNeverErrsIsInfallible() {
        List<List<Said>> unanimous = IntStream.range(0, 10)
                .mapToObj(i -> List.of(new Said(0, i % 2), new Said(1, i % 2)))
                .toList();
        assertThat(DawidSkene.fit(unanimous, 2, 2, 0).reliability(0)).isCloseTo(1, within(1e-12));
        assertThat(DawidSkene.fit(unanimous, 2, 2, 1).reliability(0)).isBetween(.75, .9);
    }
}

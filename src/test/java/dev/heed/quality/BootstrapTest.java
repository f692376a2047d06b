package dev.heed.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.heed.run.Draws;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BootstrapTest {
    private final Bootstrap bootstrap = new Bootstrap(7);

    @Test
    void ofACoinIsAsWideAsItsStandardErrorSays() {
        double[] tosses = IntStream.range(0, 400).mapToDouble(i -> i % 2).toArray();
        Interval interval = bootstrap.mean(tosses);
        assertThat(interval.mean()).isEqualTo(0.5);
        assertThat(interval.low()).isCloseTo(0.451, within(0.006)); // 0.5 - 1.96 * 0.5 / sqrt(400)
        assertThat(interval.high()).isCloseTo(0.549, within(0.006));
    }

    @Test
    void coversTheTruthAbout95TimesIn100() {
        int covered = 0;
        for (int trial = 0; trial < 200; trial++) {
            SplittableRandom random = Draws.of(3, "sample", trial);
            double[] sample =
                    DoubleStream.generate(random::nextDouble).limit(60).toArray();
            Interval interval = new Bootstrap(trial, 400).mean(sample);
            covered += interval.low() <= 0.5 && 0.5 <= interval.high() ? 1 : 0;
        }
        assertThat(covered)
                .isBetween(180, 199); // 190 expected, standard deviation 3; the percentile kind is a bit narrow
    }

    @Test
    void sameSeedSameIntervalOtherSeedOther() {
        double[] values = IntStream.range(1, 50).mapToDouble(Math::sqrt).toArray();
        assertThat(bootstrap.mean(values)).isEqualTo(new Bootstrap(7).mean(values));
        assertThat(bootstrap.mean(values)).isNotEqualTo(new Bootstrap(8).mean(values));
    }

    @Test
    void copiesOfOnePromptMakeTheIntervalNoNarrower() {
        double[] once = {0, 1, 1, 0, 1, 1, 0, 1};
        double[] tenTimes = IntStream.range(0, 80).mapToDouble(i -> once[i % 8]).toArray();
        List<Integer> prompts = IntStream.range(0, 80).mapToObj(i -> i % 8).toList();
        assertThat(bootstrap.mean(tenTimes, prompts)).isEqualTo(bootstrap.mean(once));
        assertThat(width(bootstrap.mean(tenTimes))).isLessThan(width(bootstrap.mean(once)) / 2);
    }

    @Test
    void ofEqualValuesHasNoWidth() {
        assertThat(bootstrap.mean(new double[] {.25, .25, .25})).isEqualTo(Interval.exact(.25));
    }

    @Test
    void ofNothingIsUnknown() {
        assertThat(bootstrap.mean(new double[0])).isEqualTo(Interval.NONE);
        assertThat(bootstrap.mean(new double[0], List.of()).known()).isFalse();
    }

    @Test
    void refusesUnequalLengthsAndSaysBoth() {
        assertThatThrownBy(() -> bootstrap.mean(new double[3], Collections.nCopies(2, "p")))
                .hasMessage("one cluster per value: got 3 values, 2 clusters");
    }

    private static double width(Interval interval) {
        return interval.high() - interval.low();
    }

    @Test
    void countsGiveTheIntervalsOfTheThingsCounted() {
        int[] counts = {700, 250, 0, 50};
        double[] worth = {0, 1, 9, 4};
        Interval counted = new Bootstrap(3, 4_000)
                .ofCounts(counts, drawn -> new double[] {mean(drawn, worth)})
                .get(0);
        double[] things = IntStream.range(0, 1000)
                .mapToDouble(i -> i < 700 ? 0 : i < 950 ? 1 : 4)
                .toArray();
        Interval oneByOne = new Bootstrap(4, 4_000).mean(things);
        assertThat(counted.mean()).isEqualTo(oneByOne.mean()).isEqualTo(.45);
        assertThat(counted.low()).isCloseTo(oneByOne.low(), within(.004)); // a tenth of the half width
        assertThat(counted.high()).isCloseTo(oneByOne.high(), within(.004));
    }

    @Test
    void rareKindsAreDrawnAsOftenAsTheyAre() {
        int[] counts = IntStream.range(0, 500).map(k -> k % 3).toArray(); // drawn one by one
        double[] worth = IntStream.range(0, 500).mapToDouble(k -> k % 7).toArray();
        List<Integer> kinds = IntStream.range(0, 500)
                .boxed()
                .flatMap(k -> Collections.nCopies(k % 3, k).stream())
                .toList();
        double[] things = kinds.stream().mapToDouble(k -> worth[k]).toArray();
        assertThat(new Bootstrap(3)
                        .ofCounts(counts, drawn -> new double[] {mean(drawn, worth)})
                        .get(0))
                .satisfies(counted -> {
                    assertThat(counted.low()).isCloseTo(bootstrap.mean(things).low(), within(.03));
                    assertThat(counted.high()).isCloseTo(bootstrap.mean(things).high(), within(.03));
                });
    }

    @Test
    void resamplesWithoutAValueDoNotCount() {
        Interval share = new Bootstrap(1)
                .ofCounts(new int[] {1, 9}, drawn -> new double[] {drawn[0] == 0 ? Double.NaN : drawn[0]})
                .get(0);
        assertThat(share.low()).isEqualTo(1);
        assertThat(share.high()).isBetween(2.0, 4.0);
    }

    private static double mean(int[] drawn, double[] worth) {
        double sum = 0;
        double all = 0;
        for (int k = 0; k < drawn.length; k++) {
            sum += drawn[k] * worth[k];
            all += drawn[k];
        }
        return sum / all;
    }
}

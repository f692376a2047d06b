package dev.heed.eval.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.heed.eval.PowerLaw;
import dev.heed.run.Draws;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LawsTest {
    private static final double[] FLOPS = {1e9, 2e9, 4e9, 8e9, 1.6e10, 3.2e10, 6.4e10, 1.28e11};

    private static double[] losses(ComputeLaw law) {
        return Arrays.stream(FLOPS).map(law::at).toArray();
    }

    @Test
    void aComputeLawThatIsThereIsFound() {
        for (double b : new double[] {-.05, -.154, -.5}) {
            ComputeLaw planted = new ComputeLaw(2 * Math.pow(1e10, -b), b, 1.69, 0);
            ComputeLaw found = ComputeLaw.fit(FLOPS, losses(planted));
            assertThat(found.b())
                    .as("b = %s", b)
                    .isCloseTo(b, within(1e-3 * -b)); // a sum of squares is flat at its least
            assertThat(found.c()).as("b = %s", b).isCloseTo(1.69, within(.01));
            assertThat(found.at(1e13)).as("b = %s", b).isCloseTo(planted.at(1e13), within(1e-3));
        }
    }

    @Test
    void aFloorOfNothingIsFoundToo() {
        ComputeLaw planted = new ComputeLaw(3 * Math.pow(1e10, .1), -.1, 0, 0);
        assertThat(ComputeLaw.fit(FLOPS, losses(planted)).at(1e13)).isCloseTo(planted.at(1e13), within(.01));
    }

    @Test
    void oneOddRunPullsLittle() {
        ComputeLaw planted = new ComputeLaw(2 * Math.pow(1e10, .2), -.2, 1, 0);
        double[] flops = new double[16];
        double[] losses = new double[16];
        for (int i = 0; i < 16; i++) {
            flops[i] = FLOPS[i / 2];
            losses[i] = planted.at(flops[i]);
        }
        losses[7] *= 1.5; // a run that nearly diverged
        double truth = planted.at(1e13);
        assertThat(ComputeLaw.fit(flops, losses).at(1e13) / truth).isCloseTo(1, within(.02));
        assertThatThrownBy(() -> PowerLaw.fit(flops, losses))
                .as("least squares find none")
                .hasMessageStartingWith("no power law fits");
    }

    @Test
    void aLawOfSizeAndTokensThatIsThereIsFound() {
        SizeLaw planted = new SizeLaw(1.2, 60, .4, 300, .45, 0);
        double[] n = new double[25];
        double[] d = new double[25];
        double[] losses = new double[25];
        for (int i = 0; i < 25; i++) {
            n[i] = 5e3 * (1 << (i / 5));
            d[i] = 5e4 * (1 << (i % 5));
            losses[i] = planted.at(n[i], d[i]);
        }
        SizeLaw found = SizeLaw.fit(n, d, losses);
        assertThat(found.alpha()).isCloseTo(.4, within(.01));
        assertThat(found.beta()).isCloseTo(.45, within(.01));
        assertThat(found.e()).isCloseTo(1.2, within(.02));
        assertThat(found.at(1e6, 1e7)).isCloseTo(planted.at(1e6, 1e7), within(.01));
    }

    /** Ten times in compute say little of what is left in the end; who knows it foretells a thousand times as much. */
    @Test
    void whatIsKnownToBeLeftIsNotFoundButTaken() {
        ComputeLaw planted = new ComputeLaw(2 * Math.pow(1e10, .2), -.2, .4, 0);
        SizeLaw sizes = new SizeLaw(.4, 20, .35, 300, .45, 0);
        SplittableRandom random = Draws.of(5, "noise", 0);
        List<Trial> trials = new ArrayList<>();
        List<Trial> bySize = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            double flops = 1e9 * Math.pow(1.25, i);
            double noise = Math.exp(.01 * random.nextGaussian());
            Spent spent = new Spent(Math.round(3e3 * Math.pow(1.6, i % 4)), 100_000L << (i / 4), flops);
            trials.add(trial(spent, noise * planted.at(spent)));
            bySize.add(trial(spent, noise * sizes.at(spent)));
        }
        Spent large = new Spent(1_000_000, 10_000_000, 1e13);
        ComputeLaw known = ComputeLaw.fit(trials, .4);
        assertThat(known.c()).isEqualTo(.4);
        assertThat(known.at(large) / planted.at(large)).isCloseTo(1, within(.03));
        assertThat(((ComputeLaw) known.near(trials, .4)).c()).isEqualTo(.4);
        assertThat(known.near(trials, .4).at(large)).isCloseTo(known.at(large), within(1e-4));
        SizeLaw knownBySize = SizeLaw.fit(bySize, .4);
        assertThat(knownBySize.e()).isEqualTo(.4);
        assertThat(knownBySize.at(large) / sizes.at(large)).isCloseTo(1, within(.05));
        assertThat(knownBySize.near(bySize, .4).at(large)).isCloseTo(knownBySize.at(large), within(1e-4));
    }

    private static Trial trial(Spent spent, double loss) {
        return new Trial("run", 16, true, 1, spent, loss, loss, new double[0], new double[0][], 1, "text", "tok", null);
    }

    @Test
    void noLawNearbyHasLessError() {
        SplittableRandom random = Draws.of(3, "noise", 0);
        double[] losses = Arrays.stream(losses(new ComputeLaw(2 * Math.pow(1e10, .2), -.2, 1, 0)))
                .map(l -> l * Math.exp(.01 * random.nextGaussian()))
                .toArray();
        ComputeLaw fit = ComputeLaw.fit(FLOPS, losses);
        assertThat(huber(fit, losses)).isCloseTo(fit.error(), within(1e-9));
        for (double off : new double[] {-.003, .003}) {
            assertThat(huber(new ComputeLaw(fit.a() * (1 + off), fit.b(), fit.c(), 0), losses))
                    .isGreaterThan(fit.error());
            assertThat(huber(new ComputeLaw(fit.a(), fit.b() + off, fit.c(), 0), losses))
                    .isGreaterThan(fit.error());
            assertThat(huber(new ComputeLaw(fit.a(), fit.b(), fit.c() + off, 0), losses))
                    .isGreaterThan(fit.error());
        }
    }

    private static double huber(ComputeLaw law, double[] losses) {
        double sum = 0;
        for (int i = 0; i < losses.length; i++) {
            double r = Math.abs(Math.log(law.at(FLOPS[i]) / losses[i]));
            sum += r <= Law.DELTA ? r * r / 2 : Law.DELTA * (r - Law.DELTA / 2);
        }
        return sum;
    }

    @Test
    void twoComputesAreNoCurve() {
        assertThatThrownBy(() -> ComputeLaw.fit(new double[] {1, 2, 2}, new double[] {3, 2, 2}))
                .hasMessage("at least 3 different x are needed, got 2");
    }
}

package dev.heed.eval.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.heed.quality.Interval;
import dev.heed.run.Draws;
import dev.heed.run.UserError;
import dev.heed.run.Version;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ForetellingTest {
    private static final SizeLaw TRUTH = new SizeLaw(.8, 40, .4, 120, .4, 0);
    private static final Spent LARGE = spent(400_000, 8_000_000);

    private static Spent spent(long n, long d) {
        return new Spent(n, d, 6.0 * n * d);
    }

    /** Six sizes, two seeds each and one run on either side, whose losses scatter by half a percent. */
    private static List<Trial> trials() {
        List<Trial> trials = new ArrayList<>();
        SplittableRandom random = Draws.of(1, "scatter", 0);
        for (int rung = 0; rung < 6; rung++) {
            long n = Math.round(5_000 * Math.pow(2, rung / 2.0));
            trials.add(trial("r%d-1".formatted(rung), spent(n, 20 * n), true, random));
            trials.add(trial("r%d-2".formatted(rung), spent(n, 20 * n), true, random));
            trials.add(trial("r%d-narrow".formatted(rung), spent(n / 2, 40 * n), false, random));
            trials.add(trial("r%d-wide".formatted(rung), spent(2 * n, 10 * n), false, random));
        }
        return trials;
    }

    private static Trial trial(String run, Spent spent, boolean onLine, SplittableRandom random) {
        double noise = Math.exp(.005 * random.nextGaussian());
        double loss = TRUTH.at(spent) * noise;
        double[] curve = new double[10];
        for (int i = 0; i < 10; i++) {
            curve[i] = noise
                    * TRUTH.at((double) spent.parameters(), spent.tokens() * (i + 1) / 10.0)
                    * (1 + .01 * (9 - i));
        }
        return new Trial(
                run,
                (int) Math.sqrt((double) spent.parameters()),
                onLine,
                1,
                spent,
                loss,
                loss,
                curve,
                new double[0][],
                1,
                "text",
                "tok",
                null);
    }

    private static Trial with(Trial t, String text, String tokenizer, @Nullable String diverged) {
        return new Trial(
                t.run(),
                t.width(),
                t.onLine(),
                t.seed(),
                t.spent(),
                t.loss(),
                t.loss(),
                t.curve(),
                t.surprises(),
                1,
                text,
                tokenizer,
                diverged);
    }

    private static Ladder ladder(List<Trial> trials, String... leaveOut) {
        return Ladder.of(trials, List.of(leaveOut), "text", "tok", 0);
    }

    @Test
    void aRunOfAHundredTimesTheComputeIsForetold() {
        Foretelling foretelling = Foretelling.of(ladder(trials()), 1);
        Interval loss = foretelling.loss(LARGE);
        double truth = TRUTH.at(LARGE);
        assertThat(loss.mean()).isEqualTo(foretelling.compute().law().at(LARGE));
        assertThat(LARGE.flops() / foretelling.ladder().largest()).isGreaterThan(100);
        assertThat(foretelling.otherwise(LARGE).mean())
                .isCloseTo(truth, within(.03 * truth)); // the truth is of its form
        assertThat(truth).isBetween(loss.low(), loss.high());
        List<Foretelling.At> line = foretelling.line(LARGE, 5);
        assertThat(line.get(4).loss()).isEqualTo(loss);
        assertThat(line.get(0).loss().mean()).isGreaterThan(line.get(1).loss().mean());
    }

    @Test
    void nothingIsForetoldBelowWhatIsKnownToBeLeft() {
        double left = TRUTH.e();
        Interval unknown = Foretelling.of(ladder(trials()), 1).loss(LARGE);
        Foretelling foretelling = Foretelling.of(Ladder.of(trials(), List.of(), "text", "tok", left), 1);
        Interval loss = foretelling.loss(LARGE);
        double truth = TRUTH.at(LARGE);
        assertThat(loss.low()).isGreaterThan(left);
        assertThat(truth).isBetween(loss.low(), loss.high());
        assertThat(loss.mean()).isCloseTo(truth, within(.01 * truth));
        assertThat(loss.high() - loss.low()).isLessThan(unknown.high() - unknown.low());
        assertThat(foretelling.curve(LARGE))
                .allSatisfy(at -> assertThat(at.loss().low()).isGreaterThan(left));
    }

    @Test
    void onlyTheLargestSizesCountWhereThatIsWanted() {
        Ladder ladder = ladder(trials(), "r5-2").largest(4);
        assertThat(ladder.trials())
                .extracting(Trial::run)
                .contains("r2-1", "r2-wide", "r5-1")
                .hasSize(15);
        assertThat(ladder.leftOut())
                .containsExactly(
                        "r5-2", "r0-1", "r0-2", "r0-narrow", "r0-wide", "r1-1", "r1-2", "r1-narrow", "r1-wide");
        assertThat(ladder.largest(6)).isEqualTo(ladder);
        assertThat(ladder(trials()).largest(6).leftOut()).isEmpty();
        double truth = TRUTH.at(LARGE);
        assertThat(Foretelling.of(ladder, 1).loss(LARGE).contains(truth)).isTrue();
    }

    @Test
    void itsLearningCurveIsForetoldAndEndsWhereItEnds() {
        Foretelling foretelling = Foretelling.of(ladder(trials()), 1);
        List<Foretelling.At> curve = foretelling.curve(LARGE);
        assertThat(curve.get(9).loss().mean()).isCloseTo(foretelling.loss(LARGE).mean(), within(1e-9));
        for (Foretelling.At at : curve) {
            double truth =
                    TRUTH.at((double) LARGE.parameters(), LARGE.tokens() * at.x()) * (1 + .01 * (10 - 10 * at.x()));
            assertThat(truth)
                    .as("at %s", at.x())
                    .isBetween(at.loss().low(), at.loss().high());
        }
    }

    @Test
    void theSameSeedForetellsTheSame() {
        assertThat(Foretelling.of(ladder(trials()), 1).loss(LARGE))
                .isEqualTo(Foretelling.of(ladder(trials()), 1).loss(LARGE));
    }

    @Test
    void moreScatterIsMoreDoubt() {
        List<Trial> rough = new ArrayList<>();
        for (Trial t : trials()) {
            double off = Math.exp(.03 * Draws.of(2, t.run(), 0).nextGaussian());
            rough.add(new Trial(
                    t.run(),
                    t.width(),
                    t.onLine(),
                    1,
                    t.spent(),
                    off * t.loss(),
                    1,
                    t.curve(),
                    t.surprises(),
                    1,
                    "text",
                    "tok",
                    null));
        }
        assertThat(width(Foretelling.of(ladder(rough), 1).loss(LARGE)))
                .isGreaterThan(width(Foretelling.of(ladder(trials()), 1).loss(LARGE)));
    }

    private static double width(Interval interval) {
        return interval.high() - interval.low();
    }

    @Test
    void aGradeSaysHowFarOffAndWhetherInside() {
        Foretelling foretelling = Foretelling.of(ladder(trials()), 1);
        Interval loss = new Interval(1.02, .98, 1.06);
        Prediction prediction = new Prediction(
                Instant.EPOCH,
                Version.current(),
                "hash",
                Map.of(),
                List.of(),
                0,
                "large",
                96,
                LARGE,
                TRUTH,
                0,
                loss,
                loss,
                loss,
                foretelling.curve(LARGE),
                List.of());
        Trial reached =
                new Trial("large", 96, true, 1, LARGE, 1, 1, new double[10], new double[0][], 1, "text", "tok", null);
        Grade grade = Grade.of(prediction, reached, Instant.EPOCH);
        assertThat(grade.errorPercent()).isCloseTo(2, within(1e-9));
        assertThat(grade.inside()).isTrue();
        assertThat(grade.curve()).hasSize(10).noneMatch(Grade.Tenth::inside);
    }

    @Test
    void aLadderOfTwoSizesIsRefused() {
        List<Trial> two = trials().subList(0, 8);
        assertThatThrownBy(() -> ladder(two))
                .isInstanceOf(UserError.class)
                .hasMessage(
                        "the ladder has runs of 2 sizes (3.0e+09 FLOPs, 6.0e+09 FLOPs), a law needs at least 4; plan more --rungs");
    }

    @Test
    void aDivergedRunIsNamedAndLeftOutOnlyOnRequest() {
        List<Trial> trials = new ArrayList<>(trials());
        trials.set(5, with(trials.get(5), "text", "tok", "the loss is NaN at optimizer step 12"));
        assertThatThrownBy(() -> ladder(trials))
                .isInstanceOf(UserError.class)
                .hasMessage(
                        "run r1-2 diverged: the loss is NaN at optimizer step 12; plan anew with a smaller --lr, or leave it out with --leave-out=r1-2");
        assertThat(ladder(trials, "r1-2").trials()).hasSize(23);
    }

    @Test
    void aRunThatHasNothingLeftToLearnIsNamed() {
        double least = trials().stream().mapToDouble(Trial::loss).min().orElseThrow();
        assertThatThrownBy(() -> Ladder.of(trials(), List.of(), "text", "tok", least))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("nats a token, the text's entropy is %.4f".formatted(least));
    }

    @Test
    void runsOfOtherTextOrTokenizerAreNamed() {
        List<Trial> trials = new ArrayList<>(trials());
        trials.set(2, with(trials.get(2), "other", "tok", null));
        assertThatThrownBy(() -> ladder(trials))
                .hasMessage(
                        "run r0-narrow learned from other text (other) than the plan's (text); leave it out with --leave-out=r0-narrow");
        trials.set(2, with(trials.get(2), "text", "others", null));
        assertThatThrownBy(() -> ladder(trials))
                .hasMessage(
                        "run r0-narrow has another tokenizer (others) than the plan (tok); leave it out with --leave-out=r0-narrow");
    }

    @Test
    void whatIsLeftOutMustBeThere() {
        assertThatThrownBy(() -> ladder(trials().subList(0, 2), "r9"))
                .hasMessage("--leave-out=r9 is no run of this ladder; it has r0-1, r0-2");
    }
}

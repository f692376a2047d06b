package dev.heed.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.heed.eval.HeldOut.Said;
import dev.heed.eval.HeldOut.Side;
import dev.heed.quality.Bootstrap;
import dev.heed.quality.Interval;
import dev.heed.run.RunDir;
import dev.heed.run.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeldOutResultTest {
    private final Bootstrap bootstrap = new Bootstrap(1, 200);

    /** @param strengths what labelers say, as many as there are */
    private static HeldOut asked(long id, double margin, int... strengths) {
        return new HeldOut(
                id,
                "p" + id,
                "fact",
                "What?",
                new Side("a", margin, 3),
                new Side("b", 0, 5),
                IntStream.range(0, strengths.length)
                        .mapToObj(l -> new Said("labeler-" + l, strengths[l]))
                        .toList());
    }

    private HeldOutResult of(HeldOut... all) {
        return HeldOutResult.of(List.of(all), bootstrap).orElseThrow();
    }

    @Test
    void countsEachLabelersDecidedPreference() {
        HeldOutResult result = of(asked(1, 2, 1, 1, -2), asked(2, -1, 3, 0), asked(3, 1, 0));
        assertThat(result.comparisons()).isEqualTo(2);
        assertThat(result.preferences()).isEqualTo(4);
        assertThat(result.measured().accuracy().mean()).isEqualTo(.5);
        assertThat(HeldOutResult.of(List.of(asked(3, 1, 0)), bootstrap)).isEmpty();
    }

    @Test
    void theHardestAreThoseThatItIsSurestOfAndWrong() {
        HeldOutResult result =
                of(asked(1, 2, -1, -1, 1), asked(2, 3, -1), asked(3, 9, 1), asked(4, -1, 1), asked(5, 9, 1, -1));
        assertThat(result.hardest()).extracting(HeldOut::comparison).containsExactly(2L, 1L, 4L);
        assertThat(result.contradicted()).extracting(HeldOut::comparison).containsExactly(1L, 5L);
    }

    @Test
    void agreementIsTheMeanShareOfTheOthersWhoPreferTheSame() {
        HumanAgreement people =
                of(asked(1, 0, 1, 2, -1), asked(2, 0, -1, -1), asked(3, 0, 1)).people();
        assertThat(people.comparisons()).isEqualTo(2);
        assertThat(people.share().mean()).isCloseTo((.5 + .5 + 0 + 1 + 1) / 5, within(1e-12));
        assertThat(of(asked(3, 0, 1)).people().share().known()).isFalse();
        assertThat(of(asked(3, 0, 1)).people().ceiling().known()).isFalse();
    }

    /** Where all are equally undecided, p = 0.8 everywhere, the bound is met: two agree in 0.68, the best guess gets 0.8. */
    @Test
    void theCeilingIsMetWhereAllComparisonsAreEquallyHard() {
        assertThat(new HumanAgreement(Interval.exact(.8 * .8 + .2 * .2), 9)
                        .ceiling()
                        .mean())
                .isCloseTo(.8, within(1e-12));
        assertThat(new HumanAgreement(Interval.exact(1), 9).ceiling().mean()).isEqualTo(1);
        assertThat(new HumanAgreement(Interval.exact(.4), 9).ceiling().mean()).isEqualTo(.5);
    }

    @Test
    void aTemperatureMendsTooMuchSureness() {
        double margin = 4 * Math.log(3); // right three times in four, but as sure as 99 %
        HeldOut[] all = IntStream.range(0, 80)
                .mapToObj(i -> asked(i, margin, i / 2 % 4 == 0 ? -1 : 1))
                .toArray(HeldOut[]::new);
        RewardAccuracy.Refit refit = of(all).measured().refit();
        assertThat(refit.temperature()).isCloseTo(4, within(1e-9));
        assertThat(refit.calibration().ece()).isCloseTo(0, within(1e-9));
        assertThat(refit.loss()).isCloseTo(.75 * Math.log(4 / 3.0) + .25 * Math.log(4), within(1e-9));
        assertThat(of(all).measured().calibration().ece()).isGreaterThan(.2);
    }

    @Test
    void theFileIsReadAsItWasWrittenAndADamagedLineIsNamed(@TempDir Path home) throws Exception {
        RunDir run = RunDir.at(home, "reward");
        List<HeldOut> all = List.of(asked(1, 2, 1), asked(2, .25, -3, 0));
        HeldOut.write(run, all);
        assertThat(HeldOut.read(run)).isEqualTo(all);
        Files.writeString(HeldOut.fileOf(run), Files.readString(HeldOut.fileOf(run)) + "{\"comparison\": 3");
        assertThatThrownBy(() -> HeldOut.read(run))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("held-out.jsonl line 3 is not as expected: ");
        assertThatThrownBy(() -> HeldOut.read(RunDir.at(home, "other")))
                .hasMessageContaining("heed card other makes it");
    }
}

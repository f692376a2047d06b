package dev.heed.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.heed.feedback.Answer;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Preference;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.run.UserError;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimulatedLabelerTest {
    private static final World WORLD = World.of(1);
    private static final Prompt PROMPT = Prompt.ofText("Where does the otter live?", "fact", Split.TRAIN);
    private static final String HOME =
            WORLD.facts().expect("otter", Relation.HOME).value();
    private static final Completion GOOD = said("Of course! The otter lives near the " + HOME + ".");
    private static final Completion POOR = said("What a silly question! Who can say?");
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

    private static Completion said(String text) {
        return new Completion(text, "test", true);
    }

    private static SimulatedLabeler labeler(double errorRate, double lengthBias, double positionBias) {
        return labeler(Faults.of(0.1, errorRate, lengthBias, positionBias));
    }

    private static SimulatedLabeler labeler(Faults faults) {
        return new SimulatedLabeler(WORLD.judge(), "test", faults, 7);
    }

    private static List<Preference> answers(SimulatedLabeler labeler, Completion first, Completion second, int count) {
        List<Preference> answers = new ArrayList<>();
        for (int id = 1; id <= count; id++) {
            answers.add(labeler.answer(new Comparison(id, 1, PROMPT, first, second, 0), NOON));
        }
        return answers;
    }

    private static double shareOfFirst(List<Preference> answers) {
        double first = answers.stream().filter(a -> a.answer().strength() > 0).count();
        double second = answers.stream().filter(a -> a.answer().strength() < 0).count();
        return first / (first + second);
    }

    @Test
    void isTheLogisticOfTheGoldMarginOverTheTemperature() {
        double margin = WORLD.judge().judge(PROMPT, GOOD).score()
                - WORLD.judge().judge(PROMPT, POOR).score();
        assertThat(labeler(0, 0, 0).probabilityFirst(PROMPT, GOOD, POOR, false))
                .isCloseTo(1 / (1 + Math.exp(-margin / 0.1)), within(1e-12));
    }

    @Test
    void swappingTheCompletionsSwapsTheProbability() {
        SimulatedLabeler labeler = labeler(0.1, 0.05, 0.3);
        assertThat(labeler.probabilityFirst(PROMPT, GOOD, POOR, false))
                .isCloseTo(1 - labeler.probabilityFirst(PROMPT, POOR, GOOD, true), within(1e-12));
    }

    @Test
    void answersAsOftenAsTheProbabilitySays() {
        SimulatedLabeler labeler = labeler(0.1, 0, 0);
        Completion fair = said("Who can say?");
        assertThat(shareOfFirst(answers(labeler, POOR, fair, 20_000)))
                .isCloseTo(labeler.probabilityFirst(PROMPT, POOR, fair, false), within(0.015)); // 4 standard errors
    }

    @Test
    void aPlantedErrorRateIsFoundWhereTheBetterOneIsPlain() {
        assertThat(1 - shareOfFirst(answers(labeler(0.08, 0, 0), GOOD, POOR, 20_000)))
                .isCloseTo(0.08, within(0.01));
    }

    @Test
    void aPlantedPositionBiasIsFoundFromTheSides() {
        List<Preference> answers = answers(labeler(0, 0, 0.4), GOOD, GOOD, 30_000);
        double left = answers.stream()
                .filter(a -> a.answer().strength() != 0)
                .mapToDouble(a -> a.answer().strength() > 0 != a.secondOnLeft() ? 1 : 0)
                .average()
                .orElseThrow();
        assertThat(Math.log(left / (1 - left))).isCloseTo(0.4, within(0.06));
    }

    @Test
    void aPlantedLengthBiasIsFoundAmongEquallyGoodAnswers() {
        Completion brief = said("Enjoy your day!");
        Completion longer = said("You are always welcome here!");
        Prompt other = Prompt.ofText("Hello.", "other", Split.TRAIN);
        assertThat(WORLD.judge().judge(other, brief).score())
                .isEqualTo(WORLD.judge().judge(other, longer).score());
        SimulatedLabeler labeler = labeler(0, 0.2, 0);
        double first = 0;
        double all = 0;
        for (int id = 1; id <= 30_000; id++) {
            int strength = labeler.answer(new Comparison(id, 1, other, longer, brief, 0), NOON)
                    .answer()
                    .strength();
            first += strength > 0 ? 1 : 0;
            all += strength != 0 ? 1 : 0;
        }
        double share = first / all;
        assertThat(Math.log(share / (1 - share)) / 2).isCloseTo(0.2, within(0.03));
    }

    @Test
    void tiesAreForWhatIsNearAndStrongAnswersForWhatIsFar() {
        List<Preference> near = answers(labeler(0, 0, 0), GOOD, GOOD, 2000);
        List<Preference> far = answers(labeler(0, 0, 0), GOOD, POOR, 2000);
        assertThat(near.stream().filter(a -> a.answer() == Answer.TIE).count()).isBetween(600L, 800L);
        assertThat(far).noneMatch(a -> a.answer() == Answer.TIE);
        assertThat(far.stream().filter(a -> a.answer() == Answer.FIRST_MUCH).count())
                .isGreaterThan(1900);
        assertThat(near).noneMatch(a -> Math.abs(a.answer().strength()) > 1);
    }

    @Test
    void whatIsUnreadIsTakenByASideOrACoinAsOftenAsPlanted() {
        SimulatedLabeler labeler = labeler(new Faults(0.1, 0, 0, 0, 0.3, 0.2, 1));
        List<Preference> answers = answers(labeler, GOOD, POOR, 20_000); // whoever reads them prefers GOOD
        assertThat(answers).noneMatch(a -> a.answer() == Answer.TIE);
        double poor = answers.stream().filter(a -> a.answer().strength() < 0).count() / 20_000.0;
        assertThat(poor).isCloseTo(0.3 / 2 + 0.2 / 2, within(0.0125)); // 4 standard errors
        double poorOnLeft = answers.stream()
                .filter(Preference::secondOnLeft)
                .mapToDouble(a -> a.answer().strength() < 0 ? 1 : 0)
                .average()
                .orElseThrow();
        assertThat(poorOnLeft).isCloseTo(0.3 / 2 + 0.2, within(0.0195));
        assertThat(1 - labeler.probabilityFirst(PROMPT, GOOD, POOR, true)).isCloseTo(poorOnLeft, within(0.0195));
    }

    @Test
    void whoAlwaysTakesTheLeftNeverTakesTheRight() {
        assertThat(answers(labeler(new Faults(0.1, 0, 0, 0, 0, 1, 1)), GOOD, POOR, 500))
                .allMatch(a -> a.answer() == (a.secondOnLeft() ? Answer.SECOND : Answer.FIRST));
    }

    @Test
    void paceChangesTheTimeAndNothingElse() {
        List<Preference> usual = answers(labeler(Faults.of(0.1, 0, 0, 0)), GOOD, POOR, 50);
        List<Preference> hasty = answers(labeler(new Faults(0.1, 0, 0, 0, 0, 0, 0.25)), GOOD, POOR, 50);
        for (int i = 0; i < 50; i++) {
            assertThat(hasty.get(i).shownMs()).isCloseTo(Math.round(usual.get(i).shownMs() / 4.0), within(1L));
            assertThat(hasty.get(i).answer()).isEqualTo(usual.get(i).answer());
        }
    }

    @Test
    void theSameComparisonIsAnsweredTheSame() {
        SimulatedLabeler labeler = WORLD.labelers().get(0);
        assertThat(answers(labeler, GOOD, POOR, 50)).isEqualTo(answers(labeler, GOOD, POOR, 50));
        assertThat(answers(labeler, GOOD, POOR, 50).stream().map(Preference::id))
                .doesNotHaveDuplicates();
    }

    @Test
    void theCeilingIsReachedByWhoeverKnowsTheGoldOrder() {
        List<Comparison> comparisons = comparisons(300);
        SimulatedLabeler labeler = WORLD.labelers().get(1);
        double right = 0;
        double all = 0;
        for (Comparison comparison : comparisons) {
            double gold =
                    WORLD.judge().judge(comparison.prompt(), comparison.first()).score()
                            - WORLD.judge()
                                    .judge(comparison.prompt(), comparison.second())
                                    .score();
            for (int repeat = 0; repeat < 30; repeat++) {
                Comparison again = new Comparison(
                        comparison.id() + 1000L * repeat,
                        1,
                        comparison.prompt(),
                        comparison.first(),
                        comparison.second(),
                        0);
                int strength = labeler.answer(again, NOON).answer().strength();
                right += strength == 0 ? 0 : gold == 0 ? 0.5 : strength > 0 == gold > 0 ? 1 : 0;
                all += strength == 0 ? 0 : 1;
            }
        }
        assertThat(labeler.ceiling(comparisons)).isCloseTo(right / all, within(0.015));
        System.out.println("ceilings: "
                + WORLD.labelers().stream()
                        .map(l -> l.name() + " " + l.ceiling(comparisons))
                        .toList() + ", all "
                + SimulatedLabeler.ceiling(WORLD.labelers(), comparisons));
    }

    private static List<Comparison> comparisons(int count) {
        List<Comparison> comparisons = new ArrayList<>();
        List<Prompt> prompts = WORLD.prompts(Split.TRAIN, count, "ceiling");
        for (int i = 0; i < count; i++) {
            Persona[] personas = Persona.values();
            Prompt prompt = prompts.get(i);
            comparisons.add(new Comparison(
                    i + 1,
                    1,
                    prompt,
                    said(WORLD.answer(personas[i % 5], prompt, 0)),
                    said(WORLD.answer(personas[(i / 5) % 5], prompt, 1)),
                    0));
        }
        return comparisons;
    }

    @Test
    void refusesFaultsThatAreNone() {
        assertThatThrownBy(() -> labeler(0.7, 0, 0))
                .isInstanceOf(UserError.class)
                .hasMessage("--error-rate must be between 0 and 0.5, was 0.7");
        assertThatThrownBy(() -> new Faults(0.1, 0, 0, 0, 0.7, 0.4, 1))
                .hasMessageStartingWith("--always-left must be between 0 and 0.3");
    }
}

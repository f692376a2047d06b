package dev.heed.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.feedback.Answer;
import dev.heed.feedback.Form;
import dev.heed.feedback.Known;
import dev.heed.feedback.KnownAnswer;
import dev.heed.run.Draws;
import dev.heed.run.Json;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class QualityTest {
    private final Labels labels = new Labels();

    private static Interval known(Figure figure) {
        assertThat(figure.undefined()).isEmpty();
        return Objects.requireNonNull(figure.interval());
    }

    /** Three times twenty comparisons: ann and bob disagree in the last five of twenty, in three of which bob has a tie. */
    private void sixty() {
        for (int n = 0; n < 60; n++) {
            int i = n % 20;
            long id = labels.ask();
            Answer of = i % 2 == 0 ? Answer.FIRST : Answer.SECOND_MUCH;
            labels.answer(id, "ann", of);
            labels.answer(id, "bob", i < 15 ? of : i < 18 ? Answer.TIE : of.swapped());
        }
    }

    @Test
    void agreementIsCountedByHand() {
        sixty();
        Agreed agreed = labels.quality().agreed();
        assertThat(known(agreed.percent()).mean()).isEqualTo(15 / 20.0);
        assertThat(agreed.percent().n()).isEqualTo(60);
        // of twenty, ann: 10 first, 10 second; bob: first 8 + 1, second 7 + 1, neither 3; by chance (10 · 9 + 10 · 8) /
        // 400
        double chance = (10 * 9 + 10 * 8) / 400.0;
        assertThat(known(agreed.cohen()).mean()).isCloseTo((.75 - chance) / (1 - chance), within(1e-12));
        double pooled = (19 * 19 + 18 * 18 + 3 * 3) / 1600.0;
        assertThat(known(agreed.fleiss()).mean()).isCloseTo((.75 - pooled) / (1 - pooled), within(1e-12));
        assertThat(labels.quality().pairs()).hasSize(1);
        assertThat(known(labels.quality().pairs().get(0).kappa()).mean())
                .isEqualTo(known(agreed.cohen()).mean());
    }

    @Test
    void unanimousLabelsAreAgreementOfUnknownWorth() {
        for (int i = 0; i < 60; i++) {
            long id = labels.ask();
            labels.answer(id, "ann", Answer.FIRST);
            labels.answer(id, "bob", Answer.FIRST);
        }
        Agreed agreed = labels.quality().agreed();
        assertThat(known(agreed.percent())).isEqualTo(Interval.wilson(60, 60)); // not 1 to 1, as every resample says
        for (Figure figure : List.of(agreed.cohen(), agreed.fleiss(), agreed.alphaNominal(), agreed.alphaOrdinal())) {
            assertThat(figure.interval()).isNull();
            assertThat(figure.undefined())
                    .isEqualTo("all answers to 60 comparisons are the same, so nothing tells agreement from chance");
        }
        assertThat(Json.line(labels.quality())).doesNotContain("NaN");
    }

    @Test
    void fewLabelsSayThatTheyAreFew() {
        long id = labels.ask();
        labels.answer(id, "ann", Answer.FIRST);
        labels.answer(id, "bob", Answer.SECOND);
        Quality quality = labels.quality();
        assertThat(quality.agreed().alphaNominal().undefined())
                .isEqualTo("1 comparisons were answered by two or more labelers; 10 are needed");
        assertThat(labels.of("ann").kappa().undefined())
                .isEqualTo("1 comparisons were answered by this labeler and others; 10 are needed");
        assertThat(labels.of("ann").flags()).isEmpty();
    }

    @Test
    void nothingIsNoError() {
        Quality quality = labels.quality();
        assertThat(quality.labelers()).isEmpty();
        assertThat(quality.agreed().percent().interval()).isNull();
    }

    @Test
    void aPreferenceAboutNothingIsRefused() {
        labels.answer(7, "ann", Answer.FIRST);
        assertThatThrownBy(labels::quality).hasMessageEndingWith("is about comparison 7, which is not there");
    }

    @Test
    void whoAnswersAloneHasHabitsButNoReliability() {
        labels.answer(labels.ask(), "ann", Answer.FIRST, true, 1_500);
        labels.answer(labels.ask(), "ann", Answer.TIE, false, 0);
        labels.answer(labels.ask(), "ann", Answer.SKIP, false, 9_000);
        labels.answer(labels.ask(), "ann", Answer.SECOND, true, 2_500);
        LabelerQuality ann = labels.of("ann");
        assertThat(ann.answers()).isEqualTo(3);
        assertThat(ann.medianSeconds()).isEqualTo(2);
        assertThat(ann.fast()).isEqualTo(Figure.of(2, Interval.wilson(1, 2)));
        assertThat(ann.left()).isEqualTo(Figure.of(2, Interval.wilson(1, 2)));
        assertThat(ann.neither()).isEqualTo(Figure.of(3, Interval.wilson(1, 3)));
        assertThat(ann.skipped()).isEqualTo(Figure.of(4, Interval.wilson(1, 4)));
        assertThat(ann.longer()).isEqualTo(Figure.of(2, Interval.wilson(1, 2))); // "one" < "other"
        assertThat(ann.reliability()).isNull();
    }

    @Test
    void aQuestionAskedAgainWithItsSidesSwappedIsTheSame() {
        long once = labels.ask("Hello?", "Good day.", "What?");
        long swapped = labels.ask("Hello?", "What?", "Good day.");
        long third = labels.ask("Hello?", "What?", "Good day.");
        labels.ask("Hello!", "What?", "Good day.");
        labels.answer(once, "ann", Answer.FIRST_MUCH);
        labels.answer(swapped, "ann", Answer.SECOND_SLIGHTLY); // the same
        labels.answer(third, "ann", Answer.TIE); // another
        labels.answer(once, "bob", Answer.FIRST);
        assertThat(labels.of("ann").consistency()).isEqualTo(Figure.of(2, Interval.wilson(1, 2)));
        assertThat(labels.of("bob").consistency().undefined()).isEqualTo("no question was asked twice");
    }

    /** Each is measured beside the other: half of what is between them is laid to each. */
    @Test
    void ofTwoWithOppositeTastesForLengthNobodyIsTheMiddle() {
        for (int i = 0; i < 40; i++) {
            long id = labels.ask("question " + i, "short", "longer than that");
            labels.answer(id, "ann", Answer.SECOND);
            labels.answer(id, "bob", i % 4 == 0 ? Answer.SECOND : Answer.FIRST);
        }
        assertThat(known(labels.of("ann").longerThanOthers()).mean()).isCloseTo(.375, within(1e-3));
        assertThat(known(labels.of("bob").longerThanOthers()).mean()).isCloseTo(-.375, within(1e-3));
    }

    @Test
    void whoSharesATasteWithMostHasNone() {
        for (int i = 0; i < 40; i++) {
            long id = labels.ask("question " + i, "short", "longer than that");
            for (String labeler : List.of("ann", "bob", "cyn")) {
                labels.answer(id, labeler, i % 2 == 0 ? Answer.SECOND : Answer.FIRST);
            }
            labels.answer(id, "dan", Answer.SECOND);
        }
        assertThat(known(labels.of("ann").longerThanOthers()).mean()).isCloseTo(0, within(1e-3));
        assertThat(known(labels.of("dan").longerThanOthers()).mean()).isCloseTo(.5, within(1e-3));
    }

    @Test
    void goldIsWhatIsKnown() {
        long one = labels.ask();
        long other = labels.ask();
        labels.answer(one, "ann", Answer.FIRST_SLIGHTLY);
        labels.answer(other, "ann", Answer.BOTH_BAD);
        labels.answer(labels.ask(), "ann", Answer.FIRST);
        assertThat(labels.of("ann", Map.of(one, Answer.FIRST, other, Answer.SECOND))
                        .gold())
                .isEqualTo(Figure.of(2, Interval.wilson(1, 2)));
    }

    @Test
    void theMostOpposedComesFirstAndTheUndisputedNotAtAll() {
        long agreed = labels.ask();
        long undecided = labels.ask();
        long divided = labels.ask();
        for (String labeler : List.of("ann", "bob", "cyn", "dan")) {
            labels.answer(agreed, labeler, Answer.FIRST);
            labels.answer(undecided, labeler, labeler.equals("ann") ? Answer.TIE : Answer.FIRST);
            labels.answer(divided, labeler, labeler.compareTo("bob") > 0 ? Answer.SECOND : Answer.FIRST_MUCH);
        }
        assertThat(labels.quality().disputed())
                .extracting(Consensus::comparison)
                .containsExactly(divided, undecided);
        assertThat(labels.quality().consensus()).hasSize(3);
        assertThat(labels.quality().consensus().get(0).vote()).isEqualTo(Vote.FIRST);
        assertThat(labels.quality().consensus().get(0).posterior()).isGreaterThan(.9);
    }

    @Test
    void theJsonIsSnakeCaseAndLeavesTheConsensusOfAllOut() throws Exception {
        sixty();
        JsonNode json = Json.mapper().readTree(Json.line(labels.quality()));
        assertThat(json.at("/agreed/alpha_nominal/interval/mean").isNumber()).isTrue();
        assertThat(json.at("/labelers/0/labeler").asText()).isEqualTo("ann");
        assertThat(json.at("/labelers/0/longer_than_others/n").asInt()).isEqualTo(51);
        assertThat(json.has("consensus")).isFalse();
    }

    @Test
    void aLiveMeasureOf300000PreferencesTakesLessThanTwoSeconds() {
        SplittableRandom random = Draws.of(1, "many", 0);
        Answer[] answers = Answer.values();
        for (int i = 0; i < 100_000; i++) {
            long id = labels.ask("question " + i, "one".repeat(1 + i % 5), "other".repeat(1 + i % 3));
            int right = i % 2 == 0 ? 1 : 5;
            int[] of = {random.nextInt(50), random.nextInt(50), random.nextInt(50)};
            for (int k = 0; k < 3; k++) {
                int labeler = of[k] == of[(k + 1) % 3] || of[k] == of[(k + 2) % 3] ? 50 + k : of[k];
                Answer answer = answers[random.nextInt(4) == 0 ? random.nextInt(answers.length) : right];
                labels.answer(id, "labeler " + labeler, answer, random.nextBoolean(), 1_000 + random.nextInt(20_000));
            }
        }
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) { // processor time: other work on the machine must not count
            long began = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            labels.quality();
            best = Math.min(best, ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - began);
        }
        System.err.println("quality of 300,000 preferences by 53 labelers: " + best / 1_000_000 + " ms");
        assertThat(best).isLessThan(2_000_000_000L);
    }

    @Test
    void ratingsOfAnAxisAgreeAsKrippendorffsAlphaHasIt() {
        Labels labels = new Labels();
        double[][] ratings = new double[2][24];
        for (int i = 0; i < 12; i++) {
            int first = 1 + i % 7;
            int second = 7 - i % 5;
            labels.rate(i + 1, "ann", first, second);
            labels.rate(i + 1, "bob", Math.min(7, first + i % 3), second);
            ratings[0][2 * i] = first;
            ratings[0][2 * i + 1] = second;
            ratings[1][2 * i] = Math.min(7, first + i % 3);
            ratings[1][2 * i + 1] = second;
        }
        Quality quality = Quality.of(labels.comparisons, labels.preferences, Map.of(), 0);
        assertThat(quality.answers()).as("none prefers one to another").isZero();
        AxisAgreement axis = quality.axes().get(0);
        assertThat(axis.axis()).isEqualTo("true");
        assertThat(axis.ratings()).isEqualTo(48);
        Interval alpha = Objects.requireNonNull(axis.alpha().interval());
        assertThat(alpha.mean()).isCloseTo(Agreement.krippendorff(ratings, Agreement.Level.ORDINAL), within(1e-9));
        assertThat(alpha.low()).isLessThan(alpha.mean());
        labels.preferences.removeIf(preference -> preference.comparison() > 5);
        assertThat(Quality.of(labels.comparisons, labels.preferences, Map.of(), 0)
                        .axes()
                        .get(0)
                        .alpha()
                        .undefined())
                .isEqualTo("5 comparisons were answered by two or more labelers; 10 are needed");
    }

    private Quality quality(Known... gold) {
        return Quality.of(labels.comparisons, labels.preferences, Known.byComparison(List.of(gold)), 0);
    }

    private static Known order(long comparison, Integer... ranks) {
        return new KnownAnswer(comparison, Answer.RANKED, List.of(ranks), null, null)
                .of(new Form(ranks.length, List.of()));
    }

    @Test
    void aRankingIsAsKnownInEveryTwoOfItsCompletionsAndCountsOnce() {
        long known = labels.rank("a question", "one", "two", "three");
        long wrong = labels.rank("another", "one", "two", "three");
        labels.rank(known, "ann", 1, 3, 2);
        labels.rank(wrong, "ann", 3, 2, 1);
        Figure gold = quality(order(known, 1, 2, 3), order(wrong, 1, 2, 3))
                .labelers()
                .get(0)
                .gold();
        assertThat(gold.n()).isEqualTo(2);
        assertThat(known(gold).mean()).isCloseTo((2 / 3.0 + 0) / 2, within(1e-12));
        assertThat(known(gold)).isEqualTo(Interval.wilson(2 / 3.0, 2));
    }

    @Test
    void aTieThatIsKnownIsMissedByAnOrder() {
        long known = labels.rank("a question", "one", "two", "three");
        labels.rank(known, "ann", 1, 2, 2);
        labels.rank(known, "bob", 1, 2, 3);
        Quality quality = quality(order(known, 1, 2, 2));
        assertThat(known(quality.labelers().get(0).gold()).mean()).isEqualTo(1);
        assertThat(known(quality.labelers().get(1).gold()).mean()).isCloseTo(2 / 3.0, within(1e-12));
    }

    @Test
    void aRankingThatIsAskedAgainTellsHowSteadyItsLabelerIs() {
        long ranking = labels.rank("a question", "one", "two", "three");
        labels.rank(ranking, "ann", 1, 2, 3);
        labels.rank(labels.askAgain(ranking, "ann"), "ann", 2, 1, 3);
        labels.rank(ranking, "bob", 1, 2, 3);
        labels.rank(labels.askAgain(ranking, "bob"), "bob", 1, 2, 3); // of the other two first
        List<LabelerQuality> labelers = quality().labelers();
        assertThat(labelers.get(0).consistency()).isEqualTo(Figure.of(1, Interval.wilson(1, 1)));
        assertThat(known(labelers.get(1).consistency()).mean()).isCloseTo(2 / 3.0, within(1e-12));
    }

    @Test
    void aRatersFiguresAreCountedByHand() {
        labels.rate(1, "ann", 7, 4);
        labels.rate(1, "bob", 5, 4);
        labels.rate(2, "ann", 1, 2);
        long again = labels.askAgain(1, "ann");
        labels.rate(again, "ann", 4, 4); // of the second first: she gave 4 and 7 before
        Map<String, List<Integer>> right = Map.of("true", List.of(6, 6));
        Known known = new KnownAnswer(1, Answer.RATED, null, right, null).of(new Form(2, List.of("true")));
        Quality quality = quality(known);
        assertThat(quality.raters()).extracting(RaterQuality::labeler).containsExactly("ann", "bob");
        RaterQuality ann = quality.raters().get(0);
        assertThat(ann.ratings()).isEqualTo(6);
        assertThat(ann.mean()).isCloseTo(22 / 6.0, within(1e-12));
        assertThat(known(ann.apart()).mean()).isEqualTo(1);
        assertThat(known(ann.gold()).mean()).as("7 is a point off, 4 is two").isEqualTo(.5);
        assertThat(known(ann.again()).mean()).isEqualTo(1.5);
        assertThat(known(ann.again()).high()).isLessThanOrEqualTo(6);
        assertThat(quality.raters().get(1).again().undefined()).isEqualTo("no question was asked twice");
    }

    @Test
    void rankingsAndRatingsThatAreFarApartAreForALeadToDecide() {
        long near = labels.rank("near", "one", "two", "three", "four");
        long far = labels.rank("far", "one", "two", "three", "four");
        long opposed = labels.rank("opposed", "one", "two", "three", "four");
        labels.rate(4, "ann", 1, 7);
        labels.rate(4, "bob", 5, 7);
        for (long id : List.of(near, far, opposed)) {
            labels.rank(id, "ann", 1, 2, 3, 4);
        }
        labels.rank(near, "bob", 2, 1, 3, 4);
        labels.rank(far, "bob", 2, 1, 4, 3);
        labels.rank(opposed, "bob", 4, 3, 2, 1);
        Quality quality = quality();
        assertThat(quality.disputed()).as("of two").isEmpty();
        assertThat(quality.disputedGrades())
                .extracting(Dispute::comparison)
                .as("rankings, the widest first, then ratings")
                .containsExactly(opposed, far, 4L);
        assertThat(quality.disputedGrades().get(0).spread()).isEqualTo(2);
        assertThat(quality.disputedGrades().get(1).spread()).isCloseTo(4 / 6.0, within(1e-12));
        assertThat(quality.disputedGrades().get(2).spread()).isCloseTo(2 / (16 / 7.0), within(1e-12));
    }

    @Test
    void aRankingIsEveryTwoOfItsCompletions() {
        Labels labels = new Labels();
        long ranking = labels.rank("a question", "one", "two", "three");
        labels.rank(ranking, "ann", 1, 2, 3);
        labels.rank(ranking, "bob", 1, 3, 2);
        long pair = labels.ask();
        labels.answer(pair, "ann", Answer.FIRST);
        labels.answer(pair, "bob", Answer.SECOND);
        Quality quality = Quality.of(labels.comparisons, labels.preferences, Map.of(), 0);
        assertThat(quality.comparisons()).as("three of the ranking and one").isEqualTo(4);
        assertThat(quality.answers()).isEqualTo(8);
        assertThat(quality.disputed())
                .as("only what was asked alone")
                .extracting(Consensus::comparison)
                .containsExactly(pair);
        assertThat(quality.consensus()).hasSize(1);
    }
}

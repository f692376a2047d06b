package dev.heed.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heed.feedback.Answer;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Known;
import dev.heed.feedback.Preference;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.quality.Figure;
import dev.heed.quality.Flag.Kind;
import dev.heed.quality.Interval;
import dev.heed.quality.LabelerQuality;
import dev.heed.quality.Quality;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Faults planted in simulated labelers are found by the statistics of labels, and none where none were planted. */
class PlantedFaultsTest {
    private static final World WORLD = World.of(1);
    private static final Instant NOON = Instant.parse("2026-11-25T12:00:00Z");
    private static final Faults HONEST = Faults.of(0.15, 0.04, 0, 0);
    private static final int SEEDS = 8;
    private static final int AGAIN = 300; // questions asked twice
    private static final List<Comparison> COMPARISONS = comparisons(1000);

    private static List<Comparison> comparisons(int count) {
        List<Comparison> comparisons = new ArrayList<>();
        List<Prompt> prompts = WORLD.prompts(Split.TRAIN, count, "planted");
        Persona[] personas = Persona.values();
        for (int i = 0; i < count; i++) {
            Completion first = said(WORLD.answer(personas[i % 5], prompts.get(i), 0));
            Completion second = said(WORLD.answer(personas[(i / 5) % 5], prompts.get(i), 1));
            if (!first.text().equals(second.text())) {
                comparisons.add(new Comparison(comparisons.size() + 1, 1, prompts.get(i), first, second, 0));
            }
        }
        for (Comparison c : List.copyOf(comparisons.subList(0, AGAIN))) {
            comparisons.add(new Comparison(
                    comparisons.size() + 1, 1, c.prompt(), /* first= */ c.second(), /* second= */ c.first(), 0));
        }
        return comparisons;
    }

    private static Completion said(String text) {
        return new Completion(text, "test", true);
    }

    private static SimulatedLabeler labeler(String name, Faults faults, long seed) {
        return new SimulatedLabeler(WORLD.judge(), name, faults, seed);
    }

    /** What is measured of "zoe", who has the faults, and of three honest ones, for each of several seeds. */
    private static List<Map<String, LabelerQuality>> measured(Faults faults, Map<Long, Known> gold) {
        List<Map<String, LabelerQuality>> measured = new ArrayList<>();
        for (long seed = 1; seed <= SEEDS; seed++) {
            List<SimulatedLabeler> labelers = List.of(
                    labeler("ann", HONEST, seed),
                    labeler("bob", HONEST, seed),
                    labeler("cyn", HONEST, seed),
                    labeler("zoe", faults, seed));
            List<Preference> answers = new ArrayList<>();
            for (Comparison comparison : COMPARISONS) {
                labelers.forEach(labeler -> answers.add(labeler.answer(comparison, NOON)));
            }
            Map<String, LabelerQuality> byName = new HashMap<>();
            Quality.of(COMPARISONS, answers, gold, seed).labelers().forEach(one -> byName.put(one.labeler(), one));
            measured.add(byName);
        }
        return measured;
    }

    private static void assertFoundInZoeAlone(Faults faults, Kind kind) {
        for (Map<String, LabelerQuality> labelers : measured(faults, Map.of())) {
            labelers.forEach((name, of) ->
                    assertThat(of.has(kind)).as(name + " " + of.flags()).isEqualTo(name.equals("zoe")));
        }
    }

    private static LabelerQuality zoe(Map<String, LabelerQuality> labelers) {
        return Objects.requireNonNull(labelers.get("zoe"));
    }

    /** Of so many intervals of 95 %, one may miss by chance, and rarely two. */
    private static void assertCovered(double planted, List<Figure> found) {
        assertThat(found.stream()
                        .map(figure -> Objects.requireNonNull(figure.interval()))
                        .filter(interval -> interval.low() <= planted && planted <= interval.high()))
                .as("%s in %s", planted, found)
                .hasSizeGreaterThanOrEqualTo(SEEDS - 2);
    }

    /** Mean over comparisons and sides of what a labeler does, weighed by how probably the answer is decided. */
    private static double expected(SimulatedLabeler labeler, Share share) {
        double sum = 0;
        double all = 0;
        for (Comparison c : COMPARISONS) {
            for (boolean secondOnLeft : new boolean[] {false, true}) {
                double decided = 1 - labeler.probabilityTie(c.prompt(), c.first(), c.second(), secondOnLeft);
                double first = labeler.probabilityFirst(c.prompt(), c.first(), c.second(), secondOnLeft);
                double of = share.of(c, secondOnLeft, first);
                if (!Double.isNaN(of)) {
                    sum += decided * of;
                    all += decided;
                }
            }
        }
        return sum / all;
    }

    private interface Share {
        /** NaN where the comparison has no part in it. */
        double of(Comparison comparison, boolean secondOnLeft, double first);
    }

    private static double left(Comparison c, boolean secondOnLeft, double first) {
        return secondOnLeft ? 1 - first : first;
    }

    private static double longer(Comparison c, boolean secondOnLeft, double first) {
        int by = Integer.compare(c.first().text().length(), c.second().text().length());
        return by == 0 ? Double.NaN : by > 0 ? first : 1 - first;
    }

    @Test
    void nothingIsFoundWhereNothingWasPlanted() {
        for (Map<String, LabelerQuality> labelers : measured(HONEST, gold())) {
            labelers.forEach((name, of) -> assertThat(of.flags()).as(name).isEmpty());
        }
    }

    @Test
    void tenPointsToTheLeftAreFoundWithTheirInterval() {
        Faults faults = new Faults(0.15, 0.04, 0, 0, 0, 0.2, 1);
        double planted = expected(labeler("zoe", faults, 1), PlantedFaultsTest::left);
        assertThat(planted).isBetween(0.60, 0.615); // a bit more than 10 points, as what is unread is never a tie
        assertFoundInZoeAlone(faults, Kind.POSITION_BIAS);
        assertCovered(
                planted,
                measured(faults, Map.of()).stream().map(l -> zoe(l).left()).toList());
    }

    @Test
    void oddsForTheRightAreFoundAsWell() {
        Faults faults = Faults.of(0.15, 0.04, 0, -1.2);
        assertFoundInZoeAlone(faults, Kind.POSITION_BIAS);
        assertCovered(
                expected(labeler("zoe", faults, 1), PlantedFaultsTest::left),
                measured(faults, Map.of()).stream().map(l -> zoe(l).left()).toList());
    }

    @Test
    void aTasteForLengthIsFoundBesideTheOthersOnTheSameComparisons() {
        Faults faults = Faults.of(0.15, 0.04, 0.4, 0);
        double planted = expected(labeler("zoe", faults, 1), PlantedFaultsTest::longer)
                - expected(labeler("ann", HONEST, 1), PlantedFaultsTest::longer);
        assertThat(planted).isGreaterThan(0.05);
        assertFoundInZoeAlone(faults, Kind.LENGTH_BIAS);
        assertCovered(
                planted,
                measured(faults, Map.of()).stream()
                        .map(l -> zoe(l).longerThanOthers())
                        .toList());
    }

    @Test
    void whoAlwaysTakesTheLeftIsFoundAndNotBelieved() {
        Faults faults = new Faults(0.15, 0.04, 0, 0, 0, 1, 1);
        assertFoundInZoeAlone(faults, Kind.ALWAYS_ONE_SIDE);
        for (Map<String, LabelerQuality> labelers : measured(faults, Map.of())) {
            Interval kappa = Objects.requireNonNull(zoe(labelers).kappa().interval());
            assertThat(kappa.mean()).isBetween(-0.06, 0.06);
            assertThat(zoe(labelers).has(Kind.LENGTH_BIAS)).isFalse();
            assertThat(labelers.values().stream().filter(of -> !of.labeler().equals("zoe")))
                    .allSatisfy(of -> assertThat(Objects.requireNonNull(of.reliability()))
                            .isGreaterThan(Objects.requireNonNull(zoe(labelers).reliability()) + 0.2));
        }
    }

    @Test
    void whoTossesACoinIsFoundInEveryWay() {
        Faults faults = new Faults(0.15, 0.04, 0, 0, 1, 0, 0.1);
        for (Kind kind : List.of(Kind.AS_BY_CHANCE, Kind.INCONSISTENT, Kind.TOO_FAST)) {
            assertFoundInZoeAlone(faults, kind);
        }
        for (Map<String, LabelerQuality> labelers : measured(faults, gold())) {
            labelers.forEach((name, of) ->
                    assertThat(of.has(Kind.LOW_GOLD)).as(name + of.gold()).isEqualTo(name.equals("zoe")));
        }
    }

    /** Where one is better by far. */
    private static Map<Long, Known> gold() {
        Map<Long, Known> gold = new HashMap<>();
        for (Comparison c : COMPARISONS) {
            double by = WORLD.judge().judge(c.prompt(), c.first()).score()
                    - WORLD.judge().judge(c.prompt(), c.second()).score();
            if (Math.abs(by) > 0.4 && gold.size() < 100) {
                gold.put(c.id(), new Known(c.id(), by > 0 ? Answer.FIRST_MUCH : Answer.SECOND_MUCH));
            }
        }
        return gold;
    }
}

package dev.heed.db;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heed.feedback.Answer;
import dev.heed.feedback.Asked;
import dev.heed.feedback.Asked.ChosenBy;
import dev.heed.feedback.Asking;
import dev.heed.feedback.Campaign;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Known;
import dev.heed.feedback.Plan;
import dev.heed.feedback.Preference;
import dev.heed.run.Draws;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is asked what. */
class HandoutTest {
    private static final Instant NOON = Instant.parse("2026-11-25T12:00:00Z");

    private FeedbackStore store;
    private Instant now = NOON;
    private long lot;

    @BeforeEach
    void open(@TempDir Path home) {
        store = FeedbackStore.open(home);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private double draw() {
        return Draws.uniform(3, "lots", lot++);
    }

    private static Plan plan(int answers, int ifDisputed) {
        return new Plan(answers, ifDisputed, 0, 0, 0, 0, 0, List.of());
    }

    private Campaign campaign(Plan plan) {
        return store.campaigns().change(Campaign.LOOP, "The loop", plan, true);
    }

    private List<Comparison> hand(String labeler, Campaign campaign, int limit, Long... held) {
        return store.hand(labeler, campaign, limit, Set.of(held), now, this::draw);
    }

    private static List<Long> ids(List<Comparison> comparisons) {
        return comparisons.stream().map(Comparison::id).toList();
    }

    private Preference label(Comparison comparison, String labeler, Answer answer) {
        return store.label(comparison, Questions.preference(comparison.id(), labeler, answer));
    }

    @Test
    void whatIsHeldCountsAsAnsweredForTheOthers() {
        store.addComparisons(Questions.comparisons(3));
        Campaign once = campaign(plan(1, 1));
        assertThat(ids(hand("ann", once, 2))).containsExactly(1L, 2L);
        assertThat(ids(hand("bob", once, 5))).containsExactly(3L);
        assertThat(hand("eve", once, 5)).isEmpty();
        now = now.plus(Duration.ofMinutes(11));
        assertThat(ids(hand("eve", once, 5))).as("after the leases").containsExactly(1L, 2L, 3L);
    }

    @Test
    void aLabelerWhoReloadsGetsTheSameAgainAndWhoIsAtWorkKeepsIt() {
        store.addComparisons(Questions.comparisons(5));
        Campaign once = campaign(plan(1, 1));
        hand("ann", once, 2);
        assertThat(ids(hand("ann", once, 2))).containsExactly(1L, 2L);
        now = now.plus(Duration.ofMinutes(8));
        assertThat(ids(hand("ann", once, 1, 1L, 2L))).containsExactly(3L);
        now = now.plus(Duration.ofMinutes(8));
        assertThat(ids(hand("bob", once, 5)))
                .as("ann's were renewed when she asked for more")
                .containsExactly(4L, 5L);
    }

    @Test
    void whatWasBegunIsFinishedFirst() {
        store.addComparisons(Questions.comparisons(4));
        Campaign twice = campaign(plan(2, 2));
        Comparison third = store.findComparison(3).orElseThrow();
        label(third, "ann", Answer.FIRST);
        assertThat(ids(hand("bob", twice, 2))).containsExactly(3L, 1L);
    }

    @Test
    void aDisputedComparisonIsAskedOnceMore() {
        store.addComparisons(Questions.comparisons(2));
        Campaign plan = campaign(plan(2, 3));
        Comparison agreed = store.findComparison(1).orElseThrow();
        Comparison disputed = store.findComparison(2).orElseThrow();
        label(agreed, "ann", Answer.FIRST);
        label(agreed, "bob", Answer.FIRST_SLIGHTLY);
        label(disputed, "ann", Answer.FIRST);
        Preference bobs = label(disputed, "bob", Answer.SECOND);
        assertThat(ids(hand("eve", plan, 5))).containsExactly(2L);
        assertThat(store.campaigns().progress(plan).disputed()).isEqualTo(1);
        store.label(disputed, Questions.replacing(bobs, Answer.FIRST_MUCH));
        assertThat(hand("dan", plan, 5)).as("corrected: no dispute").isEmpty();
        assertThat(store.campaigns().progress(plan).disputed()).isZero();
        assertThat(store.campaigns().progress(plan).done()).isEqualTo(2);
    }

    @Test
    void oneTooManyIsKeptButNotLearnedFrom() {
        store.addComparisons(Questions.comparisons(1));
        Campaign once = campaign(plan(1, 1));
        Comparison only = hand("ann", once, 1).get(0);
        now = now.plus(Duration.ofMinutes(11));
        hand("bob", once, 1);
        label(only, "bob", Answer.SECOND);
        Preference late = label(only, "ann", Answer.FIRST);
        assertThat(late.asked().extra()).isTrue();
        assertThat(store.preferences()).hasSize(2);
        assertThat(store.pairs()).extracting("labeler").containsExactly("bob");
        assertThat(label(only, "ann", Answer.FIRST)).as("sent again").isEqualTo(late);
        assertThat(store.label(only, Questions.replacing(late, Answer.TIE))
                        .asked()
                        .extra())
                .as("a correction of one too many is one too many")
                .isTrue();
        assertThat(store.campaigns().progress(once).preferences()).isEqualTo(1);
    }

    @Test
    void nobodyIsAskedMoreThanTheirShareOfADay() {
        store.addComparisons(Questions.comparisons(9));
        Campaign limited = campaign(new Plan(1, 1, 0, 0, 0, 0, 3, List.of()));
        List<Comparison> first = hand("ann", limited, 5);
        assertThat(first).hasSize(3);
        now = Instant.parse("2026-11-23T10:01:00Z"); // the day of Questions' answers
        first.forEach(comparison -> label(comparison, "ann", Answer.TIE));
        assertThat(hand("ann", limited, 5)).isEmpty();
        assertThat(hand("bob", limited, 5)).hasSize(3);
        now = now.plus(Duration.ofDays(1));
        assertThat(hand("ann", limited, 5)).hasSize(3);
    }

    @Test
    void correctionsAndOtherCampaignsAreNoPartOfTheDaysShare() {
        store.addComparisons(Questions.comparisons(9));
        Campaign limited = campaign(new Plan(1, 1, 0, 0, 0, 0, 3, List.of()));
        Campaign other = store.campaigns().add("Other", plan(1, 1), NOON);
        Comparison one = Questions.comparison(20);
        store.addComparisons(List.of(
                new Comparison(0, 1, one.prompt(), one.first(), one.second(), 0, new Asking(other.id(), null))));
        now = Instant.parse("2026-11-23T10:01:00Z"); // the day of Questions' answers
        label(hand("ann", other, 1).get(0), "ann", Answer.TIE);
        Comparison first = hand("ann", limited, 1).get(0);
        Preference said = label(first, "ann", Answer.TIE);
        store.label(first, Questions.replacing(said, Answer.FIRST));
        assertThat(hand("ann", limited, 5)).hasSize(2);
    }

    @Test
    void theSharesOfThePlanAreKeptAndStoredWithTheAnswer() {
        store.addComparisons(IntStream.range(0, 1000)
                .mapToObj(i -> Questions.comparison(i, "first " + i, "second " + i, i % 100))
                .toList());
        for (long gold = 1; gold <= 100; gold++) {
            store.campaigns().setGold(new Known(gold, Answer.FIRST), "lea", now);
        }
        Campaign plan = campaign(new Plan(1, 1, 0.2, 0.2, 0.1, 0.1, 0, List.of()));
        Map<ChosenBy, Integer> chosen = new HashMap<>();
        for (int i = 0; i < 400; i++) {
            Comparison next = hand("ann", plan, 1).get(0);
            Asked asked = label(next, "ann", Answer.SECOND).asked();
            chosen.merge(asked.chosenBy(), 1, Integer::sum);
            assertThat(asked.chosenBy() == ChosenBy.GOLD).isEqualTo(next.id() <= 100);
            assertThat(asked.chosenBy() == ChosenBy.REPEAT)
                    .isEqualTo(next.asking().repeat() != null);
        }
        assertThat(chosen.get(ChosenBy.UNCERTAINTY)).isBetween(55, 110);
        assertThat(chosen.get(ChosenBy.RANDOM)).isBetween(55, 110);
        assertThat(chosen.get(ChosenBy.GOLD)).isBetween(20, 65);
        assertThat(chosen.get(ChosenBy.REPEAT)).isBetween(20, 65);
        assertThat(chosen.get(ChosenBy.NEED)).isBetween(110, 210);
    }

    @Test
    void aRepeatAsksTheSameLabelerWithFirstAndSecondSwappedAndTeachesNothing() {
        store.addComparisons(Questions.comparisons(40));
        Campaign plan = campaign(new Plan(1, 1, 0, 0, 0, 1, 0, List.of()));
        for (int i = 0; i < 21; i++) {
            Comparison next = hand("ann", plan, 1).get(0);
            assertThat(next.asking()).isEqualTo(Asking.LOOP);
            label(next, "ann", Answer.FIRST);
        }
        Comparison again = hand("ann", plan, 1).get(0);
        Asking.Repeat repeat = Objects.requireNonNull(again.asking().repeat());
        Comparison original = store.findComparison(repeat.original()).orElseThrow();
        assertThat(again.first()).isEqualTo(original.second());
        assertThat(again.second()).isEqualTo(original.first());
        label(again, "ann", Answer.SECOND);
        assertThat(store.pairs()).hasSize(21);
        assertThat(ids(hand("bob", plan, 40))).doesNotContain(again.id());
        assertThat(store.campaigns().progress(plan).comparisons()).isEqualTo(40);
    }

    @Test
    void whoIsLeftOutTeachesNothingAndLosesNothing() {
        store.addComparisons(Questions.comparisons(2));
        label(store.findComparison(1).orElseThrow(), "ann", Answer.FIRST);
        label(store.findComparison(2).orElseThrow(), "bob", Answer.FIRST);
        store.campaigns().exclude("ann", true, "lea", now);
        assertThat(store.pairs()).extracting("labeler").containsExactly("bob");
        assertThat(store.preferences()).hasSize(2);
        store.campaigns().exclude("ann", false, "lea", now);
        assertThat(store.pairs()).hasSize(2);
    }

    @Test
    void campaignsAskTheirOwn() {
        Campaign other = store.campaigns().add("Kindness", plan(1, 1), now);
        store.addComparisons(Questions.comparisons(2));
        store.addComparisons(Questions.comparisons(2).stream()
                .map(c -> new Comparison(0, 1, c.prompt(), c.first(), c.second(), 0, new Asking(other.id(), null)))
                .toList());
        assertThat(ids(hand("ann", other, 5))).containsExactly(3L, 4L);
        assertThat(ids(hand("ann", campaign(plan(1, 1)), 5))).containsExactly(1L, 2L);
        assertThat(store.remaining("bob", other)).isEqualTo(2);
    }

    @Test
    void manyAtOnceNeverAnswerAComparisonMoreOftenThanItWants() throws Exception {
        int labelers = 40;
        store.addComparisons(Questions.comparisons(60));
        Campaign thrice = campaign(plan(3, 3));
        ExecutorService people = Executors.newFixedThreadPool(labelers);
        AtomicLong draws = new AtomicLong();
        DoubleSupplier lots = () -> Draws.uniform(5, "lots", draws.incrementAndGet());
        List<Future<Integer>> done = new ArrayList<>();
        for (int i = 0; i < labelers; i++) {
            String labeler = "labeler " + i;
            done.add(people.submit(() -> work(labeler, thrice, lots)));
        }
        int total = 0;
        for (Future<Integer> one : done) {
            total += one.get();
        }
        people.shutdown();
        assertThat(total).isEqualTo(180);
        Map<Long, Set<String>> byComparison = new HashMap<>();
        for (Preference preference : store.preferences()) {
            assertThat(preference.asked().extra()).isFalse();
            assertThat(byComparison
                            .computeIfAbsent(preference.comparison(), id -> new HashSet<>())
                            .add(preference.labeler()))
                    .isTrue();
        }
        assertThat(byComparison).hasSize(60).allSatisfy((id, who) -> assertThat(who)
                .hasSize(3));
    }

    private int work(String labeler, Campaign campaign, DoubleSupplier lots) {
        int labels = 0;
        List<Comparison> next = store.hand(labeler, campaign, 2, Set.of(), now, lots);
        while (!next.isEmpty()) {
            for (Comparison comparison : next) {
                label(comparison, labeler, Answer.FIRST);
                labels++;
            }
            next = store.hand(labeler, campaign, 2, Set.of(), now, lots);
        }
        return labels;
    }
}

package dev.heed.db;

import static dev.heed.db.Questions.graded;
import static dev.heed.db.Questions.ranked;
import static dev.heed.db.Questions.rated;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heed.feedback.Adjudication;
import dev.heed.feedback.Answer;
import dev.heed.feedback.Asked.ChosenBy;
import dev.heed.feedback.Asking;
import dev.heed.feedback.Campaign;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Grades;
import dev.heed.feedback.Judgement;
import dev.heed.feedback.Kind;
import dev.heed.feedback.Known;
import dev.heed.feedback.KnownAnswer;
import dev.heed.feedback.Pair;
import dev.heed.feedback.Plan;
import dev.heed.feedback.Preference;
import dev.heed.run.Draws;
import dev.heed.run.Json;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
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
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Rankings and ratings have what preferences between two have: kept once, corrected, found again, never too many. */
@ParameterizedClass
@EnumSource(Storage.class)
class GradesTest {
    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
    private static final Map<String, List<Integer>> RATINGS =
            Map.of("helpful", List.of(1, 7, 4), "true", List.of(5, 5, 2));

    private final Storage storage;
    private String db;
    private Path home;
    private FeedbackStore store;
    private Campaign rankings;
    private Campaign ratings;

    GradesTest(Storage storage) {
        this.storage = storage;
    }

    @BeforeEach
    void open(@TempDir Path folder) {
        home = folder;
        db = storage.newDatabase();
        store = FeedbackStore.open(home, db);
        rankings = store.campaigns().add("Rankings", Plan.of(2).with(Kind.RANKING, List.of()), NOW);
        ratings = store.campaigns().add("Ratings", Plan.of(1).with(Kind.RATING, List.of("helpful", "true")), NOW);
        Asking rated = new Asking(ratings.id(), null);
        store.addComparisons(List.of(
                Questions.ranking(1, 4, new Asking(rankings.id(), null)),
                Questions.ranking(2, 9, new Asking(rankings.id(), null)),
                Questions.rating(3, 3, rated, "helpful", "true"),
                Questions.comparison(4)));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private Comparison comparison(long id) {
        return store.findComparison(id).orElseThrow();
    }

    private Preference label(Preference preference) {
        return store.label(comparison(preference.comparison()), preference);
    }

    @Test
    void questionsOfEveryKindAreKeptAsTheyAre() {
        assertThat(store.comparisons(1))
                .extracting(Comparison::kind)
                .containsExactly(Kind.RANKING, Kind.RANKING, Kind.RATING, Kind.PAIR);
        assertThat(comparison(2).completions()).hasSize(9).last().satisfies(last -> {
            assertThat(last.text()).isEqualTo("completion 8 of 2 \u0000 λ");
            assertThat(last.model()).isEqualTo("model-8");
        });
        assertThat(comparison(3).axes()).containsExactly("helpful", "true");
        assertThat(store.addComparisons(List.of(Questions.ranking(1, 4, new Asking(rankings.id(), null)))))
                .as("the same is not added again")
                .extracting(Comparison::id)
                .containsExactly(1L);
        assertThat(store.findCampaign("Ratings").orElseThrow().plan().axes()).containsExactly("helpful", "true");
    }

    @Test
    void whatIsSentAgainIsStoredOnceAndAnotherUnderItsNameIsRefused() {
        Preference ranking = ranked(1, "ann", 1, 2, 2, 4);
        Preference stored = label(ranking);
        assertThat(label(ranking)).isEqualTo(stored);
        assertThat(store.preferences()).containsExactly(stored);
        assertThat(Objects.requireNonNull(stored.grades()).ranks())
                .as("without gaps")
                .containsExactly(1, 2, 2, 3);
        Preference other = new Preference(
                ranking.id(),
                1,
                "ann",
                Answer.RANKED,
                true,
                2500,
                ranking.at(),
                null,
                ranking.note(),
                ranking.asked(),
                new Grades(List.of(3, 2, 1, 0), List.of(2, 1, 3, 4), Map.of()));
        assertThatThrownBy(() -> label(other)).isInstanceOf(Conflict.class);
        assertThatThrownBy(() -> label(ranked(1, "ann", 4, 3, 2, 1)))
                .as("a correction names what it corrects")
                .isInstanceOf(Conflict.class);
    }

    @Test
    void aCorrectionReplacesAndTheLastOneHolds() {
        Preference first = label(ranked(1, "ann", 1, 2, 3, 4));
        Preference second = label(graded(1, "ann", Answer.RANKED, List.of(4, 3, 2, 1), Map.of(), first.id()));
        assertThat(store.preferences()).containsExactly(second);
        assertThat(store.pairs()).hasSize(6).first().satisfies(pair -> assertThat(pair.chosen())
                .isEqualTo(comparison(1).texts().get(1)));
        label(skipped(second));
        assertThat(store.pairs()).isEmpty();
        assertThat(store.campaigns().progress(rankings).preferences()).isZero();
    }

    private static Preference skipped(Preference before) {
        return new Preference(
                UUID.randomUUID(),
                before.comparison(),
                before.labeler(),
                Answer.SKIP,
                true,
                900,
                before.at(),
                before.id(),
                before.note(),
                before.asked(),
                Grades.none(Objects.requireNonNull(before.grades()).shown()));
    }

    @Test
    void aRankingTeachesEveryTwoOfItsCompletionsInOneGroup() {
        label(ranked(1, "ann", 2, 1, 2, 3));
        label(ranked(1, "bob", 1, 2, 3, 4));
        label(rated(3, "ann", RATINGS));
        store.addPreference(Questions.preference(4, "ann", Answer.SECOND));
        List<Pair> pairs = store.pairs();
        assertThat(pairs).hasSize(13);
        List<Pair> anns = pairs.subList(0, 6);
        List<String> texts = comparison(1).texts();
        assertThat(anns)
                .extracting(Pair::chosen)
                .containsExactly(texts.get(1), texts.get(0), texts.get(0), texts.get(1), texts.get(1), texts.get(2));
        assertThat(anns).extracting(Pair::strength).containsExactly(2, 0, 2, 2, 2, 2);
        assertThat(pairs.subList(0, 12))
                .extracting(Pair::group)
                .containsOnly(pairs.get(0).group());
        assertThat(pairs.get(0).group()).hasSize(16);
        assertThat(pairs.get(12).group()).as("of two").isEmpty();
        assertThat(Snapshot.read(store.snapshot(home.resolve("snapshots")).file()))
                .isEqualTo(pairs);
        store.campaigns().exclude("ann", true, "lea", NOW);
        assertThat(store.pairs()).hasSize(6).extracting(Pair::labeler).containsOnly("bob");
    }

    @Test
    void whoseOrdersAreAQuarterOpposedAreAskedForAThird() {
        Campaign adaptive = store.campaigns()
                .change(rankings.id(), "Rankings", Plan.of(2).with(2, 3).with(Kind.RANKING, List.of()), true);
        label(ranked(1, "ann", 1, 2, 3, 4));
        Preference bobs = label(ranked(1, "bob", 2, 1, 3, 4)); // of six, one is opposed
        label(ranked(2, "ann", 1, 2, 3, 4, 5, 6, 7, 8, 9));
        label(ranked(2, "bob", 1, 1, 1, 1, 1, 1, 1, 1, 1)); // a tie opposes nothing
        assertThat(store.campaigns().progress(adaptive).disputed()).isZero();
        assertThat(hand("eve", adaptive)).isEmpty();
        Preference corrected = label(graded(1, "bob", Answer.RANKED, List.of(2, 1, 4, 3), Map.of(), bobs.id()));
        assertThat(store.campaigns().progress(adaptive).disputed()).as("two").isEqualTo(1);
        assertThat(hand("eve", adaptive)).extracting(Comparison::id).containsExactly(1L);
        label(skipped(corrected));
        assertThat(store.campaigns().progress(adaptive).disputed()).isZero();
    }

    @Test
    void whoseRatingsAreFarApartOnOneAxisAreAskedForAThird() {
        Campaign adaptive = store.campaigns()
                .change(
                        ratings.id(),
                        "Ratings",
                        Plan.of(2).with(2, 3).with(Kind.RATING, List.of("helpful", "true")),
                        true);
        label(rated(3, "ann", RATINGS));
        Preference near = label(rated(3, "bob", Map.of("helpful", List.of(2, 6, 5), "true", List.of(6, 5, 2))));
        assertThat(hand("eve", adaptive)).as("a point apart").isEmpty();
        label(graded(
                3,
                "bob",
                Answer.RATED,
                List.of(),
                Map.of("helpful", List.of(1, 7, 4), "true", List.of(5, 3, 4)),
                near.id()));
        assertThat(hand("eve", adaptive))
                .as("4/3 points apart on the axis true, which is more than 8/7")
                .extracting(Comparison::id)
                .containsExactly(3L);
    }

    private List<Comparison> hand(String labeler, Campaign campaign) {
        return store.hand(labeler, campaign, 5, Set.of(), NOW, () -> 0.5);
    }

    @Test
    void whatIsKnownIsAskedByItsShareAndKept() {
        Campaign gold = store.campaigns()
                .change(
                        rankings.id(),
                        "Rankings",
                        new Plan(1, 1, 0, 0, 1, 0, 0, List.of()).with(Kind.RANKING, List.of()),
                        true);
        Known ranking = new KnownAnswer(2, Answer.RANKED, List.of(1, 2, 2, 3, 4, 5, 6, 7, 9), null, null)
                .of(comparison(2).form());
        Known rating = new KnownAnswer(3, Answer.RATED, null, RATINGS, null)
                .of(comparison(3).form());
        store.campaigns().setGold(rating, "lea", NOW);
        store.campaigns()
                .setGold(
                        new KnownAnswer(2, Answer.BOTH_BAD, null, null, null)
                                .of(comparison(2).form()),
                        "lea",
                        NOW);
        store.campaigns().setGold(ranking, "lea", NOW);
        assertThat(store.gold()).containsExactly(ranking, rating);
        assertThat(rating.tolerance()).isEqualTo(1);
        List<Comparison> handed = store.hand("ann", gold, 1, Set.of(), NOW, () -> 0);
        assertThat(handed).extracting(Comparison::id).containsExactly(2L);
        assertThat(label(ranked(2, "ann", 1, 2, 3, 4, 5, 6, 7, 8, 9)).asked().chosenBy())
                .isEqualTo(ChosenBy.GOLD);
    }

    @Test
    void aRepeatAsksTheSameCompletionsOfTheSameLabelerAndTeachesNothing() {
        Asking asking = new Asking(ratings.id(), null);
        store.addComparisons(IntStream.range(40, 62)
                .mapToObj(i -> Questions.rating(i, 3, asking, "helpful", "true"))
                .toList());
        Campaign repeats = store.campaigns()
                .change(
                        ratings.id(),
                        "Ratings",
                        new Plan(1, 1, 0, 0, 0, 1, 0, List.of()).with(Kind.RATING, List.of("helpful", "true")),
                        true);
        for (int i = 0; i < 21; i++) {
            Comparison next = hand("ann", repeats).get(0);
            label(rated(next.id(), "ann", RATINGS));
        }
        Comparison again = store.hand("ann", repeats, 6, Set.of(), NOW, () -> 0).stream()
                .filter(one -> one.asking().repeat() != null)
                .findFirst()
                .orElseThrow();
        Comparison original =
                comparison(Objects.requireNonNull(again.asking().repeat()).original());
        assertThat(again.kind()).isEqualTo(Kind.RATING);
        assertThat(again.axes()).isEqualTo(original.axes());
        assertThat(again.completions())
                .containsExactly(
                        original.second(),
                        original.first(),
                        original.completions().get(2));
        assertThat(label(rated(again.id(), "ann", RATINGS)).asked().chosenBy()).isEqualTo(ChosenBy.REPEAT);
        assertThat(hand("bob", repeats)).extracting(Comparison::id).doesNotContain(again.id());
    }

    @Test
    void trainingReadsTheOrderThatALeadDecidedWhateverDatabaseKeepsIt() {
        label(ranked(1, "ann", 1, 2, 3, 4));
        label(ranked(1, "bob", 4, 3, 2, 1));
        label(rated(3, "ann", RATINGS));
        decide(1, comparison(1).form().judgement(Answer.RANKED, List.of(2, 1, 2, 3), null));
        decide(3, comparison(3).form().judgement(Answer.RATED, null, RATINGS));
        List<Pair> pairs = store.pairs();
        List<String> texts = comparison(1).texts();
        assertThat(pairs).hasSize(6).extracting(Pair::labeler).containsOnly("lea");
        assertThat(pairs)
                .extracting(Pair::chosen)
                .containsExactly(texts.get(1), texts.get(0), texts.get(0), texts.get(1), texts.get(1), texts.get(2));
        assertThat(pairs).extracting(Pair::strength).containsExactly(2, 0, 2, 2, 2, 2);
        Snapshot snapshot = store.snapshot(home.resolve("snapshots"));
        assertThat(Snapshot.read(snapshot.file())).isEqualTo(pairs);
        assertThat(Provenance.find(snapshot.file()).orElseThrow().rounds())
                .as("ratings teach nothing")
                .containsExactly(Map.entry(1, 1L));
        List<Adjudication> decided = store.adjudications();
        store.close();
        storage.lose(home, db);
        store = FeedbackStore.open(home, db);
        assertThat(store.adjudications()).isEqualTo(decided).hasSize(2);
        assertThat(store.pairs()).isEqualTo(pairs);
        store.adjudicate(new Adjudication(UUID.randomUUID(), 1, null, "lea", NOW));
        assertThat(store.pairs()).as("taken back: what labelers said").hasSize(12);
    }

    private void decide(long comparison, Judgement judgement) {
        Adjudication adjudication =
                new Adjudication(UUID.randomUUID(), comparison, judgement.answer(), judgement.grades(), "lea", NOW);
        assertThat(store.adjudicate(adjudication)).isEqualTo(adjudication);
        assertThat(store.adjudicate(adjudication)).as("sent again").isEqualTo(adjudication);
    }

    @Test
    void anAnswerOfAnotherKindIsRefused() {
        assertThatThrownBy(() -> store.addPreference(Questions.preference(1, "ann", Answer.FIRST)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("comparison 1 asks for a ranking: FIRST is no answer to it");
        assertThatThrownBy(() -> label(ranked(1, "ann", 1, 2, 3)))
                .hasMessage("comparison 1 asks for a ranking: it has 4 completions, shown were 3");
        assertThatThrownBy(() -> label(ranked(4, "ann", 1, 2)))
                .hasMessage("comparison 4 asks for a pair: RANKED is no answer to it");
        assertThatThrownBy(() -> label(rated(3, "ann", Map.of("kind", List.of(1, 2, 3)))))
                .hasMessage("comparison 3 asks for a rating: ratings are on [kind], asked for was [helpful, true]");
        assertThatThrownBy(() -> rated(3, "ann", Map.of("true", List.of(1, 2, 8))))
                .hasMessage("a rating of 3 completions has 3 numbers from 1 to 7, was [1, 2, 8] for true");
        assertThatThrownBy(() -> ranked(1, "ann", 1, 2, 3, 5))
                .hasMessage("a ranking of 4 completions has 4 ranks from 1 to 4, was [1, 2, 3, 5]");
        assertThat(store.preferences()).isEmpty();
    }

    @Test
    void linesOfPairsAreWhatTheyWereBeforeThereWereOthers() {
        Comparison pair = Questions.comparison(4);
        Preference preference = Questions.preference(4, "ann", Answer.FIRST);
        Pair learned = new Pair(pair.prompt(), "b", "a", 2, "ann");
        assertThat(Json.line(pair)).doesNotContain("more", "axes");
        assertThat(Json.line(preference)).doesNotContain("grades");
        assertThat(Json.line(learned))
                .as("or snapshots would have other hashes")
                .doesNotContain("group");
        assertThat(Json.line(Plan.of(1).with(Kind.RATING, List.of("true"))))
                .contains("\"kind\":\"rating\",\"axes\":[\"true\"]");
    }

    @Test
    void theJournalAloneBringsThemBack() {
        Preference first = label(ranked(1, "ann", 1, 2, 3, 4));
        Preference second = label(graded(1, "ann", Answer.RANKED, List.of(4, 1, 2, 3), Map.of(), first.id()));
        Preference rating = label(rated(3, "bob", RATINGS));
        List<Pair> pairs = store.pairs();
        Comparison nine = comparison(2);
        store.close();
        storage.lose(home, db);
        store = FeedbackStore.open(home, db);
        assertThat(store.preferences()).containsExactly(second, rating);
        assertThat(store.pairs()).isEqualTo(pairs);
        assertThat(comparison(2)).isEqualTo(nine);
        assertThat(store.found().replayed()).isPositive();
    }

    @Test
    void aBackupHoldsThemForEitherDatabase() {
        label(ranked(1, "ann", 1, 2, 3, 4));
        label(rated(3, "bob", RATINGS));
        Path file = home.resolve("backup.zip");
        store.backup(file);
        for (Storage to : Storage.values()) {
            Path restored = home.resolve("restored-" + to);
            String there = to.newDatabase();
            Backup.restore(file, restored, there);
            try (FeedbackStore other = FeedbackStore.open(restored, there)) {
                assertThat(other.preferences()).isEqualTo(store.preferences());
                assertThat(other.pairs()).isEqualTo(store.pairs());
                assertThat(other.comparisons(1)).isEqualTo(store.comparisons(1));
            }
        }
    }

    @Test
    void manyAtOnceNeverRankAComparisonMoreOftenThanItWants() throws Exception {
        int labelers = 12;
        store.addComparisons(IntStream.range(10, 30)
                .mapToObj(i -> Questions.ranking(i, 3, new Asking(rankings.id(), null)))
                .toList());
        ExecutorService people = Executors.newFixedThreadPool(labelers);
        AtomicLong draws = new AtomicLong();
        DoubleSupplier lots = () -> Draws.uniform(5, "lots", draws.incrementAndGet());
        List<Future<Integer>> done = new ArrayList<>();
        for (int i = 0; i < labelers; i++) {
            String labeler = "labeler " + i;
            done.add(people.submit(() -> work(labeler, lots)));
        }
        int total = 0;
        for (Future<Integer> one : done) {
            total += one.get();
        }
        people.shutdown();
        assertThat(total).isEqualTo(44);
        Map<Long, Set<String>> byComparison = new HashMap<>();
        for (Preference preference : store.preferences()) {
            assertThat(preference.asked().extra()).isFalse();
            byComparison
                    .computeIfAbsent(preference.comparison(), id -> new HashSet<>())
                    .add(preference.labeler());
        }
        assertThat(byComparison).hasSize(22).allSatisfy((id, who) -> assertThat(who)
                .hasSize(2));
    }

    private int work(String labeler, DoubleSupplier lots) {
        int labels = 0;
        List<Comparison> next = store.hand(labeler, rankings, 2, Set.of(), NOW, lots);
        while (!next.isEmpty()) {
            for (Comparison comparison : next) {
                Integer[] ranks = IntStream.rangeClosed(1, comparison.form().completions())
                        .boxed()
                        .toArray(Integer[]::new);
                label(ranked(comparison.id(), labeler, ranks));
                labels++;
            }
            next = store.hand(labeler, rankings, 2, Set.of(), NOW, lots);
        }
        return labels;
    }
}

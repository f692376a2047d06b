package dev.heed.db;

import static dev.heed.db.Questions.comparison;
import static dev.heed.db.Questions.comparisons;
import static dev.heed.db.Questions.preference;
import static dev.heed.db.Questions.replacing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.heed.feedback.Answer;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Pair;
import dev.heed.feedback.Preference;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.run.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(Storage.class)
class FeedbackStoreTest {
    private final Storage storage;
    private String db;
    private Path home;
    private FeedbackStore store;

    FeedbackStoreTest(Storage storage) {
        this.storage = storage;
    }

    @BeforeEach
    void open(@TempDir Path folder) {
        home = folder;
        db = storage.newDatabase();
        store = FeedbackStore.open(home, db);
    }

    @AfterEach
    void close() {
        if (store != null) {
            store.close();
        }
    }

    private void reopen() {
        store.close();
        store = FeedbackStore.open(home, db);
    }

    @Test
    void keepsPromptsInTheirOrderAndSplit() {
        Prompt one = Prompt.ofText("one", "fact", Split.TRAIN);
        Prompt two = Prompt.ofText("two", "story", Split.HELD_OUT);
        Prompt three = Prompt.ofText("three\nλ 😀 'quoted' \u0000", "", Split.TRAIN);
        assertThat(store.addPrompts(List.of(three, two, one, three))).containsExactly(three, two, one, three);
        reopen();
        assertThat(store.prompts(Split.TRAIN)).containsExactly(three, one);
        assertThat(store.prompts(Split.HELD_OUT)).containsExactly(two);
    }

    @Test
    void numbersComparisonsFromOneWithoutGapsAlsoAfterReopening() {
        assertThat(store.addComparisons(comparisons(3)))
                .extracting(Comparison::id)
                .containsExactly(1L, 2L, 3L);
        reopen();
        assertThat(store.addComparisons(List.of(comparison(7))))
                .extracting(Comparison::id)
                .containsExactly(4L);
        assertThat(store.findComparison(4).orElseThrow().second().model()).isEqualTo("ppo-1");
        assertThat(store.findComparison(5)).isEmpty();
    }

    @Test
    void leavesOutComparisonsWithoutAChoiceAndAddsNoneTwice() {
        Comparison same = comparison(1, "equal", "equal", 0);
        List<Comparison> stored = store.addComparisons(List.of(comparison(0), same, comparison(2)));
        assertThat(stored).hasSize(2);
        assertThat(store.addComparisons(List.of(comparison(2), comparison(0))))
                .containsExactly(stored.get(1), stored.get(0));
        assertThat(store.comparisons(1)).isEqualTo(stored);
    }

    @Test
    void asksTheMostUrgentFirstAndNobodyTwice() {
        store.addComparisons(List.of(
                comparison(1, "a", "b", 0.1),
                comparison(2, "a", "b", 0.9),
                comparison(3, "a", "b", 0.5),
                comparison(4, "a", "b", 0.5)));
        assertThat(ids(store.open("ann", 3))).containsExactly(2L, 3L, 4L);
        store.addPreference(preference(2, "ann", Answer.FIRST));
        store.addPreference(preference(3, "ann", Answer.SKIP));
        assertThat(ids(store.open("ann", 9))).containsExactly(4L, 1L);
        assertThat(ids(store.open("bob", 9))).as("a skip is no answer").containsExactly(3L, 4L, 1L);
        assertThat(ids(store.open("bob", 9, 2))).containsExactly(2L, 3L, 4L, 1L);
    }

    private static Stream<Long> ids(List<Comparison> comparisons) {
        return comparisons.stream().map(Comparison::id);
    }

    @Test
    void storesAResentPreferenceOnce() {
        store.addComparisons(comparisons(1));
        Preference sent = preference(1, "ann", Answer.FIRST_SLIGHTLY);
        assertThat(store.addPreference(sent)).isEqualTo(sent);
        assertThat(store.addPreference(sent)).isEqualTo(sent);
        assertThat(store.preferences()).containsExactly(sent);
    }

    @Test
    void refusesTheSameIdWithAnotherAnswer() {
        store.addComparisons(comparisons(1));
        Preference sent = store.addPreference(preference(1, "ann", Answer.FIRST));
        Preference other = new Preference(sent.id(), 1, "ann", Answer.SECOND, true, 1500, sent.at(), null);
        assertThatThrownBy(() -> store.addPreference(other))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("stored as FIRST")
                .hasMessageContaining("again as SECOND");
    }

    @Test
    void refusesASecondAnswerThatReplacesNone() {
        store.addComparisons(comparisons(1));
        store.addPreference(preference(1, "ann", Answer.FIRST));
        assertThatThrownBy(() -> store.addPreference(preference(1, "ann", Answer.TIE)))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("ann has answered comparison 1");
    }

    @Test
    void aCorrectionReplacesAndTheChainDoesNotFork() {
        store.addComparisons(comparisons(1));
        Preference first = store.addPreference(preference(1, "ann", Answer.FIRST));
        Preference second = store.addPreference(replacing(first, Answer.TIE));
        assertThatThrownBy(() -> store.addPreference(replacing(first, Answer.SKIP)))
                .isInstanceOf(Conflict.class);
        Preference third = store.addPreference(replacing(second, Answer.SECOND_MUCH));
        assertThat(store.preferences()).containsExactly(third);
        assertThat(store.tally().preferences()).isEqualTo(1);
    }

    @Test
    void anAnswerCorrectedToASkipOpensTheComparisonToOthers() {
        store.addComparisons(comparisons(1));
        Preference answer = store.addPreference(preference(1, "ann", Answer.FIRST));
        assertThat(store.remaining("bob", 1)).isZero();
        assertThat(store.tally().unanswered()).isZero();
        Preference skip = store.addPreference(replacing(answer, Answer.SKIP));
        assertThat(store.remaining("bob", 1)).isEqualTo(1);
        assertThat(store.tally().unanswered()).isEqualTo(1);
        store.addPreference(replacing(skip, Answer.SECOND));
        assertThat(store.remaining("bob", 1)).isZero();
    }

    @Test
    void refusesWhatNamesNoComparisonOrNobody() {
        assertThatThrownBy(() -> store.addPreference(preference(12, "ann", Answer.FIRST)))
                .hasMessage("there is no comparison 12");
        store.addComparisons(comparisons(1));
        assertThatThrownBy(() -> store.addPreference(preference(1, " ", Answer.FIRST)))
                .hasMessageContaining("1 to 80 characters");
    }

    @Test
    void aBatchIsStoredWholeOrNotAtAll() {
        store.addComparisons(comparisons(1));
        List<Preference> batch = List.of(preference(1, "ann", Answer.FIRST), preference(99, "ann", Answer.FIRST));
        assertThatThrownBy(() -> store.addPreferences(batch)).hasMessage("there is no comparison 99");
        assertThat(store.preferences()).isEmpty();
        reopen();
        assertThat(store.preferences()).isEmpty();
    }

    @Test
    void pairsPutTheBetterFirstAndLeaveOutWhatTeachesNothing() {
        store.addComparisons(comparisons(5));
        store.addPreferences(List.of(
                preference(5, "ann", Answer.SECOND_MUCH),
                preference(4, "ann", Answer.FIRST_SLIGHTLY),
                preference(3, "ann", Answer.TIE),
                preference(2, "ann", Answer.SKIP),
                preference(1, "ann", Answer.BOTH_BAD)));
        assertThat(store.pairs())
                .extracting(Pair::chosen, Pair::rejected, Pair::strength)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("first 2", "second 2", 0),
                        org.assertj.core.groups.Tuple.tuple("first 3", "second 3", 1),
                        org.assertj.core.groups.Tuple.tuple("second 4", "first 4", 3));
    }

    @Test
    void aSnapshotIsNamedByItsContentWhateverTheOrderOfAnswering(@TempDir Path other) {
        store.addComparisons(comparisons(40));
        List<Preference> answers = new ArrayList<>();
        for (int i = 1; i <= 40; i++) {
            answers.add(preference(i, "ann", Answer.ofStrength(i % 7 - 3)));
        }
        store.addPreferences(answers);
        Snapshot one = store.snapshot(home.resolve("snapshots"));
        try (FeedbackStore second = FeedbackStore.open(other, storage.newDatabase())) {
            second.addComparisons(comparisons(40));
            Collections.shuffle(answers, new Random(1));
            second.addPreferences(answers);
            Snapshot two = second.snapshot(other);
            assertThat(two.hash()).isEqualTo(one.hash());
            assertThat(two.file()).hasSameBinaryContentAs(one.file());
        }
        assertThat(one.file()).hasFileName("preferences-" + one.hash().substring(0, 16) + ".jsonl");
        assertThat(one.count()).isEqualTo(40);
        assertThat(one.lastRow()).isEqualTo(40);
        assertThat(Snapshot.read(one.file())).isEqualTo(store.pairs());
    }

    @Test
    void aSnapshotKnowsItsRoundsGuidelinesAndWhoWasLeftOut() {
        store.addComparisons(comparisons(4));
        Preference first = store.addPreference(preference(1, "ann", Answer.FIRST));
        store.addPreference(replacing(first, Answer.TIE));
        store.addPreference(preference(2, "ann", Answer.SKIP));
        store.addPreference(preference(1, "bob", Answer.SECOND));
        store.addPreference(preference(3, "bob", Answer.FIRST));
        store.addPreference(preference(3, "cy", Answer.FIRST));
        store.campaigns().exclude("bob", true, "lea", Instant.now());
        Snapshot snapshot = store.snapshot(home);
        Provenance provenance = Provenance.find(snapshot.file()).orElseThrow();
        assertThat(provenance.rounds()).containsExactly(entry(1, 2L));
        assertThat(provenance.guidelines()).containsExactly(new Provenance.Under("The loop", 0, 2));
        assertThat(provenance.excluded()).isEqualTo(1);
        assertThat(provenance.leftOut()).isEqualTo(2);
        assertThat(provenance.rounds().values().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .isEqualTo(snapshot.count());
        assertThat(Provenance.find(home.resolve("preferences-none.jsonl"))).isEmpty();
    }

    @Test
    void aSnapshotThatWasChangedIsRefused() throws IOException {
        store.addComparisons(comparisons(1));
        store.addPreference(preference(1, "ann", Answer.FIRST));
        Path file = store.snapshot(home).file();
        Files.writeString(file, Files.readString(file).replace("first 0", "first 1"));
        assertThatThrownBy(() -> Snapshot.read(file))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("was changed after it was written");
    }

    @Test
    void replaysTheJournalIntoAnEmptyDatabase() throws IOException {
        store.addComparisons(comparisons(3));
        Preference first = store.addPreference(preference(1, "ann", Answer.FIRST));
        store.addPreference(replacing(first, Answer.TIE));
        store.addPreference(preference(3, "bob", Answer.SECOND));
        Snapshot before = store.snapshot(home);
        Tally tally = store.tally();
        store.close();
        storage.lose(home, db);
        store = FeedbackStore.open(home, db);
        assertThat(store.snapshot(home)).isEqualTo(before);
        assertThat(store.tally()).isEqualTo(tally);
    }

    @Test
    void aTornLastLineOfTheJournalIsOverwrittenFromTheDatabase() throws IOException {
        store.addComparisons(comparisons(2));
        store.addPreference(preference(1, "ann", Answer.FIRST));
        store.addPreference(preference(2, "ann", Answer.SECOND));
        store.close();
        Path journal = home.resolve("journal.jsonl");
        String whole = Files.readString(journal);
        Files.writeString(journal, whole.substring(0, whole.length() - 20));
        store = FeedbackStore.open(home, db);
        assertThat(journal).hasContent(whole.strip());
        assertThat(store.preferences()).hasSize(2);
    }

    @Test
    void aJournalDamagedInTheMiddleIsSaidWithItsLine() throws IOException {
        store.addComparisons(comparisons(2));
        store.close();
        Path journal = home.resolve("journal.jsonl");
        String whole = Files.readString(journal);
        Files.writeString(journal, "{" + whole);
        assertThatThrownBy(() -> FeedbackStore.open(home))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("damaged at line 1");
        Files.writeString(journal, whole);
        store = FeedbackStore.open(home, db);
    }

    @Test
    void aSecondHolderOfTheHomeIsToldWhoHasIt() {
        new ServerFile(ProcessHandle.current().pid(), "http://127.0.0.1:8080", "secret").write(home);
        assertThatThrownBy(() -> FeedbackStore.open(home))
                .isInstanceOf(UserError.class)
                .hasMessage(
                        "home folder %s is in use by process %d (heed serve at http://127.0.0.1:8080); stop it, or name another with --home",
                        home, ProcessHandle.current().pid());
    }

    @Test
    void onlyTheOwnerReadsTheServersToken() throws IOException {
        new ServerFile(1, "http://127.0.0.1:8080", "secret").write(home);
        assertThat(Files.getPosixFilePermissions(home.resolve("server.json"))).hasSize(2);
    }

    @Test
    void fiveThousandPreferencesASecondInOneBatch() {
        store.addComparisons(comparisons(1));
        List<Preference> batch = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            batch.add(preference(1, "labeler " + i, Answer.FIRST));
        }
        long start = System.nanoTime();
        store.addPreferences(batch);
        long ms = (System.nanoTime() - start) / 1_000_000;
        System.out.printf("5000 preferences in one batch: %d ms%n", ms);
        assertThat(ms).as("generous: the machine may be busy").isLessThan(5000);
        assertThat(store.tally().of("labeler 4999")).isEqualTo(1);
    }

    @Test
    void keepsEveryCharacterThatAModelMayWrite() {
        Comparison odd = comparison(1, "nul \u0000, substitute \u001a0 \u001a", "\u001a1 😀", 0);
        store.addComparisons(List.of(odd));
        store.addPreference(preference(1, "ann", Answer.FIRST));
        assertThat(store.comparisons(1).get(0).first().text())
                .isEqualTo(odd.first().text());
        assertThat(store.pairs().get(0).chosen()).isEqualTo(odd.first().text());
        assertThat(store.pairs().get(0).rejected()).isEqualTo(odd.second().text());
        reopen();
        assertThat(store.found().journaled() + store.found().replayed()).isZero();
        assertThatThrownBy(() -> store.addPreference(preference(1, "a\u0000b", Answer.FIRST)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("none of them NUL");
    }

    @Test
    void countsAreThoseOfTheRows() {
        store.addComparisons(comparisons(12));
        List<Preference> current = new ArrayList<>();
        Random random = new Random(5);
        for (int i = 0; i < 300; i++) {
            long comparison = 1L + random.nextInt(12);
            String labeler = "labeler " + random.nextInt(6);
            Answer answer = random.nextInt(3) == 0 ? Answer.SKIP : Answer.ofStrength(random.nextInt(7) - 3);
            Preference before = current.stream()
                    .filter(p -> p.comparison() == comparison && p.labeler().equals(labeler))
                    .findFirst()
                    .orElse(null);
            if (before == null || !before.answer().equals(answer)) {
                current.remove(before);
                Preference next = new Preference(
                        new java.util.UUID(i, random.nextLong()),
                        comparison,
                        labeler,
                        answer,
                        false,
                        1,
                        preference(1, "x", Answer.TIE).at(),
                        before == null ? null : before.id());
                current.add(store.addPreference(next));
            }
        }
        assertThat(store.preferences()).containsExactlyInAnyOrderElementsOf(current);
        for (int labeler = 0; labeler < 7; labeler++) {
            expectCounts(current, "labeler " + labeler);
        }
        assertThat(store.tally().preferences()).isEqualTo(current.size());
        assertThat(store.tally().answered())
                .isEqualTo(12 - open(current, "nobody", 1).count());
    }

    private void expectCounts(List<Preference> current, String labeler) {
        long own = current.stream().filter(p -> p.labeler().equals(labeler)).count();
        assertThat(store.answered(labeler)).isEqualTo(own);
        assertThat(store.tally().of(labeler)).isEqualTo(own);
        for (int answers = 1; answers < 8; answers++) {
            List<Long> open = open(current, labeler, answers).toList();
            assertThat(store.remaining(labeler, answers)).isEqualTo(open.size());
            assertThat(ids(store.open(labeler, 20, answers))).containsExactlyElementsOf(open);
        }
    }

    /** The slow way: no answer of this labeler's, fewer than that of others'. */
    private static Stream<Long> open(List<Preference> current, String labeler, int answers) {
        return Stream.iterate(1L, id -> id + 1)
                .limit(12)
                .filter(id -> current.stream()
                        .noneMatch(p -> p.comparison() == id && p.labeler().equals(labeler)))
                .filter(id -> current.stream()
                                .filter(p -> p.comparison() == id && p.answer() != Answer.SKIP)
                                .count()
                        < answers);
    }

    @Test
    void whatWasReadPiecewiseIsWhole() {
        store.addComparisons(comparisons(1201));
        List<Preference> answers = new ArrayList<>();
        for (int i = 1; i <= 1201; i++) {
            answers.add(preference(i, "ann", Answer.SECOND));
        }
        store.addPreferences(answers);
        Preference corrected = store.addPreference(replacing(answers.get(0), Answer.FIRST));
        assertThat(store.preferences()).hasSize(1201).endsWith(corrected).doesNotContain(answers.get(0));
        assertThat(store.pairs()).hasSize(1201);
        assertThat(store.pairs().get(0).chosen()).isEqualTo("first 0");
    }

    @Test
    void theJournalsTailIsAppendedToNotRewritten() throws IOException {
        store.addComparisons(comparisons(1));
        String before = Files.readString(home.resolve("journal.jsonl"));
        store.addPreference(preference(1, "ann", Answer.FIRST));
        assertThat(Files.readString(home.resolve("journal.jsonl")))
                .startsWith(before)
                .hasLineCount(3);
        Files.writeString(home.resolve("journal.jsonl"), "{\"row\":9,\"pre", StandardOpenOption.APPEND);
        reopen();
        assertThat(store.preferences()).hasSize(1);
    }
}

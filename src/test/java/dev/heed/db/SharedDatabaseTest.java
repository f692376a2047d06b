package dev.heed.db;

import static dev.heed.db.Questions.comparison;
import static dev.heed.db.Questions.comparisons;
import static dev.heed.db.Questions.preference;
import static dev.heed.db.Questions.replacing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heed.feedback.Answer;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Pair;
import dev.heed.feedback.Preference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several servers, each with a home and a journal of its own, over one PostgreSQL database. */
class SharedDatabaseTest {
    @TempDir
    Path homes;

    private String db;

    @BeforeEach
    void newDatabase() {
        db = Postgres.orSkip().newDatabase();
    }

    private FeedbackStore open(String home) {
        return FeedbackStore.open(homes.resolve(home), db);
    }

    @Test
    void numbersHaveNoGapsAndOfTwoFirstAnswersOneIsRefused() throws Exception {
        int labelers = 5;
        int asked = 40;
        AtomicInteger accepted = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        try (FeedbackStore one = open("one");
                FeedbackStore two = open("two")) {
            one.addComparisons(comparisons(asked));
            ExecutorService threads = Executors.newFixedThreadPool(2 * labelers);
            List<Future<?>> all = new ArrayList<>();
            for (FeedbackStore store : List.of(one, two)) {
                for (int l = 0; l < labelers; l++) {
                    String labeler = "labeler " + l;
                    all.add(threads.submit(() -> {
                        for (int c = 1; c <= asked; c++) {
                            try {
                                store.addPreference(first(c, labeler));
                                accepted.incrementAndGet();
                            } catch (Conflict e) {
                                refused.incrementAndGet();
                            }
                        }
                    }));
                }
            }
            for (Future<?> thread : all) {
                thread.get();
            }
            threads.shutdown();
            assertThat(accepted).hasValue(labelers * asked);
            assertThat(refused).hasValue(labelers * asked);
            assertThat(two.preferences()).hasSize(labelers * asked);
            assertThat(two.snapshot(homes).lastRow()).isEqualTo((long) labelers * asked);
            assertThat(one.tally()).isEqualTo(two.tally());
            assertThat(one.tally().of("labeler 3")).isEqualTo(asked);
            assertThat(one.remaining("nobody", labelers)).isZero();
            assertThat(one.remaining("nobody", labelers + 1)).isEqualTo(asked);
        }
    }

    private static Preference first(long comparison, String labeler) {
        Preference like = preference(comparison, labeler, Answer.FIRST);
        return new Preference(UUID.randomUUID(), comparison, labeler, like.answer(), true, 1, like.at(), null);
    }

    @Test
    void aJournalAloneBringsBackAllThatItsServerAcknowledged() {
        Preference first = preference(2, "ann", Answer.FIRST);
        Preference corrected = replacing(first, Answer.TIE);
        Snapshot before;
        try (FeedbackStore one = open("one");
                FeedbackStore two = open("two")) {
            one.addComparisons(comparisons(3));
            one.addPreference(first);
            two.addPreference(corrected); // whose comparison and predecessor are news to this journal
            before = two.snapshot(homes);
        }
        Postgres.orSkip().empty(db);
        try (FeedbackStore two = open("two")) {
            assertThat(two.preferences()).containsExactly(corrected);
            assertThat(two.pairs()).isEqualTo(Snapshot.read(before.file()));
        }
        try (FeedbackStore one = open("one")) {
            assertThat(one.comparisons(1)).hasSize(3);
            assertThat(one.found().refused()).isZero();
            assertThat(one.preferences()).containsExactly(corrected);
        }
    }

    @Test
    void aResendThatReachesAnotherServerIsJournaledThereToo() throws Exception {
        try (FeedbackStore one = open("one");
                FeedbackStore two = open("two")) {
            one.addComparisons(comparisons(1));
            Preference sent = one.addPreference(preference(1, "ann", Answer.FIRST));
            two.addPreference(sent);
            two.addPreference(sent);
            assertThat(Files.readAllLines(homes.resolve("two/journal.jsonl")))
                    .filteredOn(line -> line.contains(sent.id().toString()))
                    .hasSize(1);
        }
    }

    @Test
    void rowsOfALostDatabaseWhoseNumbersAreTakenGetOthers() {
        try (FeedbackStore one = open("one")) {
            one.addComparisons(comparisons(3));
            one.addPreference(preference(2, "ann", Answer.FIRST));
        }
        Postgres.orSkip().empty(db);
        try (FeedbackStore two = open("two")) {
            two.addComparisons(List.of(comparison(1), comparison(77)));
            two.addPreference(preference(2, "bob", Answer.SECOND));
        }
        for (int opening = 0; opening < 2; opening++) {
            try (FeedbackStore one = open("one")) {
                assertThat(one.comparisons(1)).extracting(Comparison::id).containsExactly(1L, 2L, 3L, 4L);
                assertThat(one.pairs())
                        .extracting(Pair::labeler, Pair::chosen)
                        .containsExactly(
                                org.assertj.core.groups.Tuple.tuple("ann", "first 1"), // was number 2
                                org.assertj.core.groups.Tuple.tuple("bob", "second 77"));
                assertThat(one.found().replayed()).isEqualTo(opening == 0 ? 5 : 0);
            }
        }
        try (FeedbackStore one = open("one")) {
            assertThat(one.found().journaled()).isZero();
            one.addPreference(preference(4, "ann", Answer.TIE));
        }
        Postgres.orSkip().empty(db);
        try (FeedbackStore one = open("one")) {
            assertThat(one.preferences()).hasSize(3);
            assertThat(one.comparisons(1)).hasSize(4);
        }
    }

    @Test
    void anAnswerThatANewerOneContradictsStaysInTheJournal() {
        try (FeedbackStore one = open("one")) {
            one.addComparisons(comparisons(2));
            one.addPreferences(List.of(preference(1, "ann", Answer.FIRST), preference(2, "ann", Answer.FIRST)));
        }
        Postgres.orSkip().empty(db);
        Preference again = preference(1, "ann", Answer.SECOND);
        try (FeedbackStore two = open("two")) {
            two.addComparisons(comparisons(1));
            two.addPreference(again);
        }
        try (FeedbackStore one = open("one")) {
            assertThat(one.found().refused()).isEqualTo(1);
            assertThat(one.found().text()).contains("1 preferences that newer ones contradict stay in the journal");
            assertThat(one.preferences()).hasSize(2).contains(again);
        }
    }

    @Test
    void aHomeRemembersItsDatabaseButNoPassword() throws Exception {
        Path home = homes.resolve("one");
        try (FeedbackStore one = FeedbackStore.open(home, db + "&password=secret")) {
            one.addComparisons(comparisons(1));
        }
        try (FeedbackStore again = FeedbackStore.open(home)) {
            assertThat(again.comparisons(1)).hasSize(1);
        }
        assertThat(home.resolve("heed.mv.db")).doesNotExist();
        assertThat(Files.readString(home.resolve("database.json")))
                .contains("127.0.0.1")
                .doesNotContain("secret");
    }
}

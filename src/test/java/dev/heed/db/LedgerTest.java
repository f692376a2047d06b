package dev.heed.db;

import static dev.heed.db.Questions.comparisons;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heed.feedback.Adjudication;
import dev.heed.feedback.Answer;
import dev.heed.feedback.Battle;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Demonstration;
import dev.heed.feedback.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What else than preferences is in both records: demonstrations, votes of the arena, adjudications. */
@ParameterizedClass
@EnumSource(Storage.class)
class LedgerTest {
    private static final Instant AT = Instant.parse("2026-11-26T10:00:00.123Z");

    private final Storage storage;
    private String db;
    private Path home;
    private FeedbackStore store;

    LedgerTest(Storage storage) {
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
        store.close();
    }

    @Test
    void whatWasWrittenDecidedAndVotedComesBackFromTheJournal() {
        store.addComparisons(comparisons(2));
        Demonstration written = demonstration("A better one.\u0000");
        store.addDemonstration(written);
        store.addDemonstration(written);
        Battle open = battle();
        Battle voted = battle();
        List.of(open, voted).forEach(store.arena()::add);
        store.arena().vote(voted, Battle.Vote.SECOND, AT);
        store.arena().vote(voted, Battle.Vote.SECOND, AT.plusSeconds(1));
        store.adjudicate(new Adjudication(UUID.randomUUID(), 2, Answer.FIRST_MUCH, "lea", AT));
        Adjudication back = new Adjudication(UUID.randomUUID(), 2, null, "lea", AT.plusSeconds(1));
        store.adjudicate(back);
        List<Adjudication> decided = store.adjudications(2);
        store.close();
        storage.lose(home, db);
        store = FeedbackStore.open(home, db);
        assertThat(store.found().replayed())
                .as("2 prompts, 2 comparisons, and these")
                .isEqualTo(4 + 1 + 1 + 2);
        assertThat(store.demonstrations()).containsExactly(written);
        assertThat(store.arena().votes()).isEqualTo(1);
        assertThat(store.arena().find(voted.id(), "ann")).contains(voted);
        assertThat(store.arena().findOpen("ann")).as("nothing was said to it").isEmpty();
        assertThat(store.adjudications(2)).isEqualTo(decided).hasSize(2).last().isEqualTo(back);
        store.close();
        store = FeedbackStore.open(home, db);
        assertThat(store.found().replayed() + store.found().journaled()).isZero();
    }

    @Test
    void whatOnlyTheDatabaseHasIsJournaled() throws IOException {
        store.addComparisons(comparisons(1));
        store.addDemonstration(demonstration("A better one."));
        Battle voted = battle();
        store.arena().add(voted);
        store.arena().vote(voted, Battle.Vote.TIE, AT);
        store.close();
        Path journal = home.resolve("journal.jsonl");
        List<String> lines = Files.readAllLines(journal);
        assertThat(lines).hasSize(4);
        Files.writeString(journal, String.join("\n", lines.subList(0, 2)) + "\n"); // as an older Heed left it
        store = FeedbackStore.open(home, db);
        assertThat(store.found().journaled()).isEqualTo(2);
        assertThat(Files.readAllLines(journal)).containsExactlyElementsOf(lines);
    }

    @Test
    void aVoteComesBackToABattleThatTheDatabaseStillHas() throws IOException {
        Battle voted = battle();
        store.arena().add(voted);
        store.arena().vote(voted, Battle.Vote.TIE, AT);
        store.close();
        try (Database database = Database.open(home, db)) {
            database.change(handle -> handle.execute("delete from battle_vote"));
        }
        store = FeedbackStore.open(home, db);
        assertThat(store.found().replayed()).isEqualTo(1);
        assertThat(store.arena().votes()).isEqualTo(1);
    }

    private static Demonstration demonstration(String text) {
        return new Demonstration(
                UUID.randomUUID(), Questions.comparison(0).prompt().id(), text, "ann", 1L, AT);
    }

    private static Battle battle() {
        return new Battle(
                UUID.randomUUID(),
                List.of(Message.user("Who guards the gate?")),
                new Completion("The heron.\u0000", "sft", true),
                new Completion("Nobody.", "ppo-1", false),
                "ann",
                AT);
    }
}

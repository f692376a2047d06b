package dev.heed.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heed.feedback.Battle;
import dev.heed.feedback.Battle.Decided;
import dev.heed.feedback.Battle.Vote;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(Storage.class)
class ArenaStoreTest extends Stored {
    private static final Instant NOW = Instant.parse("2026-11-26T10:00:00.123Z");

    ArenaStoreTest(Storage storage, @TempDir Path folder) {
        super(storage, folder);
    }

    private Battle begun(String person) {
        Battle battle = new Battle(
                UUID.randomUUID(),
                List.of(new Message(Message.Role.SYSTEM, "Be kind."), Message.user("Where is \u0000 λ 😀?")),
                new Completion("Here 😀 \u0000 there\u001a", "sft", true),
                new Completion("", "ppo", false),
                person,
                NOW);
        store.arena().add(battle);
        return battle;
    }

    @Test
    void aBattleIsKeptAsItWas() {
        Battle battle = begun("ann");
        assertThat(store.arena().find(battle.id(), "ann")).contains(battle);
    }

    @Test
    void nobodyFindsAnothersBattle() {
        Battle battle = begun("ann");
        assertThat(store.arena().find(battle.id(), "bob")).isEmpty();
        assertThat(store.arena().findOpen("bob")).isEmpty();
    }

    @Test
    void theLastBattleWaitsForItsVoteAndOlderOnesDoNotComeBack() {
        begun("ann");
        Battle last = begun("ann");
        begun("bob");
        assertThat(store.arena().findOpen("ann")).contains(last);
        store.arena().vote(last, Vote.TIE, NOW);
        assertThat(store.arena().findOpen("ann")).isEmpty();
    }

    @Test
    void oneVoteABattleAndTheFirstStands() {
        Battle battle = begun("ann");
        store.arena().vote(battle, Vote.FIRST, NOW);
        store.arena().vote(battle, Vote.FIRST, NOW);
        assertThatThrownBy(() -> store.arena().vote(battle, Vote.SECOND, NOW))
                .isInstanceOf(Conflict.class)
                .hasMessage("you have voted here already, and seen the names; the first vote stands");
        assertThat(store.arena().votes()).isEqualTo(1);
        assertThat(store.arena().decided()).extracting(Decided::vote).containsExactly(Vote.FIRST);
    }

    @Test
    void onlyDecidedBattlesCount() {
        begun("ann");
        Battle decided = begun("ann");
        store.arena().vote(decided, Vote.BOTH_BAD, NOW);
        assertThat(store.arena().decided()).containsExactly(new Decided("sft", "ppo", Vote.BOTH_BAD, 15, 0));
    }

    @Test
    void nothingThatTrainingReadsKnowsOfIt() throws IOException {
        String hash = store.hash();
        Tally tally = store.tally();
        store.arena().vote(begun("ann"), Vote.FIRST, NOW);
        assertThat(store.hash()).isEqualTo(hash);
        assertThat(store.tally()).isEqualTo(tally);
        assertThat(store.preferences()).isEmpty();
        assertThat(store.pairs()).isEmpty();
        assertThat(store.demonstrations()).isEmpty();
        assertThat(store.comparisons()).isEmpty();
        assertThat(Files.readAllLines(folder.resolve("home/journal.jsonl")))
                .as("the journal has it, for the arena alone")
                .singleElement()
                .asString()
                .startsWith("{\"row\":1,\"voted\":{\"battle\":");
    }

    @Test
    void aBackupHasBattlesAndVotes() {
        Battle battle = begun("ann");
        begun("bob");
        store.arena().vote(battle, Vote.SECOND, NOW);
        Path file = folder.resolve("backup.zip");
        store.backup(file);
        Backup.Manifest manifest = Backup.restore(file, folder.resolve("restored"), "");
        assertThat(manifest.rows()).containsEntry("battle", 2L).containsEntry("battle_vote", 1L);
        try (FeedbackStore restored = FeedbackStore.open(folder.resolve("restored"))) {
            assertThat(restored.arena().decided()).isEqualTo(store.arena().decided());
            assertThat(restored.arena().findOpen("bob")).isEqualTo(store.arena().findOpen("bob"));
        }
    }
}

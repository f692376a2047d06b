package dev.heed.web;

import static dev.heed.web.Browserless.Said;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.heed.db.FeedbackStore;
import dev.heed.db.PeopleStore;
import dev.heed.db.Provenance;
import dev.heed.db.Snapshot;
import dev.heed.feedback.Answer;
import dev.heed.feedback.Asking;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Pair;
import dev.heed.feedback.Preference;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leads decide where labelers disagree: training reads that, and what was said stays. */
class AdjudicationTest {
    @TempDir
    Path home;

    private FeedbackStore store;
    private WebServer server;
    private Browserless lead;

    @BeforeEach
    void serve() {
        store = FeedbackStore.open(home);
        store.addComparisons(Served.comparisons(3));
        server = WebServer.start(store, new WebServer.Config("127.0.0.1", 0, home));
        lead = new Browserless(server.url());
        lead.post("/api/session", Map.of("name", "lea"));
        say(1, "ann", Answer.FIRST);
        say(1, "bob", Answer.SECOND);
        say(2, "ann", Answer.FIRST_MUCH);
    }

    @AfterEach
    void stop() {
        server.close();
        store.close();
    }

    private void say(long comparison, String labeler, Answer answer) {
        store.addPreference(
                new Preference(UUID.randomUUID(), comparison, labeler, answer, false, 900, Instant.now(), null));
    }

    private Said decide(UUID id, long comparison, @Nullable String answer) {
        Map<String, Object> given = new HashMap<>();
        given.put("id", id);
        given.put("comparison", comparison);
        given.put("answer", answer);
        return lead.post("/api/adjudications", given);
    }

    @Test
    void trainingReadsTheDecisionInsteadOfWhatLabelersSaid() {
        UUID id = UUID.randomUUID();
        assertThat(decide(id, 1, "second_slightly").status()).isEqualTo(200);
        assertThat(decide(id, 1, "second_slightly").status()).as("sent again").isEqualTo(200);
        Comparison decided = store.findComparison(1).orElseThrow();
        assertThat(store.pairs())
                .extracting(Pair::labeler, Pair::chosen, Pair::strength)
                .containsExactly(
                        tuple("lea", decided.second().text(), 1),
                        tuple(
                                "ann",
                                store.findComparison(2).orElseThrow().first().text(),
                                3));
        assertThat(store.preferences()).extracting(Preference::labeler).containsExactly("ann", "bob", "ann");
        assertThat(store.people().acts(1))
                .extracting(PeopleStore.Act::who, PeopleStore.Act::what, PeopleStore.Act::details)
                .containsExactly(tuple("lea", "adjudication", "1 is SECOND_SLIGHTLY"));
        assertThat(lead.get("/api/adjudications").json().findValuesAsText("answer"))
                .containsExactly("second_slightly");
    }

    @Test
    void theLastDecisionHoldsAndNoneIsLost() {
        decide(UUID.randomUUID(), 1, "first");
        decide(UUID.randomUUID(), 1, "both_bad");
        assertThat(store.pairs()).as("both are bad: nothing to learn").hasSize(1);
        decide(UUID.randomUUID(), 1, null);
        assertThat(store.pairs()).as("taken back").hasSize(3);
        assertThat(lead.get("/api/quality/1").json().path("decided").findValuesAsText("answer"))
                .containsExactly("first", "both_bad", "null");
    }

    @Test
    void aSnapshotOfDecisionsIsCountedByItsRounds() {
        Snapshot before = store.snapshot(home);
        decide(UUID.randomUUID(), 1, "tie");
        decide(UUID.randomUUID(), 3, "first");
        Snapshot after = store.snapshot(home);
        assertThat(after.hash()).isNotEqualTo(before.hash());
        assertThat(after.count()).isEqualTo(3);
        Provenance provenance = Provenance.find(after.file()).orElseThrow();
        assertThat(provenance.rounds()).containsExactly(Map.entry(1, 3L));
        assertThat(provenance.guidelines())
                .extracting(Provenance.Under::preferences)
                .containsExactly(1L);
    }

    @Test
    void whatDecidesNothingIsRefusedInALine() {
        Comparison original = store.findComparison(1).orElseThrow();
        Completion left = original.first();
        Completion right = original.second();
        Asking asking = new Asking(1, new Asking.Repeat(1, "ann"));
        Comparison swapped = new Comparison(0, 1, original.prompt(), right, left, 0, asking);
        long again = store.addComparisons(List.of(swapped)).get(0).id();
        assertThat(decide(UUID.randomUUID(), again, "first").body())
                .contains("comparison 4 asks 1 again; decide that one");
        assertThat(decide(UUID.randomUUID(), 1, "skip").body()).contains("skip decides nothing");
        assertThat(decide(UUID.randomUUID(), 99, "tie").status()).isEqualTo(404);
        assertThat(decide(UUID.randomUUID(), 1, "perhaps").status()).isEqualTo(400);
        UUID id = UUID.randomUUID();
        decide(id, 1, "first");
        assertThat(decide(id, 1, "second").status()).isEqualTo(409);
        assertThat(store.adjudications(1)).hasSize(1);
    }
}

package dev.heed.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heed.db.Conflict;
import dev.heed.db.Feedback;
import dev.heed.db.FeedbackStore;
import dev.heed.db.Snapshot;
import dev.heed.feedback.Adjudication;
import dev.heed.feedback.Answer;
import dev.heed.feedback.Asked;
import dev.heed.feedback.Asking;
import dev.heed.feedback.Campaign;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Grades;
import dev.heed.feedback.Kind;
import dev.heed.feedback.Known;
import dev.heed.feedback.Note;
import dev.heed.feedback.Plan;
import dev.heed.feedback.Preference;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemoteFeedbackTest {
    private static final Prompt HELD_OUT = Prompt.ofText("Held out?\n\u0000 λ", "fact", Split.HELD_OUT);

    @Test
    void saysTheSameAsTheStoreItself(@TempDir Path home, @TempDir Path elsewhere) {
        try (FeedbackStore store = FeedbackStore.open(home);
                WebServer server = WebServer.start(store, new WebServer.Config("127.0.0.1", 0, home));
                Feedback remote = RemoteFeedback.find(home).orElseThrow()) {
            assertThat(server.port()).isPositive();
            List<Comparison> added = remote.addComparisons(Served.comparisons(5));
            assertThat(added).isEqualTo(store.comparisons(1)).hasSize(5);
            assertThat(remote.addPrompts(List.of(HELD_OUT))).containsExactly(HELD_OUT);
            List<Preference> given = List.of(
                    preference(1, Answer.FIRST), preference(2, Answer.SECOND_SLIGHTLY), preference(3, Answer.SKIP));
            assertThat(remote.addPreferences(given)).isEqualTo(given);

            assertThat(remote.prompts(Split.HELD_OUT)).containsExactly(HELD_OUT);
            assertThat(remote.comparisons(1)).isEqualTo(store.comparisons(1));
            assertThat(remote.findComparison(2)).isEqualTo(store.findComparison(2));
            assertThat(remote.findComparison(99)).isEmpty();
            assertThat(remote.open("bob, the 2nd & last", 9)).isEqualTo(store.open("bob, the 2nd & last", 9));
            assertThat(remote.remaining("ann", 1)).isEqualTo(2);
            assertThat(remote.answered("ann")).isEqualTo(3);
            assertThat(remote.preferences()).isEqualTo(given);
            assertThat(remote.pairs()).isEqualTo(store.pairs()).hasSize(2);
            assertThat(remote.tally()).isEqualTo(store.tally());
            store.adjudicate(new Adjudication(UUID.randomUUID(), 1, Answer.TIE, "lea", Instant.now()));
            assertThat(remote.adjudications()).isEqualTo(store.adjudications()).hasSize(1);
            store.campaigns().setGold(new Known(1, Answer.TIE), "lea", Instant.now());
            assertThat(remote.gold()).isEqualTo(store.gold()).hasSize(1);
            assertThat(remote.pairs()).isEqualTo(store.pairs());
            assertThat(remote.latestRound()).isEqualTo(1);
            Snapshot snapshot = remote.snapshot(elsewhere);
            assertThat(snapshot).isEqualTo(store.snapshot(elsewhere));
            assertThat(Snapshot.read(snapshot.file())).isEqualTo(store.pairs());
        }
    }

    @Test
    void saysTheSameOfRankingsAndCampaigns(@TempDir Path home) {
        try (FeedbackStore store = FeedbackStore.open(home);
                WebServer server = WebServer.start(store, new WebServer.Config("127.0.0.1", 0, home));
                Feedback remote = RemoteFeedback.find(home).orElseThrow()) {
            assertThat(server.port()).isPositive();
            Campaign campaign = store.campaigns()
                    .add("Order & number, the 2nd", Plan.of(1).with(Kind.RANKING, List.of()), Instant.now());
            assertThat(remote.findCampaign(campaign.name())).contains(campaign);
            assertThat(remote.findCampaign("another")).isEmpty();
            List<Completion> three = Stream.of("a", "b", "c\u0000")
                    .map(text -> new Completion(text, "m", true))
                    .toList();
            Comparison asked = Comparison.among(1, HELD_OUT, three, List.of(), new Asking(campaign.id(), null))
                    .orElseThrow();
            assertThat(remote.addComparisons(List.of(asked))).containsExactly(asked.with(1));
            Preference ranking = new Preference(
                    UUID.randomUUID(),
                    1,
                    "ann",
                    Answer.RANKED,
                    false,
                    1500,
                    Instant.parse("2026-11-23T10:00:00Z"),
                    null,
                    Note.NONE,
                    Asked.PLAINLY,
                    new Grades(List.of(2, 0, 1), List.of(1, 2, 2), Map.of()));
            assertThat(remote.addPreference(ranking)).isEqualTo(ranking);
            assertThat(remote.preferences()).isEqualTo(store.preferences()).containsExactly(ranking);
            assertThat(remote.pairs()).isEqualTo(store.pairs()).hasSize(3);
        }
    }

    @Test
    void refusesWhatTheStoreRefuses(@TempDir Path home) {
        try (FeedbackStore store = FeedbackStore.open(home);
                WebServer server = WebServer.start(store, new WebServer.Config("127.0.0.1", 0, home));
                Feedback remote = RemoteFeedback.orStore(home)) {
            assertThat(remote).isInstanceOf(RemoteFeedback.class);
            assertThat(server.url()).startsWith("http://127.0.0.1:");
            assertThatThrownBy(() -> remote.addPreference(preference(7, Answer.TIE)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("there is no comparison 7");
            remote.addComparisons(Served.comparisons(1));
            remote.addPreference(preference(1, Answer.TIE));
            assertThatThrownBy(() -> remote.addPreference(preference(1, Answer.FIRST)))
                    .isInstanceOf(Conflict.class)
                    .hasMessageContaining("ann has answered comparison 1");
        }
    }

    /** As a job does that began before the server was started anew. */
    @Test
    void aServerThatIsStartedAnewIsFoundAgain(@TempDir Path home) {
        try (FeedbackStore store = FeedbackStore.open(home)) {
            WebServer first = WebServer.start(store, new WebServer.Config("127.0.0.1", 0, home));
            try (Feedback remote = RemoteFeedback.find(home).orElseThrow()) {
                remote.addComparisons(Served.comparisons(1));
                int port = first.port();
                first.close();
                try (WebServer second = WebServer.start(store, new WebServer.Config("127.0.0.1", 0, home))) {
                    assertThat(remote.comparisons(1)).as("elsewhere").hasSize(1);
                    assertThat(second.port()).isNotEqualTo(port);
                    port = second.port();
                }
                try (WebServer third = WebServer.start(store, new WebServer.Config("127.0.0.1", port, home))) {
                    assertThat(remote.comparisons(1))
                            .as("at the same place, with another token")
                            .hasSize(1);
                    assertThat(third.port()).isEqualTo(port);
                }
            }
        }
    }

    @Test
    void withoutAServerTheStoreIsOpenedItself(@TempDir Path home) {
        try (FeedbackStore store = FeedbackStore.open(home)) {
            WebServer.start(store, new WebServer.Config("127.0.0.1", 0, home)).close();
        }
        try (Feedback feedback = RemoteFeedback.orStore(home)) {
            assertThat(feedback).isInstanceOf(FeedbackStore.class);
        }
    }

    private static Preference preference(long comparison, Answer answer) {
        return new Preference(
                UUID.randomUUID(), comparison, "ann", answer, false, 10, Instant.parse("2026-11-23T10:00:00Z"), null);
    }
}

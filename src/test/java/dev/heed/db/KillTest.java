package dev.heed.db;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heed.feedback.Answer;
import dev.heed.feedback.Preference;
import dev.heed.run.Draws;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KillTest {
    private static final int KILLS = 5;

    @ParameterizedTest
    @EnumSource
    void everyAcknowledgedPreferenceIsThereOnceAfterKills(Storage storage, @TempDir Path home) throws Exception {
        String db = storage.newDatabase();
        try (FeedbackStore store = FeedbackStore.open(home, db)) {
            store.addComparisons(Questions.comparisons(100));
        }
        List<String> acknowledged = new ArrayList<>();
        for (int kill = 0; kill < KILLS; kill++) {
            acknowledged.addAll(labelUntilKilled(home, kill));
            try (FeedbackStore store = FeedbackStore.open(home)) {
                List<String> stored =
                        store.preferences().stream().map(p -> p.id().toString()).toList();
                assertThat(stored).doesNotHaveDuplicates().containsAll(acknowledged);
                assertThat(stored.size())
                        .as("at most one was stored and not yet acknowledged, a kill")
                        .isBetween(acknowledged.size(), acknowledged.size() + kill + 1);
                assertThat(home.resolve("journal.jsonl")).content().contains(acknowledged);
            }
        }
        System.out.printf(
                "%s: %d preferences acknowledged over %d kills, none lost%n", storage, acknowledged.size(), KILLS);
        replayGivesTheSame(storage, home, db);
    }

    private static List<String> labelUntilKilled(Path home, int kill) throws Exception {
        try (Child child = Child.run(Labeling.class, home.toString(), "labeler-%d-".formatted(kill))) {
            String first = child.expectLine();
            Thread.sleep((long) (100 + 900 * Draws.uniform(7, "kill", kill)));
            child.kill();
            List<String> acknowledged = new ArrayList<>(List.of(first));
            acknowledged.addAll(child.restOfLines());
            if (acknowledged.get(acknowledged.size() - 1).length() < first.length()) {
                acknowledged.remove(acknowledged.size() - 1); // cut off while it was printed
            }
            return acknowledged;
        }
    }

    private static void replayGivesTheSame(Storage storage, Path home, String db) {
        Snapshot before;
        try (FeedbackStore store = FeedbackStore.open(home)) {
            before = store.snapshot(home);
        }
        storage.lose(home, db);
        try (FeedbackStore store = FeedbackStore.open(home)) {
            assertThat(store.snapshot(home)).isEqualTo(before);
        }
    }

    /** Labels without end; prints the id of each preference once it is acknowledged. */
    static final class Labeling {
        private Labeling() {}

        public static void main(String[] arguments) {
            FeedbackStore store = FeedbackStore.open(Path.of(arguments[0]));
            IntStream.iterate(0, i -> i + 1).forEach(i -> {
                Preference preference =
                        Questions.preference(i % 100 + 1L, arguments[1] + i / 100, Answer.ofStrength(i % 7 - 3));
                System.out.println(store.addPreference(preference).id());
            });
        }
    }
}

package dev.heed.db;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heed.feedback.Answer;
import dev.heed.feedback.Preference;
import dev.heed.run.Draws;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KillTest {
    private static final int KILLS = 5;

    @Test
    void everyAcknowledgedPreferenceIsThereOnceAfterKills(@TempDir Path home) throws Exception {
        try (FeedbackStore store = FeedbackStore.open(home)) {
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
        System.out.printf("%d preferences acknowledged over %d kills, none lost%n", acknowledged.size(), KILLS);
        replayGivesTheSame(home);
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

    private static void replayGivesTheSame(Path home) throws IOException {
        Snapshot before;
        try (FeedbackStore store = FeedbackStore.open(home)) {
            before = store.snapshot(home);
        }
        Files.delete(home.resolve("heed.mv.db"));
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

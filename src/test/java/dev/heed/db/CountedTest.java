package dev.heed.db;

import static dev.heed.db.Questions.comparisons;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Long reads of many rows that came a moment ago are planned for many rows. */
class CountedTest {
    private static final int SOON = 20; // what was written is known to the database's statistics a second or so later

    @Test
    void rowsAreCountedBeforeTheyAreReadAtLength(@TempDir Path home) throws InterruptedException {
        String db = Storage.POSTGRES.newDatabase();
        try (FeedbackStore store = FeedbackStore.open(home, db)) {
            store.addComparisons(comparisons(2_000));
            for (int second = 0; second < SOON && Postgres.orSkip().counted(db, "comparison") < 2_000; second++) {
                Thread.sleep(1_000);
                store.hash();
            }
            assertThat(Postgres.orSkip().counted(db, "comparison")).isEqualTo(2_000);
        }
    }
}

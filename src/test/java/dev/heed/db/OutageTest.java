package dev.heed.db;

import static dev.heed.db.Questions.comparisons;
import static dev.heed.db.Questions.preference;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heed.feedback.Answer;
import dev.heed.feedback.Preference;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The database or the disk goes away and comes back, while the store stays open. */
class OutageTest {
    /** A file system of its own, small enough to be filled; only root can have one. */
    static final class SmallDisk implements AutoCloseable {
        private final Path folder;

        SmallDisk(Path folder, int megabytes) {
            this.folder = folder;
            assumeTrue(
                    System.getProperty("user.name").equals("root")
                            && command("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", path()) == 0,
                    "only root can mount a small file system");
        }

        private String path() {
            return folder.toString();
        }

        private static int command(String... words) {
            try {
                return new ProcessBuilder(words)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor();
            } catch (IOException e) {
                return -1;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return -1;
            }
        }

        /** Takes all that is left of it. */
        void fill() {
            try (var out = Files.newOutputStream(folder.resolve("ballast"))) {
                byte[] block = new byte[4096];
                while (true) {
                    out.write(block);
                }
            } catch (IOException full) {
                // As intended.
            }
        }

        void free() {
            try {
                Files.deleteIfExists(folder.resolve("ballast"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            command("umount", path());
        }
    }

    private static Preference answer(int number) {
        return preference(1 + number % 50, "labeler " + number / 50, Answer.FIRST);
    }

    @Test
    void aFullDiskAcknowledgesNothingAndLosesNothing(@TempDir Path folder) {
        try (SmallDisk disk = new SmallDisk(folder, 24)) {
            Path home = folder.resolve("home");
            List<Preference> acknowledged = new ArrayList<>();
            try (FeedbackStore store = FeedbackStore.open(home)) {
                store.addComparisons(comparisons(50));
                acknowledged.add(store.addPreference(answer(0)));
                for (int outage = 0; outage < 3; outage++) {
                    disk.fill();
                    Preference kept = labelUntilRefused(store, acknowledged);
                    disk.fill(); // the database may have given something back
                    assertThatThrownBy(() -> store.addPreference(kept)).isInstanceOf(Unavailable.class);
                    disk.free();
                    acknowledged.add(store.addPreference(kept)); // as the page's outbox does
                    assertThat(store.preferences()).containsExactlyInAnyOrderElementsOf(acknowledged);
                }
            }
            try (FeedbackStore store = FeedbackStore.open(home)) {
                assertThat(store.preferences()).containsExactlyInAnyOrderElementsOf(acknowledged);
                assertThat(store.found().replayed()).isZero();
            }
        }
    }

    /** @return the one that was refused */
    private static Preference labelUntilRefused(FeedbackStore store, List<Preference> acknowledged) {
        while (true) {
            Preference next = answer(acknowledged.size());
            try {
                acknowledged.add(store.addPreference(next));
            } catch (Unavailable e) {
                return next;
            }
        }
    }

    @Test
    void aDatabaseThatStopsAndStartsAgainIsGoneOnWith(@TempDir Path home) {
        try (Postgres postgres = Postgres.start(Postgres.Durability.FORCED);
                FeedbackStore store = FeedbackStore.open(home, postgres.newDatabase())) {
            store.addComparisons(comparisons(50));
            Preference before = store.addPreference(answer(0));
            postgres.stop();
            assertThatThrownBy(() -> store.addPreference(answer(1))).isInstanceOf(Unavailable.class);
            assertThatThrownBy(() -> store.open("ann", 5)).isInstanceOf(Unavailable.class);
            postgres.start();
            assertThat(store.addPreference(answer(1))).isEqualTo(answer(1));
            assertThat(store.preferences()).containsExactly(before, answer(1));
        }
    }

    @Test
    void aDatabaseThatComesBackWithoutItsLastRowsGetsThemFromTheJournal(@TempDir Path home) {
        try (Postgres postgres = Postgres.start(Postgres.Durability.QUICK)) {
            String db = postgres.newDatabase();
            try (FeedbackStore store = FeedbackStore.open(home, db)) {
                store.addComparisons(comparisons(50));
                store.addPreference(answer(0));
                postgres.stop();
                assertThatThrownBy(() -> store.addPreference(answer(1))).isInstanceOf(Unavailable.class);
                postgres.start();
                postgres.loseRows(db);
                store.addPreference(answer(1));
                assertThat(store.preferences()).containsExactly(answer(0), answer(1));
            }
        }
    }
}

package dev.heed.db;

import static dev.heed.db.Questions.comparison;
import static dev.heed.db.Questions.comparisons;
import static dev.heed.db.Questions.preference;
import static dev.heed.db.Questions.replacing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heed.feedback.Answer;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Preference;
import dev.heed.feedback.Role;
import dev.heed.run.UserError;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(Storage.class)
class BackupTest {
    private static final Instant NOW = Instant.parse("2026-11-25T10:00:00.123456Z");

    private final Storage storage;
    private final Path folder;
    private Snapshot snapshot;
    private Tally tally;

    BackupTest(Storage storage, @TempDir Path folder) {
        this.storage = storage;
        this.folder = folder;
    }

    @BeforeEach
    void backUp() {
        try (FeedbackStore store = FeedbackStore.open(folder.resolve("home"), storage.newDatabase())) {
            store.addComparisons(comparisons(700));
            store.addComparisons(List.of(comparison(1, "\u0000 'odd' \"\\\n", "λ 😀", 0.1 + 0.2)));
            List<Preference> answers = new ArrayList<>();
            for (int i = 1; i <= 701; i++) {
                answers.add(preference(i, "ann", Answer.ofStrength(i % 7 - 3)));
            }
            store.addPreferences(answers);
            store.addPreference(replacing(answers.get(0), Answer.TIE));
            store.people().add("Ann", Role.ADMIN, "argon2id-hash", NOW);
            store.people().openSession("secret", 1, NOW, NOW.plusSeconds(60));
            store.people().note(new PeopleStore.Act(NOW, "Ann", "127.0.0.1", "login", ""));
            snapshot = store.snapshot(folder);
            tally = store.tally();
            store.backup(file());
        }
    }

    private Path file() {
        return folder.resolve("backup.zip");
    }

    @ParameterizedTest
    @EnumSource
    void givesTheSameRowsInEitherDatabase(Storage to) {
        Path home = folder.resolve("restored");
        String db = to.newDatabase();
        Backup.Manifest manifest = Backup.restore(file(), home, db);
        if (to == Storage.POSTGRES) {
            assertThat(Postgres.orSkip().counted(db, "comparison")).isEqualTo(701);
        }
        assertThat(manifest.snapshot()).isEqualTo(snapshot.hash());
        assertThat(manifest.rows()).containsEntry("comparison", 701L).containsEntry("preference", 702L);
        try (FeedbackStore store = FeedbackStore.open(home)) {
            assertThat(store.found().text())
                    .isEqualTo(
                            "700 prompts, 701 comparisons, 702 preferences, corrections included; the journal has the same");
            assertThat(store.snapshot(home))
                    .isEqualTo(new Snapshot(
                            home.resolve(String.valueOf(snapshot.file().getFileName())),
                            snapshot.hash(),
                            snapshot.count(),
                            snapshot.lastRow()));
            assertThat(store.tally()).isEqualTo(tally);
            assertThat(store.findComparison(701).map(Comparison::urgency)).contains(0.1 + 0.2);
            assertThat(store.people().findAccount("ann").orElseThrow().password())
                    .contains("argon2id-hash");
            assertThat(store.people().ofSession("secret", NOW).orElseThrow().createdAt())
                    .isEqualTo(NOW);
            assertThat(store.people().acts(9)).hasSize(1);
            assertThat(store.addComparisons(List.of(comparison(5000))))
                    .extracting(Comparison::id)
                    .containsExactly(702L);
        }
    }

    @Test
    void refusesAHomeThatHasLabels() {
        Path home = folder.resolve("home");
        assertThatThrownBy(() -> Backup.restore(file(), home, ""))
                .isInstanceOf(UserError.class)
                .hasMessageStartingWith("%s has labels already", home);
    }

    @Test
    void refusesADatabaseThatIsInUse() {
        String db = Storage.POSTGRES.newDatabase();
        FeedbackStore.open(folder.resolve("other"), db).close();
        assertThatThrownBy(() -> Backup.restore(file(), folder.resolve("new"), db))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("is in use already");
    }

    @Test
    void refusesWhatWasChangedOrCutOff() throws IOException {
        Path changed = Files.copy(file(), folder.resolve("changed.zip"));
        try (FileSystem zip = FileSystems.newFileSystem(changed)) {
            Files.writeString(zip.getPath("tables/preference.jsonl"), "{}\n", StandardOpenOption.APPEND);
        }
        assertThatThrownBy(() -> Backup.restore(changed, folder.resolve("new"), ""))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("changed.zip was changed after it was made: tables/preference.jsonl");
        Path cut = folder.resolve("cut.zip");
        byte[] whole = Files.readAllBytes(file());
        Files.write(cut, java.util.Arrays.copyOf(whole, whole.length - 100));
        assertThatThrownBy(() -> Backup.restore(cut, folder.resolve("new"), ""))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("is no whole backup");
        assertThatThrownBy(() -> Backup.check(folder.resolve("none.zip")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("there is no backup");
        assertThat(folder.resolve("new")).doesNotExist();
    }

    @Test
    void onlyItsOwnerReadsIt() throws IOException {
        assertThat(Files.getPosixFilePermissions(file())).hasSize(2);
    }
}

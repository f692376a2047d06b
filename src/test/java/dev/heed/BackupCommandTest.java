package dev.heed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.db.Feedback;
import dev.heed.db.FeedbackStore;
import dev.heed.db.Storage;
import dev.heed.run.Json;
import dev.heed.web.RemoteFeedback;
import dev.heed.web.WebServer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupCommandTest {
    @TempDir
    Path folder;

    private Path home;

    @BeforeEach
    void label() throws Exception {
        home = folder.resolve("home");
        Path pairs = folder.resolve("pairs.jsonl");
        Files.writeString(
                pairs,
                """
                {"prompt": "Hi", "chosen": "Hello!", "rejected": "What?"}
                {"prompt": "Who?", "chosen": "A model.", "rejected": "A king."}
                """);
        done("import", "preferences", pairs.toString(), "--home=" + home, "--json");
    }

    private static JsonNode done(String... words) throws Exception {
        Said said = Said.by(words);
        assertThat(said.exitCode()).as(said.err()).isZero();
        return Json.mapper().readTree(said.out());
    }

    private static String exported(Path home, Path file) throws Exception {
        done("export", "preferences", file.toString(), "--home=" + home);
        return Files.readString(file);
    }

    @Test
    void aRestoredHomeExportsTheSame() throws Exception {
        Path file = folder.resolve("backup.zip");
        JsonNode backup = done("backup", file.toString(), "--home=" + home);
        Path other = folder.resolve("other");
        JsonNode restored = done("restore", file.toString(), "--home=" + other);
        assertThat(restored).isEqualTo(backup);
        assertThat(restored.at("/rows/preference").asInt()).isEqualTo(2);
        assertThat(exported(other, folder.resolve("b.jsonl"))).isEqualTo(exported(home, folder.resolve("a.jsonl")));
        assertThat(Said.by("restore", file.toString(), "--home=" + other).exitCode())
                .isEqualTo(2);
    }

    @Test
    void aHomeThatAServerHoldsIsBackedUpThroughIt() throws Exception {
        Path file = folder.resolve("backup.zip");
        String snapshot;
        try (FeedbackStore store = FeedbackStore.open(home);
                WebServer server = WebServer.start(store, new WebServer.Config("127.0.0.1", 0, home))) {
            assertThat(server.port()).isPositive();
            snapshot = done("backup", file.toString(), "--home=" + home)
                    .path("snapshot")
                    .asText();
            assertThat(snapshot).isEqualTo(store.snapshot(folder).hash());
            try (Feedback remote = RemoteFeedback.find(home).orElseThrow()) {
                assertThat(remote.pairs()).isEqualTo(store.pairs());
            }
        }
        assertThat(home.toFile().list()).noneMatch(name -> name.contains("backup"));
        Path other = folder.resolve("other");
        assertThat(done("restore", file.toString(), "--home=" + other)
                        .path("snapshot")
                        .asText())
                .isEqualTo(snapshot);
    }

    @Test
    void anyCommandTakesAPostgresDatabaseAndNoneTellsItsPassword() throws Exception {
        String db = Storage.POSTGRES.newDatabase() + "&password=hush";
        Path file = folder.resolve("backup.zip");
        done("backup", file.toString(), "--home=" + home);
        Path other = folder.resolve("other");
        done("restore", file.toString(), "--home=" + other, "--db=" + db);
        assertThat(other.resolve("heed.mv.db")).doesNotExist();
        assertThat(exported(other, folder.resolve("b.jsonl"))).isEqualTo(exported(home, folder.resolve("a.jsonl")));
        Said refused =
                Said.by("export", "preferences", "x.jsonl", "--home=" + folder, "--db=jdbc:mysql:x?password=hush");
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err())
                .contains("--db must begin with jdbc:postgresql:")
                .doesNotContain("hush");
    }
}

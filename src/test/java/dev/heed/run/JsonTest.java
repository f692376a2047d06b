package dev.heed.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonTest {
    enum Side {
        FIRST_ONE
    }

    record Value(int someNumber, Side side, Instant at, Path where) {}

    @TempDir
    Path folder;

    @Test
    void aRecordIsSnakeCaseAndReadsBackEqual() {
        Value value = new Value(3, Side.FIRST_ONE, Instant.EPOCH, Path.of("a/b"));
        String line = Json.line(value);
        assertThat(line)
                .isEqualTo(
                        "{\"some_number\":3,\"side\":\"first_one\",\"at\":\"1970-01-01T00:00:00Z\",\"where\":\"a/b\"}");
        Json.write(folder.resolve("new/value.json"), value);
        assertThat(Json.read(folder.resolve("new/value.json"), Value.class)).isEqualTo(value);
    }

    @Test
    void writingLeavesNothingButTheFile() throws IOException {
        Json.write(folder.resolve("a.json"), "one");
        Json.write(folder.resolve("a.json"), "two");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(folder.resolve("a.json"));
        }
        assertThat(Json.read(folder.resolve("a.json")).asText()).isEqualTo("two");
    }

    @Test
    void refusesAMissingFileTornJsonAndAMissingNumberInOneLine() throws IOException {
        Path file = folder.resolve("a.json");
        assertThatThrownBy(() -> Json.read(file)).isInstanceOf(UserError.class).hasMessage("no file " + file);
        Files.writeString(file, "{\"some_number\": 3,\n \"side\"");
        assertThatThrownBy(() -> Json.read(file))
                .isInstanceOf(UserError.class)
                .hasMessageStartingWith(file + " is not as expected: ")
                .hasMessageContaining("line 2")
                .hasMessageNotContaining("\n");
        Files.writeString(file, "");
        assertThatThrownBy(() -> Json.read(file)).isInstanceOf(UserError.class).hasMessageContaining("empty");
        Files.writeString(file, "{\"side\": \"first_one\"}");
        assertThatThrownBy(() -> Json.read(file, Value.class))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("some_number");
    }
}

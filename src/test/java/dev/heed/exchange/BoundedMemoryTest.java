package dev.heed.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heed.run.Json;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More text than the heap holds, into a home and out of it. */
class BoundedMemoryTest {
    private static final int ROWS = 2_500;
    private static final int CHARACTERS = 20_000; // of each text: 100 MB in all, one byte each
    private static final String HEAP = "-Xmx64m";

    @TempDir
    Path folder;

    private String heed(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                HEAP,
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "dev.heed.Main"));
        command.addAll(List.of(words));
        Path said = folder.resolve("said.txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(said)).isZero();
        return Files.readString(said);
    }

    @Test
    void aFileLargerThanTheHeapGoesInAndComesOut() throws Exception {
        Path file = folder.resolve("large.jsonl");
        String text = "The heron guards the northern gate. ".repeat(CHARACTERS / 36 + 1);
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (int i = 0; i < ROWS; i++) {
                out.write(Json.line(Map.of("prompt", "question " + i, "chosen", i + text, "rejected", text + i)));
                out.write('\n');
            }
        }
        assertThat(Files.size(file)).isGreaterThan(90 << 20);
        String home = "--home=" + folder.resolve("home");
        assertThat(heed("import", file.toString(), home)).contains("2,500 new, 0 already there");
        Path events = folder.resolve("events.jsonl");
        heed("export", "events", events.toString(), home);
        Path pairs = folder.resolve("pairs.csv");
        heed("export", "pairs", pairs.toString(), home);
        assertThat(Files.size(events)).isGreaterThan(90 << 20);
        assertThat(Files.size(pairs)).isGreaterThan(90 << 20);
        assertThat(heed("import", events.toString(), home)).contains("0 new, 2,500 already there");
    }
}

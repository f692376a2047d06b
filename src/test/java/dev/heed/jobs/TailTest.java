package dev.heed.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heed.web.JobHost.Log;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TailTest {
    @TempDir
    Path folder;

    private Path log(String text) throws IOException {
        return Files.writeString(folder.resolve("log"), text);
    }

    @Test
    void tellsWhatIsNewFromWhereOneStands() throws IOException {
        Path log = log("one\ntwo\n");
        assertThat(Tail.of(log, 0)).isEqualTo(new Log("one\ntwo\n", 0, 8));
        assertThat(Tail.of(log, 4)).isEqualTo(new Log("two\n", 4, 8));
        assertThat(Tail.of(log, 8)).isEqualTo(new Log("", 8, 8));
        assertThat(Tail.of(folder.resolve("none"), 5)).isEqualTo(new Log("", 0, 0));
    }

    @Test
    void ofALongOneTellsTheLastWholeLines() throws IOException {
        Path log = log(IntStream.range(0, 10_000).mapToObj("%09d\n"::formatted).collect(Collectors.joining()));
        Log told = Tail.of(log, 0);
        assertThat(told.from()).as("100,000 − 65,536, then to the next line").isEqualTo(34_470);
        assertThat(told.text()).startsWith("000003447\n").endsWith("000009999\n");
        assertThat(told.to()).isEqualTo(100_000);
    }

    @Test
    void halfACharacterWaitsForItsOtherHalf() throws IOException {
        byte[] whole = "a€".getBytes(StandardCharsets.UTF_8);
        Path log = Files.write(folder.resolve("log"), Arrays.copyOf(whole, whole.length - 1));
        assertThat(Tail.of(log, 0)).isEqualTo(new Log("a", 0, 1));
        Files.write(log, whole);
        assertThat(Tail.of(log, 1)).isEqualTo(new Log("€", 1, 4));
    }
}

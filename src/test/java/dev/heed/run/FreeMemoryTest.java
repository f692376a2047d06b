package dev.heed.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FreeMemoryTest {
    @Test
    void readsTheNumberBehindTheWord(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("meminfo"), "MemFree:  12 kB\nMemAvailable:   21739476 kB\n");
        assertThat(FreeMemory.number(file, "MemAvailable:")).hasValue(21739476);
        assertThat(FreeMemory.number(file, "SwapFree:")).isEmpty();
        assertThat(FreeMemory.number(folder.resolve("none"), "")).isEmpty();
        assertThat(FreeMemory.number(Files.writeString(folder.resolve("memory.max"), "max\n"), ""))
                .as("a container without a limit")
                .isEmpty();
        assertThat(FreeMemory.number(Files.writeString(folder.resolve("memory.max"), "4294967296\n"), ""))
                .hasValue(1L << 32);
    }

    @Test
    void somethingIsFree() {
        assertThat(FreeMemory.bytes()).isPositive();
    }
}

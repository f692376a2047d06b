package dev.heed.run;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** Memory that programs may still take on this machine, what the system keeps of files included, for it gives that back. */
public final class FreeMemory {
    private static final Path MACHINE = Path.of("/proc/meminfo");
    private static final Path GROUP = Path.of("/sys/fs/cgroup"); // of a container; version 2

    private FreeMemory() {}

    /** In bytes: the machine's, or the container's where that is less. */
    public static long bytes() {
        long machine = number(MACHINE, "MemAvailable:").stream()
                .map(kib -> kib << 10)
                .findFirst()
                .orElseGet(FreeMemory::unused);
        OptionalLong most = number(GROUP.resolve("memory.max"), "");
        OptionalLong used = number(GROUP.resolve("memory.current"), "");
        if (most.isEmpty() || used.isEmpty()) {
            return machine;
        }
        long files = number(GROUP.resolve("memory.stat"), "inactive_file ").orElse(0);
        return Math.min(machine, Math.max(0, most.getAsLong() - used.getAsLong() + files));
    }

    /** The number behind a word that begins a line; empty where there is no such file or line, or no number in it. */
    static OptionalLong number(Path file, String word) {
        try {
            List<String> lines = Files.readAllLines(file);
            return lines.stream()
                    .filter(line -> line.startsWith(word))
                    .map(line -> line.substring(word.length()).replaceAll("\\D", ""))
                    .filter(digits -> !digits.isEmpty())
                    .mapToLong(Long::parseLong)
                    .findFirst();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    private static long unused() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getFreeMemorySize()
                : Long.MAX_VALUE;
    }
}

package dev.heed.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A process of this machine, as another process can find it again.
 *
 * @param started when it began, as the system tells it: tells it from another that got its number later
 */
public record ProcessId(long pid, Instant started) {
    /** The system counts a process's begin from a boot time that it may correct. */
    private static final Duration SAME = Duration.ofSeconds(2);

    public static ProcessId of(ProcessHandle process) {
        return new ProcessId(process.pid(), begin(process));
    }

    /** The process, while it runs; empty where it has ended, whoever has its number now. */
    public Optional<ProcessHandle> find() {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(process ->
                        Duration.between(begin(process), started).abs().compareTo(SAME) <= 0)
                .filter(process -> !isUnburied(pid));
    }

    private static Instant begin(ProcessHandle process) {
        return process.info().startInstant().orElse(Instant.EPOCH);
    }

    /** Whether it has ended and nobody has asked how yet, as no one does for orphans in some containers. */
    private static boolean isUnburied(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", String.valueOf(pid), "stat"));
            return stat.startsWith("Z", stat.lastIndexOf(')') + 2);
        } catch (NoSuchFileException e) {
            return false; // another system, or it has just gone
        } catch (IOException e) {
            if (ProcessHandle.of(pid).isEmpty()) {
                return true; // it went while it was read
            }
            throw new UncheckedIOException("cannot read about process " + pid, e);
        }
    }
}

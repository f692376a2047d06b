package dev.heed.run;

import java.time.Duration;
import java.time.Instant;

/**
 * The process that works on a run, while it does: process.json in the run's folder.
 *
 * @param started when the process began, as the system tells it: tells it from another that got its number later
 * @param since when it took the run up
 * @param from the step that it went on from
 * @param total how many steps the run has; 0 where it has none, or none yet
 */
public record Worker(long pid, Instant started, Instant since, long from, long total) {
    /** The system counts a process's begin from a boot time that it may correct. */
    private static final Duration SAME = Duration.ofSeconds(2);

    /** This process, from now on. */
    static Worker here(long from, long total) {
        ProcessHandle self = ProcessHandle.current();
        return new Worker(self.pid(), begin(self), Instant.now(), from, total);
    }

    private static Instant begin(ProcessHandle process) {
        return process.info().startInstant().orElse(Instant.EPOCH);
    }

    /** Whether the process still runs, on this machine. */
    public boolean alive() {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(process ->
                        Duration.between(begin(process), started).abs().compareTo(SAME) <= 0)
                .isPresent();
    }
}

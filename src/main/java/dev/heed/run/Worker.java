package dev.heed.run;

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
    /** This process, from now on. */
    static Worker here(long from, long total) {
        ProcessId self = ProcessId.of(ProcessHandle.current());
        return new Worker(self.pid(), self.started(), Instant.now(), from, total);
    }

    /** Whether the process still runs, on this machine. */
    public boolean alive() {
        return new ProcessId(pid, started).find().isPresent();
    }
}

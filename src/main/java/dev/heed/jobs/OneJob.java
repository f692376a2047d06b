package dev.heed.jobs;

import dev.heed.jobs.JobFolder.Asked;
import dev.heed.jobs.JobFolder.Ended;
import dev.heed.run.ProcessId;
import dev.heed.run.RunDir;
import dev.heed.web.JobHost.Job;
import dev.heed.web.JobHost.JobState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A job as the server has it: its folder, and its process where this server started it. For one thread at a time. */
final class OneJob {
    private static final int FAILED = 1;

    private final JobFolder folder;
    private final InstantSource clock;
    private Asked asked;
    private @Nullable Process process;
    private boolean told;
    private @Nullable Job over;

    OneJob(JobFolder folder, InstantSource clock) {
        this.folder = folder;
        this.clock = clock;
        this.asked = folder.asked();
    }

    long id() {
        return folder.id();
    }

    JobFolder folder() {
        return folder;
    }

    List<String> words() {
        return asked.words();
    }

    /** What it is to make; null where that is not known. */
    @Nullable
    String run() {
        return asked.run();
    }

    boolean waits() {
        return asked.began() == null;
    }

    boolean works() {
        return !waits() && over == null && alive();
    }

    private boolean alive() {
        return process != null ? process.isAlive() : handle().isPresent() || mayBeginYet();
    }

    private Optional<ProcessHandle> handle() {
        return process != null
                ? Optional.of(process.toHandle()).filter(ProcessHandle::isAlive)
                : folder.findProcess().flatMap(ProcessId::find);
    }

    /** Whether a server that has gone started a process that has not said yet who it is. */
    private boolean mayBeginYet() {
        Instant began = asked.began();
        return began != null
                && folder.findProcess().isEmpty()
                && folder.findEnded().isEmpty()
                && Duration.between(began, clock.instant()).compareTo(JobFolder.LONGEST_START) < 0;
    }

    void begin(Program program, Path home) {
        keep(asked.beginning(clock.instant()));
        List<String> words = new ArrayList<>(asked.words());
        words.add("--home=" + home);
        try {
            process = program.start(folder, words);
        } catch (UncheckedIOException e) {
            say("%s: %s%n".formatted(e.getMessage(), e.getCause()));
            folder.endHere(FAILED);
        }
    }

    private void say(String line) {
        try {
            Files.writeString(folder.log(), line);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + folder.log(), e);
        }
    }

    /** SIGTERM: a stage saves and ends. */
    void stop() {
        stopped();
        insist();
    }

    /** Passes on that someone asked it to end, as soon as it is known whom to tell. */
    void insist() {
        if (asked.stopped() != null && !told) {
            handle().ifPresent(handle -> told = handle.destroy());
        }
    }

    /** SIGKILL. */
    void kill() {
        stopped();
        handle().ifPresent(ProcessHandle::destroyForcibly);
    }

    private void stopped() {
        if (asked.stopped() == null) {
            keep(asked.stopping(clock.instant()));
        }
    }

    /** Nothing is known here that the next server would not know. */
    private void keep(Asked now) {
        folder.write(now);
        asked = now;
    }

    void remove() {
        folder.remove();
    }

    /** As pages see it. */
    Job told(Path home) {
        if (over != null) {
            return over;
        }
        boolean alive = !waits() && alive(); // asked first: one that ends meanwhile has ended
        Optional<Ended> ended = folder.findEnded();
        JobState state = JobFolder.state(asked, alive, ended);
        Job job = new Job(
                id(),
                asked.words().stream()
                        .map(word -> word.replace(home + "/", "")) // where the home lies is nobody's business
                        .toList(),
                asked.who(),
                asked.asked(),
                state,
                asked.run() != null || !alive ? asked.run() : worksOn(home),
                asked.began(),
                alive || waits() ? null : ended.map(Ended::at).orElseGet(this::lastSaid),
                alive ? null : ended.map(Ended::code).orElse(null));
        if (state != JobState.QUEUED && !state.works()) {
            over = job;
        }
        return job;
    }

    /** One command may work on several runs, one after the other. */
    private @Nullable String worksOn(Path home) {
        long pid = handle().map(ProcessHandle::pid).orElse(-1L);
        return RunDir.all(home).stream()
                .filter(run -> run.worker()
                        .filter(worker -> worker.pid() == pid && worker.alive())
                        .isPresent())
                .map(RunDir::name)
                .findFirst()
                .orElse(null);
    }

    private @Nullable Instant lastSaid() {
        try {
            return Files.exists(folder.log())
                    ? Files.getLastModifiedTime(folder.log()).toInstant()
                    : asked.began();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + folder.log(), e);
        }
    }
}

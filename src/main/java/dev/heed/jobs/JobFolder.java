package dev.heed.jobs;

import dev.heed.run.Json;
import dev.heed.run.ProcessId;
import dev.heed.web.JobHost.JobState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder of a job, home/jobs/NUMBER: {@code job.json}, which only the server writes, and {@code process.json} and
 * {@code ended.json}, which only the job's own process writes; {@code log} has all that it says.
 *
 * <p>So a server that was killed at any moment knows what became of its jobs, and never starts one twice: it says that a
 * job begins before it starts the process, and the process says who it is.
 */
public record JobFolder(long id, Path path) {
    /** The system property by which a process learns that it is a job: the folder. */
    static final String PROPERTY = "heed.job";

    /** How long a process may take to say who it is, on a machine that is busy. */
    static final Duration LONGEST_START = Duration.ofSeconds(60);

    /**
     * What was asked for, and what was done about it.
     *
     * @param words as one would type them after {@code heed}
     * @param run what it is to make; null where that is not known
     * @param began when its process was about to be started; null while it waits
     * @param stopped when someone asked it to end; null where nobody did
     */
    record Asked(
            List<String> words,
            String who,
            Instant asked,
            @Nullable String run,
            @Nullable Instant began,
            @Nullable Instant stopped) {
        Asked beginning(Instant now) {
            return new Asked(words, who, asked, run, now, stopped);
        }

        Asked stopping(Instant now) {
            return new Asked(words, who, asked, run, began, now);
        }
    }

    /** How a process ended, by itself. */
    record Ended(int code, Instant at) {}

    static JobFolder at(Path jobs, long id) {
        return new JobFolder(id, jobs.resolve(String.valueOf(id)));
    }

    /** Of the process that asks; empty where a shell started it. */
    public static Optional<JobFolder> ofThisProcess() {
        return Optional.ofNullable(System.getProperty(PROPERTY))
                .map(Path::of)
                .map(folder -> new JobFolder(Long.parseLong(String.valueOf(folder.getFileName())), folder));
    }

    /** Says that this process is the job. */
    public void beginHere() {
        Json.write(process(), ProcessId.of(ProcessHandle.current()));
    }

    /** Says how this process, which is the job, has ended. */
    public void endHere(int code) {
        Json.write(ended(), new Ended(code, Instant.now()));
    }

    Asked asked() {
        return Json.read(path.resolve("job.json"), Asked.class);
    }

    void write(Asked asked) {
        Json.write(path.resolve("job.json"), asked);
    }

    void remove() {
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + path, e);
        }
    }

    boolean exists() {
        return Files.exists(path.resolve("job.json"));
    }

    Path log() {
        return path.resolve("log");
    }

    Optional<ProcessId> findProcess() {
        return Files.exists(process()) ? Optional.of(Json.read(process(), ProcessId.class)) : Optional.empty();
    }

    Optional<Ended> findEnded() {
        return Files.exists(ended()) ? Optional.of(Json.read(ended(), Ended.class)) : Optional.empty();
    }

    private Path process() {
        return path.resolve("process.json");
    }

    private Path ended() {
        return path.resolve("ended.json");
    }

    /**
     * Where it stands.
     *
     * @param alive whether its process is there
     */
    static JobState state(Asked asked, boolean alive, Optional<Ended> ended) {
        if (asked.began() == null) {
            return JobState.QUEUED;
        }
        boolean stopped = asked.stopped() != null;
        if (alive) {
            return stopped ? JobState.STOPPING : JobState.RUNNING;
        }
        if (ended.isEmpty()) {
            return stopped ? JobState.STOPPED : JobState.KILLED;
        }
        return switch (ended.get().code()) {
            case 0 -> JobState.DONE;
            case 130 -> JobState.STOPPED;
            default -> JobState.FAILED;
        };
    }
}

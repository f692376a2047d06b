package dev.heed.web;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.run.Ancestry;
import dev.heed.run.Json;
import dev.heed.run.RunDir;
import dev.heed.run.Worker;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A run in the list: what it is, what it came from, how far it is.
 *
 * @param steps that were logged
 * @param total how many there will be; 0 where the stage has none, or nobody knows
 * @param secondsLeft by the rate since its process took it up; null where nobody works on it or the rate is not known
 * @param sampled bytes of samples.jsonl, so that a change is seen
 * @param model whether it made one, of which there is a report card
 */
record RunRow(
        String name,
        String stage,
        RunDir.State state,
        Instant begun,
        long steps,
        long total,
        @Nullable Long secondsLeft,
        List<Ancestry.Origin> origins,
        @Nullable Learned learned,
        long sampled,
        boolean model) {
    private static final int TAIL = 1 << 16; // bytes, longer than any line of metrics

    /**
     * The preferences that it learned from.
     *
     * @param snapshot SHA-256 of the file
     * @param last number of the newest preference in it
     */
    record Learned(String snapshot, long last) {}

    /** @param all the runs of the home, among which it may have its tokenizer from */
    static RunRow of(RunDir run, List<RunDir> all, Instant now) {
        JsonNode document = run.config();
        JsonNode config = document.path("config");
        Path metrics = run.path().resolve("metrics.jsonl");
        Optional<Worker> worker = run.worker();
        RunDir.State state = run.state();
        long steps = steps(metrics);
        long total =
                state == RunDir.State.DONE ? steps : worker.map(Worker::total).orElse(0L);
        return new RunRow(
                run.name(),
                Ancestry.stage(run),
                state,
                Instant.parse(document.path("begun").asText()),
                steps,
                total,
                state == RunDir.State.RUNNING
                        ? worker.map(at -> secondsLeft(at, steps, written(metrics), now))
                                .orElse(null)
                        : null,
                Ancestry.origins(run, all),
                config.has("last_preference")
                        ? new Learned(
                                config.path("preferences").asText(),
                                config.path("last_preference").asLong())
                        : null,
                size(run.path().resolve("samples.jsonl")),
                state == RunDir.State.DONE && Files.exists(run.model().resolve("config.json")));
    }

    /** One more than the step of the last whole line: the file may be long. */
    private static long steps(Path metrics) {
        try (RandomAccessFile file = new RandomAccessFile(metrics.toFile(), "r")) {
            byte[] tail = new byte[(int) Math.min(TAIL, file.length())];
            file.seek(file.length() - tail.length);
            file.readFully(tail);
            String text = new String(tail, StandardCharsets.UTF_8);
            int end = text.lastIndexOf('\n');
            return end < 0
                    ? 0
                    : 1
                            + Json.mapper()
                                    .readTree(text.substring(text.lastIndexOf('\n', end - 1) + 1, end))
                                    .path("step")
                                    .asLong();
        } catch (IOException e) {
            return 0; // there is none yet, or it is being written anew
        }
    }

    static @Nullable Long secondsLeft(Worker worker, long steps, Instant written, Instant now) {
        long done = steps - worker.from();
        double seconds = Duration.between(worker.since(), written).toMillis() / 1000.0;
        if (done <= 0 || seconds <= 0 || worker.total() <= steps) {
            return null;
        }
        double left = seconds / done * (worker.total() - steps)
                - Duration.between(written, now).toMillis() / 1000.0;
        return Math.round(Math.max(0, left));
    }

    private static Instant written(Path file) {
        try {
            return Files.getLastModifiedTime(file).toInstant();
        } catch (IOException e) {
            return Instant.EPOCH;
        }
    }

    private static long size(Path file) {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}

package dev.heed.web;

import com.fasterxml.jackson.databind.JsonNode;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A run in the list: what it is, what it came from, how far it is.
 *
 * @param steps that were logged
 * @param total how many there will be; 0 where the stage has none, or nobody knows
 * @param secondsLeft by the rate since its process took it up; null where nobody works on it or the rate is not known
 * @param sampled bytes of samples.jsonl, so that a change is seen
 */
record RunRow(
        String name,
        String stage,
        RunDir.State state,
        Instant begun,
        long steps,
        long total,
        @Nullable Long secondsLeft,
        List<Origin> origins,
        @Nullable Learned learned,
        long sampled) {
    private static final Pattern MODEL = Pattern.compile("runs/([^/]+)/model");
    private static final int TAIL = 1 << 16; // bytes, longer than any line of metrics

    /** A run that this one began from or was trained against, by what it is to this one: "policy", "reward". */
    record Origin(String role, String run) {}

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
                stage(run, document),
                state,
                Instant.parse(document.path("begun").asText()),
                steps,
                total,
                state == RunDir.State.RUNNING
                        ? worker.map(at -> secondsLeft(at, steps, written(metrics), now))
                                .orElse(null)
                        : null,
                origins(run, config, all),
                config.has("last_preference")
                        ? new Learned(
                                config.path("preferences").asText(),
                                config.path("last_preference").asLong())
                        : null,
                size(run.path().resolve("samples.jsonl")));
    }

    /** As the model's own papers say; before there are any, as the knobs and the command do. */
    private static String stage(RunDir run, JsonNode document) {
        Path papers = run.model().resolve("heed.json");
        if (Files.exists(papers)) {
            return Json.read(papers).path("stage").asText();
        }
        JsonNode config = document.path("config");
        for (String stage : List.of("pretrain", "sft", "ppo", "grpo", "rloo", "reward")) {
            if (config.path(stage).isObject() && config.path(stage).has("lr")) {
                return stage;
            }
        }
        if (config.has("vocabulary")) {
            return "tokenizer";
        }
        return config.has("round") ? "sample" : document.path("words").path(0).asText("");
    }

    private static List<Origin> origins(RunDir run, JsonNode config, List<RunDir> all) {
        List<Origin> origins = new ArrayList<>();
        config.properties().forEach(entry -> collect(entry.getKey(), entry.getValue(), origins));
        if (origins.isEmpty()) {
            all.stream()
                    .filter(other -> isTokenizerOf(other, run))
                    .findFirst()
                    .ifPresent(tokenizer -> origins.add(new Origin("tokenizer", tokenizer.name())));
        }
        return origins;
    }

    /** A base model keeps a copy of its tokenizer, which its config does not name. */
    private static boolean isTokenizerOf(RunDir other, RunDir run) {
        Path theirs = other.model().resolve("tokenizer.json");
        Path ours = run.model().resolve("tokenizer.json");
        try {
            return !other.name().equals(run.name())
                    && Files.exists(theirs)
                    && Files.exists(ours)
                    && !Files.exists(other.model().resolve("config.json"))
                    && Files.mismatch(theirs, ours) < 0;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot compare " + theirs, e);
        }
    }

    private static void collect(String role, JsonNode node, List<Origin> origins) {
        Matcher named = MODEL.matcher(node.asText());
        if (named.matches()) {
            origins.add(new Origin(role, named.group(1)));
        }
        node.elements().forEachRemaining(inner -> collect(role, inner, origins));
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

package dev.heed.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A run's record while it goes: metrics.jsonl, a line a step, and samples.jsonl, fixed prompts over time. Each line has
 * its step first and is on the disk's side of the process when the call returns.
 */
public final class RunLog implements AutoCloseable {
    private final BufferedWriter metrics;
    private final BufferedWriter samples;

    private RunLog(BufferedWriter metrics, BufferedWriter samples) {
        this.metrics = metrics;
        this.samples = samples;
    }

    /**
     * Opens the log of a run that stands before a step: lines at or after it are dropped, as is a last line that a kill
     * left torn.
     *
     * @param fromStep the first step to come; 0 empties both files
     */
    public static RunLog open(RunDir run, long fromStep) {
        return new RunLog(
                open(run.path().resolve("metrics.jsonl"), fromStep),
                open(run.path().resolve("samples.jsonl"), fromStep));
    }

    /** The metrics of a run so far, a torn last line left out. */
    public static List<JsonNode> metricsOf(RunDir run) {
        return linesBefore(run.path().resolve("metrics.jsonl"), Long.MAX_VALUE);
    }

    /** The samples of a run so far, a torn last line left out. */
    public static List<JsonNode> samplesOf(RunDir run) {
        return linesBefore(run.path().resolve("samples.jsonl"), Long.MAX_VALUE);
    }

    /** Adds a line to metrics.jsonl. */
    public void metrics(long step, Map<String, ?> values) {
        append(metrics, step, values);
    }

    /** Adds a line to samples.jsonl. */
    public void sample(long step, Map<String, ?> values) {
        append(samples, step, values);
    }

    @Override
    public void close() {
        try {
            try (metrics) {
                samples.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close the run's log", e);
        }
    }

    private static BufferedWriter open(Path file, long fromStep) {
        StringBuilder kept = new StringBuilder();
        linesBefore(file, fromStep).forEach(line -> kept.append(Json.line(line)).append('\n'));
        Json.replace(file, kept.toString().getBytes(StandardCharsets.UTF_8));
        try {
            return Files.newBufferedWriter(file, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    private static List<JsonNode> linesBefore(Path file, long step) {
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            String text = Files.readString(file);
            String whole = text.substring(0, text.lastIndexOf('\n') + 1);
            return whole.lines()
                    .map(line -> parse(file, line))
                    .filter(line -> line.path("step").asLong() < step)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private static JsonNode parse(Path file, String line) {
        try {
            return Json.mapper().readTree(line);
        } catch (JsonProcessingException e) {
            throw new UserError("%s has a line that is no JSON: %s".formatted(file, line), e);
        }
    }

    private static void append(BufferedWriter writer, long step, Map<String, ?> values) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("step", step);
        line.putAll(values);
        try {
            writer.write(Json.line(line));
            writer.write('\n');
            writer.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the run's log", e);
        }
    }
}

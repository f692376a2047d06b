package dev.heed.eval.exam;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.heed.quality.Interval;
import dev.heed.run.Json;
import dev.heed.run.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Those who sat an exam before: what a percentile is among. Some come with Heed, the others are this home's own.
 *
 * @param candidates each once, the newest sitting of a model counting
 */
public record Population(List<Candidate> candidates) {
    private static final String BUNDLED = "population.jsonl";

    public Population {
        candidates = List.copyOf(candidates);
    }

    /**
     * One who sat it.
     *
     * @param exam which one
     * @param model what it is called, for people
     * @param hash of its weights
     * @param score from 0 to 1
     */
    public record Candidate(String exam, String model, String hash, double score) {}

    /**
     * Those who sat an exam: the ones that come with Heed and the ones of a home.
     *
     * @param file of the home; may be missing
     * @throws UserError if it is no such file
     */
    public static Population of(String exam, Path file) {
        List<Candidate> all = new ArrayList<>();
        try (InputStream bundled = Population.class.getResourceAsStream(BUNDLED)) {
            if (bundled == null) {
                throw new IllegalStateException(BUNDLED + " is missing beside " + Population.class.getName());
            }
            add(all, BUNDLED, new String(bundled.readAllBytes(), StandardCharsets.UTF_8));
            if (Files.exists(file)) {
                add(all, file.toString(), Files.readString(file));
            }
        } catch (IOException e) {
            throw new UserError("cannot read %s: %s".formatted(file, e.getMessage()), e);
        }
        return new Population(all.stream().filter(c -> c.exam().equals(exam)).toList());
    }

    private static void add(List<Candidate> all, String name, String lines) {
        long line = 0;
        for (String text : lines.lines().toList()) {
            line++;
            try {
                put(all, Json.mapper().readValue(text, Candidate.class));
            } catch (JsonProcessingException e) {
                throw new UserError(
                        "%s line %d is no result of an exam: %s; delete the line".formatted(name, line, Json.where(e)),
                        e);
            }
        }
    }

    /** In place of an older sitting of the same model. */
    private static void put(List<Candidate> all, Candidate candidate) {
        all.removeIf(before ->
                before.exam().equals(candidate.exam()) && before.hash().equals(candidate.hash()));
        all.add(candidate);
    }

    /** With more. */
    public Population and(List<Candidate> more) {
        List<Candidate> all = new ArrayList<>(candidates);
        more.forEach(candidate -> put(all, candidate));
        return new Population(all);
    }

    /** Adds one to a home's file. */
    public static void remember(Path file, Candidate candidate) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, Json.line(candidate) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UserError("cannot write %s: %s".formatted(file, e.getMessage()), e);
        }
    }

    /** The others. */
    public Population without(String hash) {
        return new Population(
                candidates.stream().filter(c -> !c.hash().equals(hash)).toList());
    }

    /**
     * Share of the candidates that score less, equal ones as half; its interval goes from the score's lower to its upper end.
     *
     * @return from 0 to 1; {@link Interval#NONE} where nobody else sat
     */
    public Interval percentile(Interval score) {
        return new Interval(percentile(score.mean()), percentile(score.low()), percentile(score.high()));
    }

    private double percentile(double score) {
        return candidates.stream()
                .mapToDouble(c -> (1 + Math.signum(score - c.score())) / 2)
                .average()
                .orElse(Double.NaN);
    }
}

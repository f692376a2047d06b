package dev.heed.eval;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.heed.eval.RewardAccuracy.Judged;
import dev.heed.rating.Logistic;
import dev.heed.run.Json;
import dev.heed.run.RunDir;
import dev.heed.run.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a reward model says to a comparison that nothing learned from, and what labelers say: a line of its run's {@code
 * held-out.jsonl}.
 *
 * @param comparison as the store numbers it
 * @param prompt its id
 * @param kind which sort of prompt; "" where unknown
 * @param asked what the labelers read
 * @param said one a labeler; those who skipped or found both bad are not among them
 */
public record HeldOut(
        long comparison, String prompt, String kind, String asked, Side first, Side second, List<Said> said) {
    /** More comparisons than these make no number surer that anybody reads. */
    public static final int MOST = 5_000;

    public HeldOut {
        said = List.copyOf(said);
    }

    /**
     * One of the two texts.
     *
     * @param score on the scale on which a difference is the log odds of being preferred
     * @param tokens its length
     */
    public record Side(String text, double score, int tokens) {
        /** As a judge saw it. */
        public Scored scored() {
            return new Scored(score, tokens);
        }
    }

    /** @param strength how much better the first is, from -3 to 3; 0 a tie */
    public record Said(String labeler, int strength) {}

    /** The file of a reward run. */
    public static Path fileOf(RunDir run) {
        return run.path().resolve("held-out.jsonl");
    }

    /** Writes a reward run's file, whole or not at all. */
    public static void write(RunDir run, List<HeldOut> all) {
        String lines = all.stream().map(one -> Json.line(one) + "\n").collect(Collectors.joining());
        Json.replace(fileOf(run), lines.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads a reward run's file.
     *
     * @throws UserError if it is not there, or a line is not as expected
     */
    public static List<HeldOut> read(RunDir run) {
        Path file = fileOf(run);
        if (!Files.exists(file)) {
            throw new UserError("no file %s; heed card %s makes it".formatted(file, run.name()));
        }
        List<HeldOut> all = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file)) {
                all.add(Json.mapper().readValue(line, HeldOut.class));
            }
            return all;
        } catch (JsonProcessingException e) {
            throw new UserError(
                    "%s line %d is not as expected: %s; heed card %s --anew writes it anew"
                            .formatted(file, all.size() + 1, Json.where(e), run.name()),
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    /** Log odds, by the reward model, that the first is preferred. */
    public double margin() {
        return first.score() - second.score();
    }

    /** How probably, by the reward model, the text that it likes better is preferred: from a half to 1. */
    public double sureness() {
        return Logistic.sigmoid(Math.abs(margin()));
    }

    /** How many labelers prefer the first. */
    public int forFirst() {
        return (int) said.stream().filter(one -> one.strength() > 0).count();
    }

    /** How many labelers prefer the second. */
    public int forSecond() {
        return (int) said.stream().filter(one -> one.strength() < 0).count();
    }

    /** Whether most labelers who prefer one prefer the other than the reward model does. */
    boolean wrong() {
        return Math.signum(margin()) * (forFirst() - forSecond()) < 0;
    }

    /** Each labeler's preference with what the reward model says to it; ties are none. */
    Stream<Judged> judged() {
        return said.stream()
                .filter(one -> one.strength() != 0)
                .map(one -> new Judged(
                        prompt,
                        one.labeler(),
                        Math.abs(one.strength()),
                        (one.strength() > 0 ? first : second).scored(),
                        (one.strength() > 0 ? second : first).scored()));
    }
}

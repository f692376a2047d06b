package dev.heed;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.heed.db.Feedback;
import dev.heed.feedback.Answer;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Form;
import dev.heed.feedback.Known;
import dev.heed.feedback.KnownAnswer;
import dev.heed.feedback.Preference;
import dev.heed.quality.Consensus;
import dev.heed.quality.Quality;
import dev.heed.run.Json;
import dev.heed.run.Knob;
import dev.heed.run.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How far labels can be trusted: agreement, and each labeler's habits. */
final class QualityCommand implements Command<QualityCommand.Knobs> {
    record Knobs(
            @Knob(
                            value = "",
                            help =
                                    "JSONL of more comparisons whose right answer is known: {\"comparison\": 7, \"answer\": \"first\"}, or ranked with ranks, rated with ratings and tolerance")
                    @Nullable
                    Path gold,
            @Knob(value = "", help = "JSONL to write: what the labelers together say to each comparison") @Nullable
                    Path consensus) {}

    @Override
    public Class<Knobs> knobs() {
        return Knobs.class;
    }

    @Override
    public Object run(Context context, Knobs knobs) {
        List<KnownAnswer> lines = knobs.gold() == null ? List.of() : lines(knobs.gold());
        List<Preference> preferences;
        List<Comparison> comparisons;
        Map<Long, Known> gold;
        Map<Long, Answer> decided = new HashMap<>();
        try (Feedback feedback = context.feedback()) {
            preferences = feedback.preferences(); // read before the comparisons: none is then about one that is newer
            comparisons = feedback.comparisons();
            gold = Known.byComparison(feedback.gold());
            feedback.adjudications().forEach(one -> decided.put(one.comparison(), one.answer()));
        }
        if (preferences.isEmpty()) {
            throw new UserError("no preferences in %s; label some (heed serve), or heed import preferences FILE"
                    .formatted(context.home()));
        }
        gold.putAll(known(lines, comparisons));
        Quality quality = Quality.of(comparisons, preferences, gold, context.seed());
        if (knobs.consensus() != null) {
            write(knobs.consensus(), with(decided, quality.consensus()));
        }
        return new Measured(quality);
    }

    /** Where a lead decided, that is the consensus. */
    private static List<Consensus> with(Map<Long, Answer> decided, List<Consensus> consensus) {
        return consensus.stream()
                .map(one -> Optional.ofNullable(decided.get(one.comparison()))
                        .map(one::decided)
                        .orElse(one))
                .toList();
    }

    private static void write(Path file, List<Consensus> consensus) {
        String lines = consensus.stream().map(one -> Json.line(one) + "\n").collect(Collectors.joining());
        Json.replace(file, lines.getBytes(StandardCharsets.UTF_8));
    }

    private static List<KnownAnswer> lines(Path file) {
        List<KnownAnswer> lines = new ArrayList<>();
        try {
            for (String text : Files.readAllLines(file)) {
                KnownAnswer line = Json.mapper().readValue(text, KnownAnswer.class);
                if (line.answer() == null || line.answer() == Answer.SKIP) {
                    throw new UserError("%s line %d: answer must be one of first, tie, second and their kin, was %s"
                            .formatted(file, lines.size() + 1, line.answer() == null ? "none" : "skip"));
                }
                lines.add(line);
            }
            return lines;
        } catch (NoSuchFileException e) {
            throw new UserError("no file %s".formatted(file), e);
        } catch (JsonProcessingException e) {
            throw new UserError(
                    "%s line %d is no known answer: %s".formatted(file, lines.size() + 1, Json.where(e)), e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    /** Those about comparisons that are there. */
    private static Map<Long, Known> known(List<KnownAnswer> lines, List<Comparison> comparisons) {
        Map<Long, KnownAnswer> wanted = new HashMap<>();
        lines.forEach(line -> wanted.put(line.comparison(), line));
        Map<Long, Known> known = new HashMap<>();
        for (Comparison comparison : comparisons) {
            KnownAnswer line = wanted.get(comparison.id());
            if (line != null) {
                known.put(comparison.id(), known(line, comparison.form()));
            }
        }
        return known;
    }

    private static Known known(KnownAnswer line, Form form) {
        try {
            return line.of(form);
        } catch (IllegalArgumentException e) {
            throw new UserError("%s; known is %s".formatted(e.getMessage(), Json.line(line)), e);
        }
    }

    /** As people and programs are told. */
    record Measured(@JsonUnwrapped Quality quality) implements Shown {
        @Override
        public String text() {
            return QualityTable.of(quality);
        }
    }
}

package dev.heed;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.run.Json;
import dev.heed.run.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Files of demonstrations: a prompt and a completion a line. */
final class Demonstrations {
    private Demonstrations() {}

    /** How someone answered a prompt. */
    record Demonstration(Prompt prompt, String completion) {}

    private record Line(@Nullable String prompt, @Nullable String completion) {}

    static void write(Path file, List<Demonstration> demonstrations) {
        String lines = demonstrations.stream()
                .map(d -> Json.line(new Line(d.prompt().text(), d.completion())) + "\n")
                .collect(Collectors.joining());
        Json.replace(file, lines.getBytes(StandardCharsets.UTF_8));
    }

    /** @throws UserError with the line that is no demonstration */
    static List<Demonstration> read(Path file) {
        List<Demonstration> found = new ArrayList<>();
        try {
            for (String text : Files.readAllLines(file)) {
                Line line = Json.mapper().readValue(text, Line.class);
                if (line == null || line.prompt() == null || line.completion() == null) {
                    throw new UserError(
                            "%s line %d needs both \"prompt\" and \"completion\"".formatted(file, found.size() + 1));
                }
                found.add(new Demonstration(Prompt.ofText(line.prompt(), "", Split.TRAIN), line.completion()));
            }
        } catch (JsonProcessingException e) {
            throw new UserError(
                    "%s line %d is no demonstration: %s; each line is {\"prompt\": …, \"completion\": …}"
                            .formatted(file, found.size() + 1, Json.where(e)),
                    e);
        } catch (NoSuchFileException e) {
            throw new UserError("there is no file of demonstrations at " + file, e);
        } catch (MalformedInputException e) {
            throw new UserError("%s is not UTF-8; save it as UTF-8 text".formatted(file), e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
        if (found.isEmpty()) {
            throw new UserError("%s has no demonstrations; it needs at least one line".formatted(file));
        }
        return found;
    }
}

package dev.heed.text;

import dev.heed.run.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;

/**
 * Sentences of film reviews with their mood: the sentence polarity data of Pang and Lee (2005) as NLTK packs it, a zip with
 * one sentence a line in {@code rt-polarity.pos} and {@code rt-polarity.neg}. Lower case, signs set apart by spaces.
 *
 * @param positive those that praise
 * @param negative those that do not
 */
public record SentenceFile(List<String> positive, List<String> negative) {
    /**
     * Reads the zip.
     *
     * @throws UserError if it cannot be read or lacks one of the two
     */
    public static SentenceFile read(Path zip) {
        if (!Files.isRegularFile(zip)) {
            throw new UserError("no file %s".formatted(zip));
        }
        Map<String, List<String>> sentences = new TreeMap<>();
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(zip))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                String name = entry.getName();
                if (name.endsWith(".pos") || name.endsWith(".neg")) {
                    sentences.put(name.substring(name.length() - 3), lines(in.readAllBytes()));
                }
            }
        } catch (BadLine e) {
            throw new UserError("%s: %s; take the zip as NLTK packs it".formatted(zip, e.reason()), e);
        } catch (ZipException e) {
            throw new UserError("%s is broken (%s); copy it again".formatted(zip, e.getMessage()), e);
        } catch (IOException e) {
            throw new UserError("cannot read %s: %s".formatted(zip, e.getMessage()), e);
        }
        List<String> positive = sentences.getOrDefault("pos", List.of());
        List<String> negative = sentences.getOrDefault("neg", List.of());
        if (positive.isEmpty() || negative.isEmpty()) {
            throw new UserError("%s must hold sentences in files named .pos and .neg, found %s"
                    .formatted(zip, sentences.isEmpty() ? "neither" : "only " + sentences.keySet()));
        }
        return new SentenceFile(positive, negative);
    }

    private static List<String> lines(byte[] bytes) throws BadLine {
        List<String> lines = new ArrayList<>();
        Utf8.strict(bytes)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .forEach(lines::add);
        return List.copyOf(lines);
    }
}

package dev.heed.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a model comes from: heed.json in its folder.
 *
 * @param parents by role, the SHA-256 of the weights that it started from or was trained against
 * @param preferences the SHA-256 of the snapshot that it learned from
 * @param lastPreference the newest preference in it, as the store numbers them
 */
public record Manifest(
        String stage,
        long seed,
        Version heed,
        Object config,
        Map<String, String> parents,
        @Nullable String preferences,
        @Nullable Long lastPreference) {
    private static final String WEIGHTS = "model.safetensors";

    /** Of a model that has no parents yet. */
    public static Manifest of(String stage, Settings settings, Object config) {
        return new Manifest(stage, settings.seed(), Version.current(), config, Map.of(), null, null);
    }

    /** With a further parent, named by the hash of its weights. */
    public Manifest from(String role, Path model) {
        Map<String, String> all = new LinkedHashMap<>(parents);
        all.put(role, sha256(weights(model)));
        return new Manifest(stage, seed, heed, config, all, preferences, lastPreference);
    }

    /** With the preferences that it learned from. */
    public Manifest learnedFrom(String snapshot, long lastRow) {
        return new Manifest(stage, seed, heed, config, parents, snapshot, lastRow);
    }

    /** Writes heed.json into the model's folder. */
    public void write(Path model) {
        Json.write(model.resolve("heed.json"), this);
    }

    /** The file of the weights; of several, those of the model in the order of their names. */
    private static List<Path> weights(Path model) {
        Path single = model.resolve(WEIGHTS);
        if (Files.exists(single)) {
            return List.of(single);
        }
        try (Stream<Path> files = Files.list(model)) {
            return files.filter(file -> file.getFileName().toString().endsWith(".safetensors"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + model, e);
        }
    }

    private static String sha256(List<Path> files) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Path file : files) {
                try (InputStream in = Files.newInputStream(file)) {
                    new DigestInputStream(in, digest).transferTo(OutputStream.nullOutputStream());
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + files, e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}

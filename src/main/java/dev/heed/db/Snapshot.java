package dev.heed.db;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.heed.feedback.Hashes;
import dev.heed.feedback.Pair;
import dev.heed.run.Json;
import dev.heed.run.UserError;
import dev.heed.run.WholeFile;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * What training reads instead of the live database: a file of preferences that never changes, one {@link Pair} a line,
 * named by its content.
 *
 * @param file preferences-HASH.jsonl, with the first 16 digits of the hash
 * @param hash SHA-256 of the file, 64 hex digits
 * @param count of pairs
 * @param lastRow number of the last preference that the database held; 0 where it held none
 */
public record Snapshot(Path file, String hash, int count, long lastRow) {
    private static final int HASH_IN_NAME = 16;

    /** Writes the pairs into a folder, whole or not at all; the same pairs give the same file. */
    public static Snapshot write(Path folder, List<Pair> pairs, long lastRow) {
        return write(folder, pairs::forEach, lastRow);
    }

    /**
     * As {@link #write(Path, List, long)}, few of them in memory at a time.
     *
     * @param pairs tells them all
     */
    static Snapshot write(Path folder, Consumer<Consumer<Pair>> pairs, long lastRow) {
        Lines lines = new Lines(pairs);
        Path unnamed = folder.resolve(".preferences-%s.part".formatted(UUID.randomUUID()));
        WholeFile.write(unnamed, lines, () -> fileOf(folder, lines.hash()));
        return new Snapshot(fileOf(folder, lines.hash()), lines.hash(), lines.count, lastRow);
    }

    /** The hash of the file that these pairs would give. */
    static String hash(Consumer<Consumer<Pair>> pairs) {
        Lines lines = new Lines(pairs);
        try {
            lines.writeTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException("nothing was written", e);
        }
        return lines.hash();
    }

    /** One pair a line, hashed and counted on the way. */
    private static final class Lines implements WholeFile.Content {
        private final Consumer<Consumer<Pair>> pairs;
        private byte[] digest = new byte[0];
        private int count;

        Lines(Consumer<Consumer<Pair>> pairs) {
            this.pairs = pairs;
        }

        String hash() {
            return Hashes.hex(digest);
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            MessageDigest sha256 = Hashes.sha256();
            DigestOutputStream hashed = new DigestOutputStream(out, sha256);
            try {
                pairs.accept(pair -> write(hashed, pair));
            } catch (UncheckedIOException e) {
                throw new IOException(e.getMessage(), e);
            }
            digest = sha256.digest();
        }

        private void write(OutputStream out, Pair pair) {
            try {
                out.write((Json.line(pair) + "\n").getBytes(StandardCharsets.UTF_8));
                count++;
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write a snapshot", e);
            }
        }
    }

    /**
     * One that was written before.
     *
     * @throws UserError if it is missing, malformed, or not what its name says
     */
    public static Snapshot of(Path folder, String hash, long lastRow) {
        Path file = fileOf(folder, hash);
        return new Snapshot(file, hash, read(file).size(), lastRow);
    }

    private static Path fileOf(Path folder, String hash) {
        return folder.resolve("preferences-" + hash.substring(0, HASH_IN_NAME) + ".jsonl");
    }

    /**
     * The pairs of a snapshot, in order.
     *
     * @throws UserError if it is missing, malformed, or not what its name says
     */
    public static List<Pair> read(Path file) {
        byte[] bytes = bytesOf(file);
        expectNamedAfter(file, Hashes.sha256(bytes));
        List<Pair> pairs = new ArrayList<>();
        for (String line : new String(bytes, StandardCharsets.UTF_8).lines().toList()) {
            try {
                pairs.add(Json.mapper().readValue(line, Pair.class));
            } catch (JsonProcessingException e) {
                throw new UserError(
                        "%s line %d is no preference: %s".formatted(file, pairs.size() + 1, e.getOriginalMessage()), e);
            }
        }
        return List.copyOf(pairs);
    }

    private static byte[] bytesOf(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new UserError("there is no snapshot of preferences at %s".formatted(file), e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private static void expectNamedAfter(Path file, String hash) {
        String name = String.valueOf(file.getFileName());
        if (name.startsWith("preferences-") && !name.contains(hash.substring(0, HASH_IN_NAME))) {
            throw new UserError("%s was changed after it was written: its content has the hash %s; restore the file"
                    .formatted(file, hash.substring(0, HASH_IN_NAME)));
        }
    }
}

package dev.heed.db;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.feedback.Hashes;
import dev.heed.run.Json;
import dev.heed.run.UserError;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.jdbi.v3.core.Handle;

/**
 * All that people said, and who they are, in one zip file: every table as JSON lines, the journal, and a manifest with
 * the hash of each. Text rather than a copy of the database's own files: H2's own backups were not always readable again
 * (h2database#2752), and rows can go into either database.
 */
public final class Backup {
    private static final int FORMAT = 1;
    private static final String MANIFEST = "manifest.json";
    private static final String JOURNAL = "journal.jsonl";
    private static final String TABLES = "tables/";

    private Backup() {}

    /**
     * What a backup holds.
     *
     * @param at when it was made
     * @param schema version of the tables
     * @param snapshot hash of the preferences as training reads them
     * @param hashes SHA-256 of each file in it
     * @param rows of each table
     */
    public record Manifest(
            int format,
            Instant at,
            String schema,
            String snapshot,
            Map<String, String> hashes,
            Map<String, Long> rows) {
        public Manifest {
            hashes = Collections.unmodifiableMap(new LinkedHashMap<>(hashes));
            rows = Collections.unmodifiableMap(new LinkedHashMap<>(rows));
        }
    }

    /**
     * Writes the rows of one moment.
     *
     * @param schema version of the tables
     */
    static void write(Handle handle, Journal journal, long journalBytes, String schema, OutputStream out)
            throws IOException {
        Map<String, String> hashes = new LinkedHashMap<>();
        Map<String, Long> rows = new LinkedHashMap<>();
        ZipOutputStream zip = new ZipOutputStream(out, StandardCharsets.UTF_8);
        for (String table : Tables.inOrder(handle)) {
            add(zip, TABLES + table + ".jsonl", hashes, entry -> rows.put(table, Tables.write(handle, table, entry)));
        }
        add(zip, JOURNAL, hashes, entry -> journal.copy(journalBytes, entry));
        Manifest manifest = new Manifest(FORMAT, Instant.now(), schema, snapshot(handle), hashes, rows);
        zip.putNextEntry(new ZipEntry(MANIFEST));
        zip.write((Json.text(manifest) + "\n").getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
        zip.finish();
    }

    /** The hash that a snapshot of these rows would have. */
    static String snapshot(Handle handle) {
        long last = PreferenceTable.lastRow(handle);
        return Snapshot.hash(reader -> LearnedTable.eachPair(handle, last, reader));
    }

    private interface Part {
        void writeTo(OutputStream out) throws IOException;
    }

    private static void add(ZipOutputStream zip, String name, Map<String, String> hashes, Part part)
            throws IOException {
        MessageDigest sha256 = Hashes.sha256();
        zip.putNextEntry(new ZipEntry(name));
        part.writeTo(new DigestOutputStream(zip, sha256));
        zip.closeEntry();
        hashes.put(name, Hashes.hex(sha256.digest()));
    }

    /**
     * Reads a backup through.
     *
     * @throws UserError if it is no whole backup
     */
    public static Manifest check(Path file) {
        return with(file, zip -> check(file, zip));
    }

    private interface Reading<T> {
        T of(ZipFile zip) throws IOException;
    }

    private static <T> T with(Path file, Reading<T> reading) {
        try (ZipFile zip = new ZipFile(file.toFile(), StandardCharsets.UTF_8)) {
            return reading.of(zip);
        } catch (NoSuchFileException e) {
            throw new UserError("there is no backup %s".formatted(file), e);
        } catch (ZipException e) {
            throw new UserError("%s is no whole backup: %s; take another one".formatted(file, e.getMessage()), e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the backup " + file, e);
        }
    }

    private static Manifest check(Path file, ZipFile zip) throws IOException {
        ZipEntry entry = zip.getEntry(MANIFEST);
        if (entry == null) {
            throw new UserError("%s is no backup of Heed: it has no %s".formatted(file, MANIFEST));
        }
        Manifest manifest = Json.mapper().readValue(zip.getInputStream(entry), Manifest.class);
        if (manifest.format() != FORMAT) {
            throw new UserError("%s is a backup of format %d, this Heed reads %d; use the Heed that made it"
                    .formatted(file, manifest.format(), FORMAT));
        }
        for (Map.Entry<String, String> part : manifest.hashes().entrySet()) {
            ZipEntry found = zip.getEntry(part.getKey());
            String hash = found == null ? "none" : hash(zip, found);
            if (!hash.equals(part.getValue())) {
                throw new UserError("%s was changed after it was made: %s has the hash %s, not %s; take another one"
                        .formatted(file, part.getKey(), hash, part.getValue()));
            }
        }
        return manifest;
    }

    private static String hash(ZipFile zip, ZipEntry entry) throws IOException {
        MessageDigest sha256 = Hashes.sha256();
        try (InputStream in = zip.getInputStream(entry)) {
            in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), sha256));
        }
        return Hashes.hex(sha256.digest());
    }

    /**
     * Makes a home of a backup: its rows, its journal. Opens it once, and compares what training would read.
     *
     * @param home new, or without labels
     * @param db an empty database, as {@link FeedbackStore#open(Path, String)} takes it
     * @throws UserError if the backup is not whole, or there are labels already
     */
    public static Manifest restore(Path file, Path home, String db) {
        Manifest manifest = check(file);
        for (String name : List.of("heed.mv.db", JOURNAL, "database.json")) {
            if (Files.exists(home.resolve(name))) {
                throw new UserError("%s has labels already (%s); name a new folder with --home".formatted(home, name));
            }
        }
        Database.fill(home, db, manifest.schema(), handle -> with(file, zip -> fill(handle, zip, manifest)));
        with(file, zip -> Files.copy(zip.getInputStream(zip.getEntry(JOURNAL)), home.resolve(JOURNAL)));
        try (FeedbackStore store = FeedbackStore.open(home, db)) {
            String snapshot = store.hash();
            if (!snapshot.equals(manifest.snapshot())) {
                throw new IllegalStateException(
                        "restored, but the preferences have the hash %s, in the backup they had %s"
                                .formatted(snapshot, manifest.snapshot()));
            }
        }
        return manifest;
    }

    private static boolean fill(Handle handle, ZipFile zip, Manifest manifest) throws IOException {
        List<String> tables = Tables.inOrder(handle);
        if (!manifest.rows().keySet().equals(Set.copyOf(tables))) {
            throw new UserError("the backup has the tables %s, this Heed makes %s of version %s"
                    .formatted(manifest.rows().keySet(), tables, manifest.schema()));
        }
        Tables.clear(handle, tables); // what migrations put into them
        for (String table : tables) {
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                    zip.getInputStream(zip.getEntry(TABLES + table + ".jsonl")), StandardCharsets.UTF_8))) {
                Tables.read(handle, table, reader -> lines.lines().forEach(line -> reader.accept(parse(line))));
            }
        }
        return true;
    }

    private static JsonNode parse(String line) {
        try {
            return Json.mapper().readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException("a row of the backup is no JSON", e);
        }
    }
}

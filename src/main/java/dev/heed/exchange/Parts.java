package dev.heed.exchange;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.feedback.Hashes;
import dev.heed.run.Json;
import dev.heed.run.UntrustedJson;
import dev.heed.run.UserError;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * The files that an import reads: the given one, unpacked where its name ends with .gz; or, of an export in a zip file, those
 * that are lossless. Nothing is ever unpacked onto the disk, and no name in a zip file is used as a path.
 */
final class Parts implements AutoCloseable {
    /** What is read of an export; the other files say the same again, for other tools. */
    private static final List<String> LOSSLESS = List.of("events.jsonl", "demonstrations.jsonl");

    private static final int MOST_ENTRIES = 64;
    private static final int LONGEST_MANIFEST = 1 << 20;

    private final Path file;
    private final String name;
    private final List<Part> parts = new ArrayList<>();
    private final AutoCloseable whole;

    /** Reads a stream. */
    interface Reading {
        void of(InputStream in) throws IOException;
    }

    /**
     * One file.
     *
     * @param name as errors tell it
     */
    record Part(String name, boolean csv, Opening opening, String expectedHash) {
        interface Opening {
            InputStream open() throws IOException;
        }

        /** @throws UserError if it cannot be read, or is not what the manifest says */
        void read(Reading reading) {
            MessageDigest sha256 = Hashes.sha256();
            try (InputStream in = new DigestInputStream(opening.open(), sha256)) {
                reading.of(in);
                in.transferTo(OutputStream.nullOutputStream());
            } catch (NoSuchFileException e) {
                throw new UserError("no file %s".formatted(name), e);
            } catch (EOFException | ZipException e) {
                throw new UserError("%s is broken (%s); copy it again".formatted(name, e.getMessage()), e);
            } catch (IOException e) {
                throw new UserError("cannot read %s: %s".formatted(name, e.getMessage()), e);
            }
            String hash = Hashes.hex(sha256.digest());
            if (!expectedHash.isEmpty() && !expectedHash.equals(hash)) {
                throw new UserError("%s was changed after it was made: it has the hash %s, not %s; take another one"
                        .formatted(name, hash, UntrustedJson.shown(expectedHash, 80)));
            }
        }
    }

    private Parts(Path file, String name) {
        this.file = file;
        this.name = name;
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.endsWith(".zip")) {
            ZipFile zip = open();
            whole = zip;
            try {
                addLossless(zip);
            } catch (RuntimeException | IOException e) {
                close();
                throw e instanceof UserError told
                        ? told
                        : new UserError("%s cannot be read: %s".formatted(name, e.getMessage()), e);
            }
        } else {
            whole = () -> {};
            boolean packed = lower.endsWith(".gz");
            String plain = packed ? lower.substring(0, lower.length() - 3) : lower;
            parts.add(new Part(name, plain.endsWith(".csv"), () -> open(packed), ""));
        }
    }

    /**
     * Looks what is in a file.
     *
     * @param name as it is called: its ending says how it is packed, and errors begin with it
     * @throws UserError if it is a zip file and no export of Heed
     */
    static Parts of(Path file, String name) {
        return new Parts(file, name);
    }

    List<Part> all() {
        return List.copyOf(parts);
    }

    private InputStream open(boolean packed) throws IOException {
        if (Files.isDirectory(file)) {
            throw new UserError("%s is a folder; name a file in it".formatted(name));
        }
        InputStream raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        if (!packed) {
            return raw;
        }
        try {
            return new Packed(new GZIPInputStream(raw, 1 << 16), name, Files.size(file));
        } catch (IOException e) {
            raw.close();
            throw e;
        }
    }

    private ZipFile open() {
        try {
            return new ZipFile(file.toFile(), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw new UserError("no file %s".formatted(name), e);
        } catch (IOException e) {
            throw new UserError("%s is no whole zip file: %s; copy it again".formatted(name, e.getMessage()), e);
        }
    }

    private void addLossless(ZipFile zip) throws IOException {
        expectHarmless(zip);
        JsonNode manifest = manifest(zip);
        for (JsonNode listed : manifest.path("files")) {
            String part = listed.path("name").asText();
            if (!LOSSLESS.contains(part)) {
                continue;
            }
            ZipEntry entry = zip.getEntry(part);
            if (entry == null) {
                throw new UserError("%s has no %s, which its manifest lists; take another one".formatted(name, part));
            }
            parts.add(new Part(
                    name + ", " + part,
                    false,
                    () -> new Packed(zip.getInputStream(entry), name + ", " + part, Files.size(file)),
                    listed.path("sha256").asText("none")));
        }
        if (parts.isEmpty()) {
            throw new UserError("the manifest of %s lists none of %s".formatted(name, String.join(", ", LOSSLESS)));
        }
    }

    private void expectHarmless(ZipFile zip) {
        if (zip.size() > MOST_ENTRIES) {
            throw new UserError(
                    "%s has %d files in it, an export has at most %d".formatted(name, zip.size(), MOST_ENTRIES));
        }
        Set<String> names = new HashSet<>();
        zip.stream().map(ZipEntry::getName).forEach(entry -> {
            if (!entry.matches("[a-z0-9_-]{1,60}\\.[a-z0-9]{1,10}")) {
                throw new UserError("%s is no export of Heed: it names a file '%s'"
                        .formatted(name, UntrustedJson.shown(entry, 80)));
            }
            if (!names.add(entry)) {
                throw new UserError("%s is no export of Heed: it has %s twice".formatted(name, entry));
            }
        });
    }

    private JsonNode manifest(ZipFile zip) throws IOException {
        ZipEntry entry = zip.getEntry(Export.MANIFEST);
        if (entry == null) {
            throw new UserError("%s is no export of Heed: it has no %s".formatted(name, Export.MANIFEST));
        }
        try (InputStream in = zip.getInputStream(entry)) {
            byte[] bytes = in.readNBytes(LONGEST_MANIFEST);
            JsonNode manifest = Json.mapper().readTree(bytes);
            String format = manifest.path("format").asText();
            if (!format.equals(Export.FORMAT)) {
                throw new UserError("%s is an export of the form '%s', this Heed reads '%s'; use the Heed that made it"
                        .formatted(name, UntrustedJson.shown(format, 60), Export.FORMAT));
            }
            return manifest;
        } catch (JsonProcessingException e) {
            throw new UserError("the manifest of %s is no JSON: %s".formatted(name, Json.where(e)), e);
        }
    }

    @Override
    public void close() {
        try {
            whole.close();
        } catch (Exception e) {
            throw new IllegalStateException("cannot close " + file, e);
        }
    }
}

package dev.heed.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.run.Json;
import dev.heed.run.UserError;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * A file of one JSON object a line, read one line at a time; compressed where its name ends with {@code .gz}. A byte order
 * mark, carriage returns and blank lines are passed over.
 */
final class JsonLines {
    static final int LONGEST = 10_000_000; // bytes: no preference is that long, but a file without line ends is

    /** Takes what one line says. */
    interface Row {
        void take(ObjectNode row) throws BadLine;
    }

    /** The same, told where it stands. */
    interface NumberedRow {
        void take(long line, ObjectNode row) throws BadLine;
    }

    private final NumberedRow row;
    private final Consumer<LineError> errors;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private long line = 1;
    private long length;
    private long told; // lines that were not blank

    private JsonLines(NumberedRow row, Consumer<LineError> errors) {
        this.row = row;
        this.errors = errors;
    }

    /**
     * Gives each object to {@code row}.
     *
     * @param expected the fields of a line, for the message about an empty file
     * @return why the other lines could not be taken
     * @throws UserError if the file cannot be read, is broken or has no lines
     */
    static List<LineError> read(Path file, String expected, Row row) {
        return readNumbered(file, expected, (line, object) -> row.take(object));
    }

    /** As {@link #read}, with each object's line. */
    static List<LineError> readNumbered(Path file, String expected, NumberedRow row) {
        List<LineError> errors = new ArrayList<>();
        JsonLines lines = new JsonLines(row, errors::add);
        try (InputStream in = open(file)) {
            lines.readAll(in);
        } catch (NoSuchFileException e) {
            throw new UserError("no file %s".formatted(file), e);
        } catch (EOFException | ZipException e) {
            throw new UserError(
                    "%s is broken gzip after line %d (%s); copy it again"
                            .formatted(file, lines.line - 1, e.getMessage()),
                    e);
        } catch (IOException e) {
            throw new UserError("cannot read %s: %s".formatted(file, e.getMessage()), e);
        }
        if (lines.told == 0) {
            throw new UserError("%s is empty; expected one JSON object a line with %s".formatted(file, expected));
        }
        return List.copyOf(errors);
    }

    /**
     * Gives each object of a stream to {@code row}.
     *
     * @param errors told why the other lines could not be taken
     * @return how many lines were not blank
     */
    static long read(InputStream in, NumberedRow row, Consumer<LineError> errors) throws IOException {
        JsonLines lines = new JsonLines(row, errors);
        lines.readAll(in);
        return lines.told;
    }

    /** A file's bytes, unpacked where its name ends with {@code .gz}. */
    static InputStream open(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new UserError("%s is a folder; name a .jsonl file in it".formatted(file));
        }
        InputStream raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        if (!file.toString().endsWith(".gz")) {
            return raw;
        }
        try {
            return new BufferedInputStream(new GZIPInputStream(raw, 1 << 16), 1 << 16);
        } catch (IOException e) {
            raw.close();
            throw e;
        }
    }

    private void readAll(InputStream in) throws IOException {
        byte[] buffer = new byte[1 << 16];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            int from = 0;
            for (int i = 0; i < read; i++) {
                if (buffer[i] == '\n') {
                    append(buffer, from, i);
                    endLine();
                    from = i + 1;
                }
            }
            append(buffer, from, read);
        }
        endLine();
    }

    private void append(byte[] buffer, int from, int to) {
        length += to - from;
        if (length <= LONGEST) {
            bytes.write(buffer, from, to - from);
        }
    }

    private void endLine() {
        boolean blank = false;
        try {
            if (length > LONGEST) {
                throw new BadLine("%d bytes long, at most %d are read".formatted(length, LONGEST));
            }
            String text = text();
            blank = text.isBlank();
            if (!blank) {
                row.take(line, parse(text));
            }
        } catch (BadLine e) {
            errors.accept(new LineError(line, e.reason()));
        }
        told += blank ? 0 : 1;
        bytes.reset();
        length = 0;
        line++;
    }

    private String text() throws BadLine {
        String text = Utf8.strict(bytes.toByteArray());
        return line == 1 && text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    private static ObjectNode parse(String text) throws BadLine {
        try {
            JsonNode node = Json.mapper().readTree(text);
            if (node instanceof ObjectNode object) {
                return object;
            }
            throw new BadLine("must be a JSON object, was %s".formatted(ChatFields.kind(node)));
        } catch (JsonProcessingException e) {
            String what = e.getOriginalMessage().lines().findFirst().orElse("no JSON");
            String at = e.getLocation() == null // where it is nested too deeply, the parser does not say where
                    ? ""
                    : " at column " + e.getLocation().getColumnNr();
            throw new BadLine("not JSON%s: %s".formatted(at, what));
        }
    }
}

package dev.heed.exchange;

import dev.heed.feedback.Hashes;
import dev.heed.run.Json;
import dev.heed.text.Flat;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One file of an export while it is written: counted and hashed on the way. */
final class Lines {
    /** How rows are written. */
    enum Form {
        JSONL,
        CSV
    }

    private final OutputStream out;
    private final Form form;
    private final List<String> columns;
    private final MessageDigest sha256 = Hashes.sha256();
    private final Map<String, Long> leftOut = new LinkedHashMap<>();
    private long rows;
    private long bytes;

    Lines(OutputStream out, Form form, List<String> columns) {
        this.out = out;
        this.form = form;
        this.columns = columns;
        if (form == Form.CSV) {
            write(Flat.header(columns));
        }
    }

    void row(Map<String, ?> fields) {
        write(form == Form.CSV ? Flat.line(columns, fields) : Json.line(fields) + "\n");
        rows++;
    }

    void leaveOut(String why) {
        leftOut.merge(why, 1L, Long::sum);
    }

    private void write(String text) {
        byte[] line = text.getBytes(StandardCharsets.UTF_8);
        try {
            out.write(line);
        } catch (IOException e) {
            throw new UncheckedIOException("the export cannot be written", e);
        }
        sha256.update(line);
        bytes += line.length;
    }

    ExportedFile told(String name) {
        return new ExportedFile(name, rows, bytes, Hashes.hex(sha256.digest()), leftOut);
    }
}

package dev.heed.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a reader of rows makes of a file's lines.
 *
 * @param good what the good lines told, in order
 * @param errors the bad lines, in order
 */
public record ReadRows<T>(List<T> good, List<LineError> errors) {
    /** Reads one row. */
    public interface Reader<T> {
        T read(ObjectNode row) throws BadLine;
    }

    /** As {@link #of(Path, String, Reader)}. */
    public static <T> ReadRows<T> of(Path file, Reader<T> reader) {
        return of(file, "what people said", reader);
    }

    /**
     * @param expected the fields of a row, for the message about an empty file
     * @throws dev.heed.run.UserError if the file cannot be read, is broken or has no lines
     */
    static <T> ReadRows<T> of(Path file, String expected, Reader<T> reader) {
        List<T> good = new ArrayList<>();
        List<LineError> errors = JsonLines.read(file, expected, row -> good.add(reader.read(row)));
        return new ReadRows<>(List.copyOf(good), errors);
    }
}

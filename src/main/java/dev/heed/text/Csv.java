package dev.heed.text;

import dev.heed.run.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Comma-separated values as RFC 4180 has them: cells in quotes may hold commas, line ends, and quotes that are doubled.
 * Rows may end with a line feed alone, and blank lines are passed over.
 */
final class Csv {
    /**
     * A row.
     *
     * @param line where it begins, from 1
     */
    record Row(long line, List<String> cells) {}

    private final String text;
    private final List<Row> rows = new ArrayList<>();
    private final StringBuilder cell = new StringBuilder();
    private List<String> cells = new ArrayList<>();
    private long line = 1;
    private long begun = 1;
    private int at;

    private Csv(String text) {
        this.text = text;
    }

    /** @throws UserError if the file cannot be read, is not UTF-8, or a quote is never closed */
    static List<Row> read(Path file) {
        try (InputStream in = JsonLines.open(file)) {
            String text = Utf8.strict(in.readAllBytes());
            return new Csv(text.startsWith("\uFEFF") ? text.substring(1) : text).rows();
        } catch (BadLine e) {
            throw new UserError("%s %s".formatted(file, e.reason()), e);
        } catch (NoSuchFileException e) {
            throw new UserError("no file %s".formatted(file), e);
        } catch (IOException e) {
            throw new UserError("cannot read %s: %s".formatted(file, e.getMessage()), e);
        }
    }

    private List<Row> rows() throws BadLine {
        for (; at < text.length(); at++) {
            char next = text.charAt(at);
            if (next == '"' && cell.isEmpty()) {
                quoted();
            } else if (next == ',') {
                endCell();
            } else if (next == '\n') {
                endRow();
            } else if (next != '\r' || (at + 1 < text.length() && text.charAt(at + 1) != '\n')) {
                cell.append(next);
            }
        }
        endRow();
        return List.copyOf(rows);
    }

    /** What stands between quotes; ends on the closing one. */
    private void quoted() throws BadLine {
        long opened = line;
        for (at++; at < text.length(); at++) {
            char next = text.charAt(at);
            if (next == '"' && at + 1 < text.length() && text.charAt(at + 1) == '"') {
                at++;
            } else if (next == '"') {
                return;
            }
            line += next == '\n' ? 1 : 0;
            cell.append(next);
        }
        throw new BadLine("line %d: a quote is opened and never closed".formatted(opened));
    }

    private void endCell() {
        cells.add(cell.toString());
        cell.setLength(0);
    }

    private void endRow() {
        endCell();
        if (cells.size() > 1 || !cells.get(0).isBlank()) {
            rows.add(new Row(begun, cells));
        }
        cells = new ArrayList<>();
        begun = ++line;
    }
}

package dev.heed.text;

import dev.heed.run.UserError;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Comma-separated values as RFC 4180 has them: cells in quotes may hold commas, line ends, and quotes that are doubled.
 * Rows may end with a line feed alone, and blank lines are passed over. One row is in memory at a time.
 */
final class Csv {
    /**
     * A row.
     *
     * @param line where it begins, from 1
     */
    record Row(long line, List<String> cells) {}

    /** Takes what one row says. */
    interface Taker {
        void take(Row row) throws BadLine;
    }

    private static final int[] MARK = {0xEF, 0xBB, 0xBF};

    private final InputStream in;
    private final ByteArrayOutputStream cell = new ByteArrayOutputStream();
    private List<String> cells = new ArrayList<>();
    private @Nullable BadLine wrong; // with this row, first
    private long line = 1;
    private long length; // bytes of this row
    private int next; // the byte ahead; negative at the end

    private Csv(InputStream in) {
        this.in = in;
    }

    /** @throws UserError if the file cannot be read, is not UTF-8, or a quote is never closed */
    static List<Row> read(Path file) {
        List<Row> rows = new ArrayList<>();
        try (InputStream in = JsonLines.open(file)) {
            each(in, rows::add, error -> {
                throw new UserError("%s %s".formatted(file, error));
            });
        } catch (NoSuchFileException e) {
            throw new UserError("no file %s".formatted(file), e);
        } catch (IOException e) {
            throw new UserError("cannot read %s: %s".formatted(file, e.getMessage()), e);
        }
        return List.copyOf(rows);
    }

    /** Gives each row of a stream to the taker, and tells why the others could not be taken. */
    static void each(InputStream in, Taker taker, Consumer<LineError> errors) throws IOException {
        BufferedInputStream buffered = new BufferedInputStream(in, 1 << 16);
        buffered.mark(MARK.length);
        for (int expected : MARK) {
            if (buffered.read() != expected) {
                buffered.reset();
                break;
            }
        }
        new Csv(buffered).readAll(taker, errors);
    }

    private void readAll(Taker taker, Consumer<LineError> errors) throws IOException {
        advance();
        while (next >= 0) {
            long begun = line;
            try {
                readRow();
                if (wrong != null) {
                    throw wrong;
                }
                if (cells.size() > 1 || !cells.get(0).isBlank()) {
                    taker.take(new Row(begun, cells));
                }
            } catch (BadLine e) {
                errors.accept(new LineError(begun, e.reason()));
            }
        }
    }

    private void advance() throws IOException {
        next = in.read();
        length++;
    }

    private void readRow() throws IOException {
        cells = new ArrayList<>();
        wrong = null;
        length = 0;
        boolean more = true;
        while (more) {
            more = readCell();
        }
        if (length > JsonLines.LONGEST) {
            wrong = new BadLine("%d bytes long, at most %d are read".formatted(length, JsonLines.LONGEST));
        }
    }

    /** @return whether another one follows in the row */
    private boolean readCell() throws IOException {
        cell.reset();
        if (next == '"') {
            readQuoted();
        }
        while (next >= 0 && next != ',' && next != '\n') {
            int here = next;
            advance();
            if (here != '\r' || (next >= 0 && next != '\n')) {
                put(here);
            }
        }
        try {
            cells.add(Utf8.strict(cell.toByteArray()));
        } catch (BadLine e) {
            wrong = wrong == null ? e : wrong;
        }
        boolean more = next == ',';
        line += next == '\n' ? 1 : 0;
        advance();
        return more;
    }

    /** What stands between quotes; ends after the closing one. */
    private void readQuoted() throws IOException {
        for (advance(); next >= 0; advance()) {
            if (next == '"') {
                advance();
                if (next != '"') {
                    return;
                }
            }
            line += next == '\n' ? 1 : 0;
            put(next);
        }
        wrong = new BadLine("a quote is opened and never closed");
    }

    private void put(int one) {
        if (length <= JsonLines.LONGEST) {
            cell.write(one);
        }
    }
}

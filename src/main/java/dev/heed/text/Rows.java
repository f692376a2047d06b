package dev.heed.text;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.run.Json;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The rows of a file, one in memory at a time: an object a line, one list of objects, or comma-separated values under a
 * first line that names the columns. A row has at most 10 MB. A byte order mark is passed over.
 */
public final class Rows {
    private static final ObjectReader READER =
            Json.mapper().reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS); // the rest of the list
    private static final int LOOKED_AT = 1 << 12;
    private static final int READ_AHEAD = 1 << 14; // more than the parser does

    private static final String PASSED_OVER = "\u00EF\u00BB\u00BF \t\r\n"; // the mark's bytes, and blanks

    private final Taker taker;
    private final Consumer<LineError> errors;
    private long told;

    /** Takes what one row says. */
    public interface Taker {
        /** @param line where it begins, from 1 */
        void take(long line, ObjectNode row) throws BadLine;
    }

    private Rows(Taker taker, Consumer<LineError> errors) {
        this.taker = taker;
        this.errors = errors;
    }

    /**
     * Gives each row of a stream to the taker, and tells why the others could not be taken.
     *
     * @param csv whether its name says that it is of comma-separated values
     * @return how many rows there were, good and bad
     */
    public static long read(InputStream stream, boolean csv, Taker taker, Consumer<LineError> errors)
            throws IOException {
        BufferedInputStream in = new BufferedInputStream(stream, 1 << 16);
        Rows rows = new Rows(taker, errors);
        if (csv) {
            rows.table(in);
            return rows.told;
        }
        if (begin(in) == '[') {
            rows.list(in);
            return rows.told;
        }
        return JsonLines.read(in, taker::take, errors);
    }

    /** The first byte that says something; −1 where none does. */
    private static int begin(BufferedInputStream in) throws IOException {
        in.mark(LOOKED_AT);
        int first = in.read();
        for (int i = 1; i < LOOKED_AT && PASSED_OVER.indexOf(first) >= 0; i++) {
            first = in.read();
        }
        in.reset();
        return first;
    }

    private void table(InputStream in) throws IOException {
        List<String> columns = new ArrayList<>();
        Csv.each(
                in,
                row -> {
                    if (columns.isEmpty()) {
                        columns.addAll(Flat.columns(row));
                    } else {
                        told++;
                        taker.take(row.line(), Flat.object(columns, row));
                    }
                },
                errors);
    }

    private void list(InputStream in) throws IOException {
        Measured measured = new Measured(in);
        long line = 1;
        try (JsonParser parser = Json.mapper().getFactory().createParser(measured)) {
            parser.disable(JsonParser.Feature.AUTO_CLOSE_SOURCE); // whoever opened it reads it to its end
            parser.nextToken(); // the list begins
            for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
                line = parser.currentTokenLocation().getLineNr();
                told++;
                if (token == null) {
                    throw new BadLine("the list ends in the middle");
                }
                measured.length = 0;
                take(line, READER.readTree(parser));
            }
            line = parser.currentLocation().getLineNr();
            if (parser.nextToken() != null) {
                throw new BadLine("something follows the list's end");
            }
        } catch (JsonProcessingException e) {
            long at = e.getLocation() == null ? line : e.getLocation().getLineNr();
            int column = e.getLocation() == null ? 1 : e.getLocation().getColumnNr();
            String what = e.getOriginalMessage().lines().findFirst().orElse("no JSON");
            errors.accept(
                    new LineError(at, "not JSON at column %d: %s; what follows was not read".formatted(column, what)));
        } catch (TooLong e) {
            errors.accept(new LineError(
                    line,
                    "longer than the %d bytes that are read; what follows was not read".formatted(JsonLines.LONGEST)));
        } catch (BadLine e) {
            errors.accept(new LineError(line, e.reason()));
        }
    }

    private void take(long line, JsonNode node) {
        try {
            if (!(node instanceof ObjectNode row)) {
                throw new BadLine("must be a JSON object, was %s".formatted(ChatFields.kind(node)));
            }
            taker.take(line, row);
        } catch (BadLine e) {
            errors.accept(new LineError(line, e.reason()));
        }
    }

    private static final class TooLong extends IOException {}

    /** Counts what a row of a list takes, so that none fills the memory. */
    private static final class Measured extends Metered {
        private long length;

        Measured(InputStream in) {
            super(in);
        }

        @Override
        protected void more(int bytes) throws IOException {
            length += bytes;
            if (length > JsonLines.LONGEST + READ_AHEAD) {
                throw new TooLong();
            }
        }
    }
}

package dev.heed.exchange;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.db.Feedback;
import dev.heed.feedback.Taken;
import dev.heed.run.UserError;
import dev.heed.text.BadLine;
import dev.heed.text.LineError;
import dev.heed.text.Rows;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file into the store, a few rows in memory at a time: once to see whether every row is good, and once more to store
 * them. So a file with a bad row changes nothing, however long it is, unless the good ones are wanted alone. What was read
 * before is known and not added again, which also lets a broken-off import be gone on with.
 */
public final class Import {
    private static final int CHUNK = 500; // stored in one write
    private static final long HEAVY = 2_000_000; // characters, of which fewer rows are stored in one write
    private static final int MOST_SHOWN = 100; // bad rows that are remembered
    private static final String CONTRADICTED = "contradicted by what is there";
    private static final String NO_CHOICE = "with two equal texts";

    private final Feedback feedback;
    private final Order order;
    private final LongConsumer progress;
    private final Map<String, Long> leftOut = new LinkedHashMap<>();
    private final List<Bad> bad = new ArrayList<>();
    private long badRows;
    private long rows;
    private long added;
    private long there;
    private String format = "";

    private Import(Feedback feedback, Order order, LongConsumer progress) {
        this.feedback = feedback;
        this.order = order;
        this.progress = progress;
    }

    /**
     * What is to be read.
     *
     * @param name of the file as people know it; its ending says how it is packed
     * @param format its name; empty to tell from the first row
     * @param skipInvalid take the good rows though there are bad ones
     */
    public record Order(Path file, String name, String format, boolean skipInvalid) {
        public Order {
            if (!format.isEmpty() && Format.find(format).isEmpty()) {
                throw new UserError(
                        "--format must be one of %s, was '%s'".formatted(String.join(", ", Format.names()), format));
            }
        }

        /** A file of this machine. */
        public static Order of(Path file, String format, boolean skipInvalid) {
            return new Order(file, file.toString(), format, skipInvalid);
        }
    }

    /** Why a row could not be taken. */
    public record Bad(String file, long line, String reason) {
        @Override
        public String toString() {
            return "%s line %d: %s".formatted(file, line, reason);
        }
    }

    /**
     * What became of a file.
     *
     * @param rows how many were read, bad ones included
     * @param added what they told that is new: preferences, demonstrations or prompts
     * @param there what they told that was there already
     * @param skipped how many rows are bad
     * @param leftOut what good rows told and yet was not taken, by reason
     * @param bad the first of the bad rows, and of what is contradicted
     */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Told(
            String format,
            @JsonInclude long rows,
            @JsonInclude long added,
            @JsonInclude long there,
            @JsonInclude long skipped,
            Map<String, Long> leftOut,
            List<Bad> bad) {

        /** For people, on one line. */
        public String text() {
            StringBuilder text = new StringBuilder("%,d new, %,d already there".formatted(added, there));
            leftOut.forEach((why, count) -> text.append(", %,d left out: %s".formatted(count, why)));
            if (skipped > 0) {
                text.append(", %,d bad %s left out".formatted(skipped, skipped == 1 ? "row" : "rows"));
            }
            return text.append(" (").append(format).append(")").toString();
        }
    }

    /** That some rows are bad, and nothing was imported. */
    public static final class Refused extends RuntimeException {
        private final transient Told told;

        Refused(Told told, String message) {
            super(message);
            this.told = told;
        }

        /** With the first bad rows. */
        public Told told() {
            return told;
        }
    }

    /**
     * Does it.
     *
     * @param progress told now and then how many rows were read: first all, then all again as they are stored
     * @throws Refused if there are bad rows and they are not to be skipped
     * @throws UserError if the file cannot be read, or is in no known format
     */
    public static Told run(Feedback feedback, Order order, LongConsumer progress) {
        try (Parts parts = Parts.of(order.file(), order.name())) {
            return new Import(feedback, order, progress).run(parts.all());
        }
    }

    private Told run(List<Parts.Part> parts) {
        parts.forEach(part -> new Pass<>(part, false).run());
        if (badRows > 0 && !order.skipInvalid()) {
            throw new Refused(
                    told(),
                    "%s has %d bad lines, the first is line %d: %s; nothing was imported, --skip-invalid leaves them out"
                            .formatted(
                                    bad.get(0).file(),
                                    badRows,
                                    bad.get(0).line(),
                                    bad.get(0).reason()));
        }
        long found = rows;
        long foundBad = badRows;
        rows = 0;
        badRows = 0;
        bad.clear();
        leftOut.clear();
        parts.forEach(part -> new Pass<>(part, true).run());
        if (rows != found || badRows != foundBad) {
            throw new UserError(
                    "%s was changed while it was read; %s; import it again".formatted(order.name(), told().text()));
        }
        return told();
    }

    private Told told() {
        return new Told(format, rows, added, there, badRows, leftOut, List.copyOf(bad));
    }

    private void note(Bad one) {
        if (bad.size() < MOST_SHOWN) {
            bad.add(one);
        }
    }

    /** Once through one file. */
    private final class Pass<T> {
        private final Parts.Part part;
        private final boolean stores;
        private @Nullable Format<T> rowFormat;
        private final List<T> waiting = new ArrayList<>();
        private final List<Long> lines = new ArrayList<>();
        private long weight;

        Pass(Parts.Part part, boolean stores) {
            this.part = part;
            this.stores = stores;
            Format.find(order.format()).ifPresent(this::use);
        }

        @SuppressWarnings("unchecked") // a format's reader and sink are of one type, whichever it is
        private void use(Format<?> found) {
            rowFormat = (Format<T>) found;
            format = found.name();
        }

        void run() {
            long before = rows + badRows;
            part.read(in -> Rows.read(in, part.csv(), this::take, this::complain));
            store();
            progress.accept(rows);
            if (rows + badRows == before
                    && !order.name().endsWith(".zip")) { // an export may well have no demonstrations
                throw new UserError("%s is empty; expected one JSON object a line with %s"
                        .formatted(part.name(), rowFormat == null ? "what people said" : rowFormat.expected()));
            }
        }

        private void complain(LineError error) {
            rows++;
            badRows++;
            note(new Bad(part.name(), error.line(), error.reason()));
        }

        private void take(long line, ObjectNode row) throws BadLine {
            if (rowFormat == null) {
                use(Format.of(row).orElseThrow(() -> unknown(row)));
            }
            for (T told : Objects.requireNonNull(rowFormat).reader().read(row)) {
                if (Format.leavesNoChoice(told)) {
                    leftOut.merge(NO_CHOICE, 1L, Long::sum);
                } else if (stores) {
                    waiting.add(told);
                    lines.add(line);
                    weight += Format.characters(told);
                }
            }
            rows++;
            if (waiting.size() >= CHUNK || weight >= HEAVY) {
                store();
            }
            if (rows % CHUNK == 0) {
                progress.accept(rows);
            }
        }

        private BadLine unknown(ObjectNode row) {
            List<String> there = new ArrayList<>();
            row.fieldNames().forEachRemaining(there::add);
            return new BadLine("in no format that Heed knows (%s); its fields are: %s"
                    .formatted(String.join(", ", Format.names()), there.isEmpty() ? "none" : String.join(", ", there)));
        }

        private void store() {
            for (int from = 0; from < waiting.size(); from += CHUNK) {
                int to = Math.min(from + CHUNK, waiting.size());
                store(waiting.subList(from, to), lines.subList(from, to));
            }
            waiting.clear();
            lines.clear();
            weight = 0;
        }

        private void store(List<T> some, List<Long> at) {
            Taken taken = Objects.requireNonNull(rowFormat).sink().take(feedback, some);
            added += taken.added();
            there += taken.there();
            for (int refused : taken.refused()) {
                leftOut.merge(CONTRADICTED, 1L, Long::sum);
                note(new Bad(part.name(), at.get(refused), CONTRADICTED));
            }
        }
    }
}

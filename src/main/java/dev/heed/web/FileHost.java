package dev.heed.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.heed.run.UserError;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** What people said, as files: the server itself knows no format, and the root wires in what does. */
public interface FileHost {
    /** Of a server that only labels. */
    FileHost NONE = new FileHost() {
        @Override
        public Table table() {
            return new Table(List.of(), List.of(), 0);
        }

        @Override
        public Optional<Download> export(String file, @Nullable String campaign, @Nullable Integer round) {
            return Optional.empty();
        }

        @Override
        public Received take(Sent sent, LongConsumer progress) {
            throw new UserError("this server takes no files");
        }
    };

    /**
     * What can be had, and brought.
     *
     * @param files that can be taken out
     * @param formats that are known; each can be told from the first row, too
     * @param mostBytes of a file that is brought
     */
    record Table(List<Offer> files, List<String> formats, long mostBytes) {}

    /** A file that can be had. */
    record Offer(String name, String what) {}

    /** A file that is yet to be written. */
    interface Download {
        /** As Content-Type has it. */
        String type();

        /** Writes it a few rows at a time, each as it is now; the stream stays open. */
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * A file that was brought.
     *
     * @param name as its owner calls it: the ending says how it is packed
     * @param format of its rows; empty to tell from the first
     * @param skipInvalid take the good rows though there are bad ones
     */
    record Sent(Path file, String name, String format, boolean skipInvalid) {}

    /** Why a row could not be taken. */
    record Bad(String file, long line, String reason) {}

    /**
     * What became of it.
     *
     * @param said on one line
     * @param refused whether there are bad rows and so nothing was taken
     * @param skipped how many rows are bad
     * @param leftOut what good rows told and yet was not taken, by reason
     * @param bad the first of the bad rows
     */
    @JsonInclude
    record Received(
            String said,
            boolean refused,
            long rows,
            long added,
            long there,
            long skipped,
            Map<String, Long> leftOut,
            List<Bad> bad) {}

    Table table();

    /**
     * @param file one of those that are offered
     * @param campaign name of the only campaign; "" for the loop's, null for all
     * @param round the only one; null for all
     * @return empty where there is no such file
     */
    Optional<Download> export(String file, @Nullable String campaign, @Nullable Integer round);

    /**
     * Takes what the file says into the store.
     *
     * @param progress told how many rows were read, now and then; what it throws ends the work
     * @throws UserError if the file cannot be read at all
     */
    Received take(Sent sent, LongConsumer progress);
}

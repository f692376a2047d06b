package dev.heed.db;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.heed.run.Json;
import dev.heed.run.UserError;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The second, independent record beside the database: what was stored, one line of JSON each, on the disk before the
 * store answers. The database alone may lose its last commits when the machine loses power. One writer.
 */
final class Journal implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;
    private final Map<Entry.Table, BitSet> held = new EnumMap<>(Entry.Table.class); // by row of the database
    private long end; // bytes of whole lines
    private boolean torn; // a write failed and may have left something after the end

    private Journal(Path file, FileChannel channel, long end) {
        this.file = file;
        this.channel = channel;
        this.end = end;
        for (Entry.Table table : Entry.Table.values()) {
            held.put(table, new BitSet());
        }
    }

    /** A torn last line was never acknowledged and is cut off. */
    static Journal open(Path file) {
        try {
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            long end = wholeLines(channel);
            channel.truncate(end);
            return new Journal(file, channel, end);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open the journal " + file, e);
        }
    }

    /** Length in bytes up to and with the last line feed: a write that was cut off has none. */
    private static long wholeLines(FileChannel channel) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        for (long at = channel.size(); at > 0; at--) {
            channel.read(one.clear(), at - 1);
            if (one.get(0) == '\n') {
                return at;
            }
        }
        return 0;
    }

    /**
     * Tells what it holds, oldest first; the reader says with {@link #hold} which rows of the database that is.
     *
     * @throws UserError if a line is damaged
     */
    void read(Consumer<Entry> each) {
        held.values().forEach(BitSet::clear);
        long line = 0;
        long at = 0;
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            while (at < end) {
                String text = lines.readLine();
                line++;
                at += StandardCharsets.UTF_8.encode(text).remaining() + 1L;
                each.accept(entry(line, text));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the journal " + file, e);
        }
    }

    private Entry entry(long line, String text) {
        try {
            return Json.mapper().readValue(text, Entry.class);
        } catch (JsonProcessingException e) {
            throw new UserError(
                    "journal %s is damaged at line %d (%s); restore it from a backup, or move it away to go on with the database alone"
                            .formatted(file, line, e.getOriginalMessage()),
                    e);
        }
    }

    /** Whether it has that row of the database. */
    boolean holds(Entry.Table table, long row) {
        return held(table).get(Math.toIntExact(row));
    }

    /** Says that it has that row of the database. */
    void hold(Entry.Table table, long row) {
        held(table).set(Math.toIntExact(row));
    }

    private BitSet held(Entry.Table table) {
        return Objects.requireNonNull(held.get(table));
    }

    /**
     * Writes what it does not hold yet, and forces it to the disk.
     *
     * @throws Unavailable if the disk refuses; then none of it is in the journal
     */
    void append(List<Entry> entries) {
        Set<Map.Entry<Entry.Table, Long>> told = new HashSet<>();
        List<Entry> fresh = entries.stream()
                .filter(entry -> !holds(entry.table(), entry.row()) && told.add(Map.entry(entry.table(), entry.row())))
                .toList();
        if (fresh.isEmpty()) {
            return;
        }
        StringBuilder lines = new StringBuilder();
        fresh.forEach(entry -> lines.append(Json.line(entry)).append('\n'));
        try {
            write(StandardCharsets.UTF_8.encode(lines.toString()));
        } catch (IOException e) {
            torn = true;
            throw new Unavailable(
                    "the journal %s cannot be written (%s); nothing was acknowledged, try again"
                            .formatted(file, Outage.firstLine(e)),
                    e,
                    true);
        }
        fresh.forEach(entry -> hold(entry.table(), entry.row()));
    }

    private void write(ByteBuffer bytes) throws IOException {
        if (torn) {
            channel.truncate(end);
            torn = false;
        }
        long at = end;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
        channel.force(false);
        end = at;
    }

    /** What it holds now, in bytes: it only ever grows. */
    long length() {
        return end;
    }

    /** Copies its first bytes. */
    void copy(long bytes, OutputStream out) throws IOException {
        WritableByteChannel to = Channels.newChannel(out);
        for (long at = 0; at < bytes; ) {
            at += channel.transferTo(at, bytes - at, to);
        }
    }

    Path file() {
        return file;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close the journal " + file, e);
        }
    }
}

package dev.heed.db;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.heed.run.Json;
import dev.heed.run.UserError;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The second, independent record beside the database: what was stored, one line of JSON each, on the disk before the
 * store answers. The database alone may lose its last commits when the machine loses power. One writer.
 */
final class Journal implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;
    private final List<Entry> unwritten = new ArrayList<>();
    private long end;

    private Journal(Path file, FileChannel channel, long end) {
        this.file = file;
        this.channel = channel;
        this.end = end;
    }

    /**
     * Opens the journal and tells what it holds. A torn last line was never acknowledged and is overwritten.
     *
     * @throws UserError if a line before the last is damaged
     */
    static Journal open(Path file, Consumer<Entry> each) {
        try {
            long end = Files.exists(file) ? replay(file, each) : 0;
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            channel.truncate(end);
            return new Journal(file, channel, end);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open the journal " + file, e);
        }
    }

    /** Writes and forces to the disk. After a failure the entries are kept and go first at the next call. */
    void append(List<Entry> entries) {
        unwritten.addAll(entries);
        if (unwritten.isEmpty()) {
            return;
        }
        StringBuilder lines = new StringBuilder();
        unwritten.forEach(entry -> lines.append(Json.line(entry)).append('\n'));
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(lines.toString());
        try {
            end = writeAt(end, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the journal " + file, e);
        }
        unwritten.clear();
    }

    private long writeAt(long from, ByteBuffer bytes) throws IOException {
        long at = from;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
        channel.force(false);
        return at;
    }

    /** Returns the length in bytes of the whole lines. */
    private static long replay(Path file, Consumer<Entry> each) throws IOException {
        long wholeBytes = wholeLines(file);
        long line = 0;
        long at = 0;
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            while (at < wholeBytes) {
                String text = lines.readLine();
                line++;
                at += StandardCharsets.UTF_8.encode(text).remaining() + 1L;
                each.accept(entry(file, line, text));
            }
        }
        return wholeBytes;
    }

    /** Up to and with the last line feed: a write that was cut off has none. */
    private static long wholeLines(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            for (long at = channel.size(); at > 0; at--) {
                channel.read(one.clear(), at - 1);
                if (one.get(0) == '\n') {
                    return at;
                }
            }
            return 0;
        }
    }

    private static Entry entry(Path file, long line, String text) {
        try {
            return Json.mapper().readValue(text, Entry.class);
        } catch (JsonProcessingException e) {
            throw new UserError(
                    "journal %s is damaged at line %d (%s); restore it from a backup, or move it away to go on with the database alone"
                            .formatted(file, line, e.getOriginalMessage()),
                    e);
        }
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

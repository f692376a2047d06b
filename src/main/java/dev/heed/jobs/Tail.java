package dev.heed.jobs;

import dev.heed.web.JobHost.Log;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The end of a file that grows, in whole characters and at most so much at once. */
final class Tail {
    static final int MOST = 64 << 10; // bytes

    private Tail() {}

    /** What is new from a byte on; from the beginning of a line where more was said since than is told at once. */
    static Log of(Path file, long from) {
        if (!Files.exists(file)) {
            return new Log("", 0, 0);
        }
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "r")) {
            long length = open.length();
            long wanted = Math.min(Math.max(0, from), length);
            long begin = Math.max(wanted, length - MOST);
            open.seek(begin);
            byte[] bytes = new byte[(int) (length - begin)];
            open.readFully(bytes);
            int skipped = begin > wanted ? afterLine(bytes) : 0;
            int end = wholeCharacters(bytes);
            return new Log(
                    new String(bytes, skipped, Math.max(0, end - skipped), StandardCharsets.UTF_8),
                    begin + skipped,
                    begin + end);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private static int afterLine(byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                return i + 1;
            }
        }
        return 0;
    }

    /** How many bytes there are without a character at the end of which only a part has been written. */
    private static int wholeCharacters(byte[] bytes) {
        int last = bytes.length - 1;
        while (last >= 0 && last > bytes.length - 4 && (bytes[last] & 0xC0) == 0x80) {
            last--;
        }
        if (last < 0 || (bytes[last] & 0x80) == 0) {
            return bytes.length;
        }
        int first = bytes[last] & 0xFF;
        int size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
        return last + size > bytes.length ? last : bytes.length;
    }
}

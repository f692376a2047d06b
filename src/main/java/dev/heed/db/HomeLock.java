package dev.heed.db;

import dev.heed.run.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** One process owns a home folder. The system releases the lock when that process ends, however it ends. */
final class HomeLock implements AutoCloseable {
    private static final long BEYOND_THE_TEXT =
            1 << 20; // so that others can read whose it is where locks forbid reading

    private final FileChannel channel;

    private HomeLock(FileChannel channel) {
        this.channel = channel;
    }

    /** @throws UserError if another process has it, or this one already does */
    static HomeLock take(Path home) {
        try {
            Files.createDirectories(home);
            Path file = home.resolve("lock");
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (tryLock(channel) == null) {
                channel.close();
                throw new UserError(heldBy(home, Files.readString(file).strip()));
            }
            channel.truncate(0);
            channel.write(StandardCharsets.UTF_8.encode(ProcessHandle.current().pid() + "\n"), 0);
            return new HomeLock(channel);
        } catch (IOException e) {
            throw new UserError("home folder %s cannot be used: %s; name another with --home".formatted(home, e), e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock(BEYOND_THE_TEXT, 1, false);
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private static String heldBy(Path home, String pid) {
        String server = ServerFile.find(home)
                .filter(found -> String.valueOf(found.pid()).equals(pid))
                .map(found -> " (heed serve at %s)".formatted(found.url()))
                .orElse("");
        return "home folder %s is in use by process %s%s; stop it, or name another with --home"
                .formatted(home, pid, server);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot release the home folder", e);
        }
    }
}

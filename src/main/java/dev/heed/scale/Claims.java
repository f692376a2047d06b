package dev.heed.scale;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Who works on which run of a shared plan: a lock on a file of the run's name. The system lets go of it when a process ends,
 * however it ends, so no claim outlives its owner.
 *
 * @param folder with a file for each run
 */
record Claims(Path folder) {
    /** A run that nobody else may work on until this is closed. */
    record Claim(FileChannel channel, FileLock lock) implements AutoCloseable {
        @Override
        public void close() {
            try (channel) {
                lock.release();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot let go of a run", e);
            }
        }
    }

    /** The run, where nobody works on it. */
    Optional<Claim> find(String run) {
        try {
            Files.createDirectories(folder);
            FileChannel channel = FileChannel.open(
                    folder.resolve(run + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                FileLock lock = channel.tryLock();
                if (lock != null) {
                    return Optional.of(new Claim(channel, lock));
                }
            } catch (OverlappingFileLockException e) {
                // another thread of this process has it
            }
            channel.close();
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot claim run " + run, e);
        }
    }
}

package dev.heed.scale;

import dev.heed.run.Interrupt;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Who works on which of the runs that several processes share, here or on machines that share the folder: a lock on a file of the
 * run's name. The system lets go of it when a process ends, however it ends, so no claim outlives its owner.
 *
 * @param folder with a file for each run
 */
record Claims(Path folder) {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** What is shared. */
    interface Work<R> {
        String name(R run);

        boolean done(R run);

        /** Does a run that nobody else works on. */
        void work(R run);

        /** Others work on all that is left. */
        default void waiting() {}
    }

    /** Until all runs are done: takes what nobody works on, one after another, and waits in the end for what others still work on. */
    <R> void share(List<R> runs, Work<R> work) {
        while (!runs.stream().allMatch(work::done)) {
            Interrupt.check();
            if (!next(runs, work)) {
                work.waiting();
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /** Does one that is not done and that nobody works on; false where there is none. */
    private <R> boolean next(List<R> runs, Work<R> work) {
        for (R run : runs) {
            if (!work.done(run)) {
                Optional<Claim> claim = find(work.name(run));
                if (claim.isPresent()) {
                    try {
                        if (!work.done(run)) { // another may have done it just before
                            work.work(run);
                        }
                    } finally {
                        claim.get().close();
                    }
                    return true;
                }
            }
        }
        return false;
    }

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

package dev.heed.scale;

import dev.heed.run.Interrupt;
import dev.heed.tensor.Torch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Who works on which of the runs that several processes share, here or on machines that share the folder: a lock on a file of the
 * run's name. The system lets go of it when a process ends, however it ends, so no claim outlives its owner.
 *
 * @param folder with a file for each run
 */
record Claims(Path folder) {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    /** Claimed by this process: its threads must not even look at such a file, as closing it lets go of all its locks. */
    private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

    /** What is shared. */
    interface Work<R> {
        String name(R run);

        boolean done(R run);

        /** Does a run that nobody else works on. */
        void work(R run);

        /** Others work on all that is left. */
        default void waiting() {}
    }

    /**
     * Until all runs are done: takes what nobody works on, as many at once as there are threads and each on one of them, and waits in
     * the end for what others still work on. A single run has all threads.
     *
     * @param work is asked by several threads at once
     */
    <R> void share(Torch torch, List<R> runs, Work<R> work) {
        int hands = Math.min(torch.threads(), runs.size());
        if (hands < 2) {
            share(runs, work, new AtomicBoolean());
            return;
        }
        AtomicBoolean failed = new AtomicBoolean();
        torch.beside(Collections.nCopies(hands, () -> share(runs, work, failed)));
    }

    private <R> void share(List<R> runs, Work<R> work, AtomicBoolean failed) {
        boolean well = false;
        try {
            while (!failed.get() && !runs.stream().allMatch(work::done)) {
                Interrupt.check();
                if (!next(runs, work)) {
                    work.waiting();
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
            well = true;
        } finally {
            if (!well) {
                failed.set(true); // or the others would take up what failed, without end
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
    record Claim(Path file, FileChannel channel, FileLock lock) implements AutoCloseable {
        @Override
        public void close() {
            try (channel) {
                lock.release();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot let go of a run", e);
            } finally {
                OWN.remove(file);
            }
        }
    }

    /** The run, where nobody works on it. */
    Optional<Claim> find(String run) {
        Path file = folder.resolve(run + ".lock").toAbsolutePath();
        if (!OWN.add(file)) {
            return Optional.empty();
        }
        Optional<Claim> claim = Optional.empty();
        try {
            Files.createDirectories(folder);
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                channel.close();
            } else {
                claim = Optional.of(new Claim(file, channel, lock));
            }
            return claim;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot claim run " + run, e);
        } finally {
            if (claim.isEmpty()) {
                OWN.remove(file);
            }
        }
    }
}

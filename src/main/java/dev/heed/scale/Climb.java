package dev.heed.scale;

import dev.heed.run.Gauge;
import dev.heed.run.Interrupt;
import dev.heed.run.Progress;
import dev.heed.run.RunDir;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Works through the runs of a plan, one after another, until all are done. Other processes may do the same at once, here or on a
 * machine that shares the folder: each takes what nobody works on, and waits in the end for what the others still work on.
 */
public final class Climb {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Path home;
    private final Claims claims;
    private final Training training;

    /** @param folder of the plan */
    Climb(Path home, Path folder, Training training) {
        this.home = home;
        this.claims = new Claims(folder.resolve("claims"));
        this.training = training;
    }

    /**
     * Does the runs that are not done.
     *
     * @param what they are, for the person who waits
     * @param keep whether their models are kept
     */
    void all(String what, List<Planned> runs, boolean keep) {
        try (Progress progress = Progress.of(what, Part.WHOLE)) {
            while (!done(runs)) {
                Interrupt.check();
                if (!next(runs, keep, progress)) {
                    progress.at(at(runs), "others work on what is left");
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
            progress.at(at(runs), "");
        }
    }

    /** Does one run that is not done and that nobody works on; false where there is none. */
    private boolean next(List<Planned> runs, boolean keep, Progress progress) {
        for (Planned run : runs) {
            if (!finished(run)) {
                Optional<Claims.Claim> claim = claims.find(run.run());
                if (claim.isPresent()) {
                    try {
                        training.run(run, keep, () -> new Part(progress, at(runs), share(run, runs), run));
                    } finally {
                        claim.get().close();
                    }
                    return true;
                }
            }
        }
        return false;
    }

    private boolean done(List<Planned> runs) {
        return runs.stream().allMatch(this::finished);
    }

    private boolean finished(Planned run) {
        return RunDir.at(home, run.run()).finished();
    }

    /** How far all runs are, in per cent of the time that they are expected to take. */
    private long at(List<Planned> runs) {
        double share = runs.stream()
                .filter(this::finished)
                .mapToDouble(run -> share(run, runs))
                .sum();
        return (long) (share * Part.WHOLE);
    }

    private static double share(Planned run, List<Planned> runs) {
        return run.seconds() / runs.stream().mapToDouble(Planned::seconds).sum();
    }

    /**
     * A run as a part of the whole.
     *
     * @param before how far the whole was
     * @param share of the whole that it is
     */
    private record Part(Progress whole, long before, double share, Planned run) implements Gauge {
        private static final int WHOLE = 100;

        @Override
        public void at(long done, String note) {
            whole.at(
                    before + (long) (share * done / run.steps() * WHOLE),
                    "%s  step %d/%d  %s".formatted(run.run(), done, run.steps(), note));
        }

        @Override
        public void close() {
            // the whole goes on
        }
    }
}

package dev.heed.scale;

import dev.heed.run.Gauge;
import dev.heed.run.Progress;
import dev.heed.run.RunDir;
import java.nio.file.Path;
import java.util.List;

/** Works through the runs of a plan until all are done; other processes may do the same at once, see {@link Claims}. */
public final class Climb {
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
            claims.share(runs, new Claims.Work<Planned>() {
                @Override
                public String name(Planned run) {
                    return run.run();
                }

                @Override
                public boolean done(Planned run) {
                    return finished(run);
                }

                @Override
                public void work(Planned run) {
                    training.run(run, keep, () -> new Part(progress, at(runs), share(run, runs), run));
                }

                @Override
                public void waiting() {
                    progress.at(at(runs), "others work on what is left");
                }
            });
            progress.at(at(runs), "");
        }
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

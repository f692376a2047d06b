package dev.heed.scale;

import dev.heed.run.Gauge;
import dev.heed.run.Progress;
import dev.heed.run.RunDir;
import dev.heed.tensor.Torch;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Works through the runs of a plan until all are done; other processes may do the same at once, see {@link Claims}. */
public final class Climb {
    private static final int WHOLE = 100;

    private final Path home;
    private final Claims claims;
    private final Torch torch;
    private final Training training;

    /** @param folder of the plan */
    Climb(Path home, Path folder, Torch torch, Training training) {
        this.home = home;
        this.claims = new Claims(folder.resolve("claims"));
        this.torch = torch;
        this.training = training;
    }

    /**
     * Does the runs that are not done.
     *
     * @param what they are, for the person who waits
     * @param keep whether their models are kept
     */
    void all(String what, List<Planned> runs, boolean keep) {
        try (Progress progress = Progress.of(what, WHOLE)) {
            Whole whole = new Whole(progress, runs);
            claims.share(torch, runs, new Claims.Work<Planned>() {
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
                    training.run(run, keep, () -> whole.part(run));
                }

                @Override
                public void waiting() {
                    whole.show("others work on what is left");
                }
            });
            whole.show("");
        }
    }

    private boolean finished(Planned run) {
        return RunDir.at(home, run.run()).finished();
    }

    /** How far all runs are, in per cent of the time that they are expected to take. */
    private final class Whole {
        private final Progress progress;
        private final List<Planned> runs;
        private final Map<Planned, Double> begun = new HashMap<>(); // what part of it is done

        Whole(Progress progress, List<Planned> runs) {
            this.progress = progress;
            this.runs = runs;
        }

        synchronized void show(String note) {
            double done = runs.stream()
                    .mapToDouble(run -> run.seconds() * (finished(run) ? 1 : begun.getOrDefault(run, 0.0)))
                    .sum();
            double all = runs.stream().mapToDouble(Planned::seconds).sum();
            progress.at((long) (done / all * WHOLE), note);
        }

        synchronized void reached(Planned run, long step, String note) {
            begun.put(run, (double) step / run.steps());
            show("%s  step %d/%d  %s".formatted(run.run(), step, run.steps(), note));
        }

        Gauge part(Planned run) {
            return new Gauge() {
                @Override
                public void at(long done, String note) {
                    reached(run, done, note);
                }

                @Override
                public void close() {
                    // the whole goes on
                }
            };
        }
    }
}

package dev.heed.train;

import dev.heed.run.Gauge;
import dev.heed.run.Interrupt;
import dev.heed.run.Json;
import dev.heed.run.Progress;
import dev.heed.run.RunDir;
import dev.heed.run.RunLog;
import dev.heed.tensor.Diverged;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/**
 * The steps of a stage: goes on where the newest checkpoint stopped, writes a line a step, saves now and then and when
 * interrupted, and refuses to go on from a loss that is not a number.
 */
public final class Steps {
    private final RunDir dir;
    private final String stage;
    private final long total;
    private final long checkpointEvery;
    private final Supplier<Gauge> gauge;

    /** @param checkpointEvery steps from one checkpoint to the next */
    public Steps(RunDir dir, String stage, long total, long checkpointEvery) {
        this(dir, stage, total, checkpointEvery, () -> Progress.of(stage, total));
    }

    /** As {@link #Steps(RunDir, String, long, long)}, for steps that are a part of something larger. */
    public Steps(RunDir dir, String stage, long total, long checkpointEvery, Supplier<Gauge> gauge) {
        this.dir = dir;
        this.stage = stage;
        this.total = total;
        this.checkpointEvery = checkpointEvery;
        this.gauge = gauge;
    }

    /** All that a stage must keep to go on as if it had never stopped. */
    public interface State {
        void saveTo(Path folder) throws IOException;

        void loadFrom(Path folder) throws IOException;

        /** Why there is nothing more to do after the last step taken, whatever steps are left; empty where there is. */
        default Optional<String> end() {
            return Optional.empty();
        }
    }

    /** What a step reports: a record whose components are metrics, and a short note for the person who waits. */
    public interface Report {
        /** The loss, or another number that must stay finite. */
        double loss();

        String note();
    }

    /** Looks at the model now and then: what it returns joins the step's metrics. */
    @FunctionalInterface
    public interface Watch {
        Watch NONE = (step, log) -> Map.of();

        Map<String, ?> at(long step, RunLog log);
    }

    /**
     * Runs the remaining steps.
     *
     * @return why the state ended them; empty if all were taken
     */
    public Optional<String> run(State state, LongFunction<? extends Report> step, Watch watch) {
        Checkpoints checkpoints = new Checkpoints(dir.checkpoints());
        Optional<Checkpoints.Found> found = checkpoints.findNewest();
        long from = found.map(Checkpoints.Found::step).orElse(0L);
        found.ifPresent(checkpoint -> load(state, checkpoint.path()));
        dir.work(from, total);
        try (RunLog log = RunLog.open(dir, from);
                Gauge progress = gauge.get()) {
            for (long i = from; i < total; i++) {
                if (Interrupt.requested()) {
                    long done = i;
                    checkpoints.save(done, state::saveTo);
                    Interrupt.check();
                }
                Report report = step.apply(i);
                if (!Double.isFinite(report.loss())) {
                    throw new Diverged(String.format(
                            Locale.ROOT,
                            "loss is %s at step %d of %s; last good checkpoint: %s",
                            report.loss(),
                            i,
                            stage,
                            checkpoints
                                    .findNewest()
                                    .map(c -> "step " + c.step())
                                    .orElse("none")));
                }
                log.metrics(i, metricsOf(report, watch.at(i, log)));
                progress.at(i + 1, state.end().orElse(report.note()));
                if (state.end().isPresent()) {
                    break;
                }
                if ((i + 1) % checkpointEvery == 0 && i + 1 < total) {
                    checkpoints.save(i + 1, state::saveTo);
                }
            }
        }
        return state.end();
    }

    private static void load(State state, Path folder) {
        try {
            state.loadFrom(folder);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("cannot read checkpoint " + folder, e);
        }
    }

    private static Map<String, Object> metricsOf(Report report, Map<String, ?> watched) {
        Map<String, Object> metrics = new LinkedHashMap<>();
        Json.mapper().valueToTree(report).properties().forEach(e -> metrics.put(e.getKey(), e.getValue()));
        metrics.remove("note");
        metrics.putAll(watched);
        return metrics;
    }
}

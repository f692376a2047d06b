package dev.heed.train;

import dev.heed.model.Batch;
import dev.heed.model.Parametrisation;
import dev.heed.model.Transformer;
import dev.heed.run.Gauge;
import dev.heed.run.Knob;
import dev.heed.run.Knobs;
import dev.heed.run.Progress;
import dev.heed.run.RunDir;
import dev.heed.tensor.Learner;
import dev.heed.tensor.Schedule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Next-token prediction on blocks of text: loss = −mean log p(token | those before it), AdamW, warm-up, then cosine decay to
 * a tenth.
 */
public final class Pretrain implements Steps.State, AutoCloseable {
    private final Transformer model;
    private final int[][] blocks;
    private final Config config;
    private final Passes passes;
    private final Learner learner;
    private final Schedule schedule;

    /** Settings. */
    public record Config(
            @Knob(value = "1200", help = "optimizer updates") int steps,
            @Knob(value = "16", help = "blocks an update") int batch,
            @Knob(value = "96", help = "tokens a block") int length,
            @Knob(value = "0.005", help = "peak learning rate; small models bear high ones") double lr,
            @Knob(value = "0.05", help = "share of the steps that warm up") double warmup,
            @Knob(value = "0.1", help = "AdamW's decoupled weight decay") double weightDecay,
            @Knob(value = "1.0", help = "largest gradient norm") double maxGradNorm,
            @Knob(value = "500", help = "steps between checkpoints") int checkpointEvery) {
        public Config {
            Knobs.atLeast("steps", steps, 1);
            Knobs.atLeast("batch", batch, 1);
            Knobs.atLeast("length", length, 8);
            Knobs.above("lr", lr, 0);
        }
    }

    /**
     * What a step reports.
     *
     * @param loss nats a token
     * @param tokensPerSecond of this step alone
     */
    public record Metrics(double loss, double lr, double gradNorm, double tokensPerSecond) implements Steps.Report {
        @Override
        public String note() {
            return String.format(Locale.ROOT, "loss %.3f  %,.0f tokens/s", loss, tokensPerSecond);
        }
    }

    /** @param blocks rows of length + 1 ids, see {@code Corpus.blocks} */
    public Pretrain(Transformer model, int[][] blocks, Config config, long seed) {
        this(model, Parametrisation.PLAIN, blocks, config, seed);
    }

    /** As {@link #Pretrain(Transformer, int[][], Config, long)}, each kind of parameter as fast as a parametrisation says. */
    public Pretrain(Transformer model, Parametrisation kind, int[][] blocks, Config config, long seed) {
        this.model = model;
        this.blocks = blocks;
        this.config = config;
        this.passes = new Passes(blocks.length, seed, "pretrain");
        this.learner = Learning.learner(model, kind, config.weightDecay(), config.maxGradNorm());
        this.schedule = Learning.schedule(Schedule.Decay.COSINE, config.lr(), config.steps(), config.warmup(), 0.1);
    }

    /** Trains to the last step. */
    public void train(RunDir dir, Steps.Watch watch) {
        train(dir, watch, () -> Progress.of("pretrain", config.steps()));
    }

    /** As {@link #train(RunDir, Steps.Watch)}, for a run that is a part of something larger. */
    public void train(RunDir dir, Steps.Watch watch, Supplier<Gauge> gauge) {
        new Steps(dir, "pretrain", config.steps(), config.checkpointEvery(), gauge).run(this, this::step, watch);
    }

    /** One step; its number decides what it takes and draws. */
    public Metrics step(long step) {
        long start = System.nanoTime();
        List<Batch> parts = Learning.parts(
                model,
                Arrays.stream(passes.batch(step, config.batch()))
                        .mapToObj(row -> blocks[row])
                        .toList());
        int tokens = parts.stream().mapToInt(Batch::count).sum();
        double lr = schedule.at(step);
        Learner.Step taken = learner.minimise(
                lr, parts.size(), (scope, part) -> Learning.surprise(model, scope, parts.get(part), tokens));
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Metrics(taken.loss(), lr, taken.gradNorm(), tokens / seconds);
    }

    @Override
    public void saveTo(Path folder) throws IOException {
        Learning.save(folder, "model", model, learner);
    }

    @Override
    public void loadFrom(Path folder) throws IOException {
        Learning.load(folder, "model", model, learner);
    }

    @Override
    public void close() {
        learner.close();
    }
}

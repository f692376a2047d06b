package dev.heed.train;

import dev.heed.model.Batch;
import dev.heed.model.Transformer;
import dev.heed.run.Knob;
import dev.heed.run.Knobs;
import dev.heed.run.RunDir;
import dev.heed.tensor.Learner;
import dev.heed.tensor.Schedule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Supervised fine-tuning: next-token prediction on demonstrations, counting only the completion and its end
 * (Ouyang et al. 2022, section 3.5).
 */
public final class Sft implements Steps.State, AutoCloseable {
    private final Transformer model;
    private final List<Example> examples;
    private final Config config;
    private final Passes passes;
    private final Learner learner;
    private final Schedule schedule;

    /** Settings. */
    public record Config(
            @Knob(value = "1", help = "passes over the demonstrations") int epochs,
            @Knob(value = "32", help = "demonstrations an update") int batch,
            @Knob(value = "0.0005", help = "peak learning rate; decays along a cosine to a tenth") double lr,
            @Knob(value = "0.1", help = "share of the steps that warm up") double warmup,
            @Knob(value = "0.0", help = "AdamW's decoupled weight decay") double weightDecay,
            @Knob(value = "1.0", help = "largest gradient norm") double maxGradNorm,
            @Knob(value = "100", help = "steps between checkpoints") int checkpointEvery) {
        public Config {
            Knobs.atLeast("epochs", epochs, 1);
            Knobs.atLeast("batch", batch, 1);
            Knobs.above("lr", lr, 0);
        }
    }

    /**
     * A demonstration in ids.
     *
     * @param row prompt, completion and its end
     * @param from where the completion begins
     */
    public record Example(int[] row, int from) {}

    /**
     * What a step reports.
     *
     * @param loss nats a completion token
     * @param tokens counted in this step
     */
    public record Metrics(double loss, double lr, double gradNorm, int tokens) implements Steps.Report {
        @Override
        public String note() {
            return String.format(Locale.ROOT, "loss %.3f", loss);
        }
    }

    public Sft(Transformer model, List<Example> examples, Config config, long seed) {
        this.model = model;
        this.examples = examples;
        this.config = config;
        this.passes = new Passes(examples.size(), seed, "sft");
        this.learner = Learning.learner(model, config.weightDecay(), config.maxGradNorm());
        this.schedule = Learning.schedule(Schedule.Decay.COSINE, config.lr(), steps(), config.warmup(), 0.1);
    }

    /** Trains to the last step. */
    public void train(RunDir dir, Steps.Watch watch) {
        new Steps(dir, "sft", steps(), config.checkpointEvery()).run(this, this::step, watch);
    }

    private long steps() {
        return Math.max(1, (long) examples.size() * config.epochs() / config.batch());
    }

    private Metrics step(long step) {
        int[] chosen = passes.batch(step, config.batch());
        int[][] rows = new int[chosen.length][];
        int[] from = new int[chosen.length];
        for (int i = 0; i < chosen.length; i++) {
            rows[i] = examples.get(chosen[i]).row();
            from[i] = examples.get(chosen[i]).from();
        }
        Batch batch = new Batch(rows, from);
        double lr = schedule.at(step);
        Learner.Step taken = learner.minimise(lr, scope -> Learning.surprise(model, scope, batch));
        return new Metrics(taken.loss(), lr, taken.gradNorm(), batch.count());
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

package dev.heed.train;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import dev.heed.model.Transformer;
import dev.heed.run.Knob;
import dev.heed.run.Knobs;
import dev.heed.run.RunDir;
import dev.heed.tensor.Learner;
import dev.heed.tensor.Scaled;
import dev.heed.tensor.Schedule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The reward model: loss = −log σ(score(chosen) − score(rejected)), Bradley–Terry (Stiennon et al. 2020, section 3.4), one
 * pass as preferences overfit quickly.
 *
 * <p>Deviation 1: the target is the share of labelers who chose the first text, so a tie is one half rather than dropped.
 */
public final class RewardTraining implements Steps.State, AutoCloseable {
    private final Transformer model;
    private final List<Example> examples;
    private final Config config;
    private final Passes passes;
    private final Learner learner;
    private final Schedule schedule;

    /** Settings. */
    public record Config(
            @Knob(value = "1", help = "passes over the preferences; more overfits") int epochs,
            @Knob(value = "16", help = "preferences an update") int batch,
            @Knob(value = "0.0007", help = "peak learning rate; decays linearly to 0") double lr,
            @Knob(value = "0.1", help = "share of the steps that warm up") double warmup,
            @Knob(
                            value = "0.0",
                            help = "weight of (chosen + rejected)², which keeps scores near 0; Eisenstein et al. 2023")
                    double centering,
            @Knob(value = "0.01", help = "AdamW's decoupled weight decay") double weightDecay,
            @Knob(value = "1.0", help = "largest gradient norm") double maxGradNorm,
            @Knob(value = "50", help = "steps between checkpoints") int checkpointEvery) {
        public Config {
            Knobs.atLeast("epochs", epochs, 1);
            Knobs.atLeast("batch", batch, 1);
            Knobs.above("lr", lr, 0);
            Knobs.atLeast("centering", centering, 0);
        }
    }

    /**
     * A preference in ids.
     *
     * @param chosen prompt, completion and its end
     * @param target share of labelers who chose it: 1 where all did, one half for a tie
     */
    public record Example(int[] chosen, int[] rejected, float target) {}

    /**
     * What a step reports.
     *
     * @param loss nats a preference; ln 2 = 0.693 is what a coin reaches
     * @param accuracy share of this step's pairs, ties aside, whose chosen scores strictly higher
     */
    public record Metrics(double loss, double accuracy, double margin, double lr, double gradNorm)
            implements Steps.Report {
        @Override
        public String note() {
            return String.format(Locale.ROOT, "loss %.3f (ln 2 is 0.693)  accuracy %.2f", loss, accuracy);
        }
    }

    public RewardTraining(Transformer model, List<Example> examples, Config config, long seed) {
        this.model = model;
        this.examples = examples;
        this.config = config;
        this.passes = new Passes(examples.size(), seed, "reward");
        this.learner = Learning.learner(model, config.weightDecay(), config.maxGradNorm());
        this.schedule = Learning.schedule(Schedule.Decay.LINEAR, config.lr(), steps(), config.warmup(), 0);
    }

    /** Trains to the last step. */
    public void train(RunDir dir, Steps.Watch watch) {
        new Steps(dir, "reward", steps(), config.checkpointEvery()).run(this, this::step, watch);
    }

    private long steps() {
        return Math.max(1, (long) examples.size() * config.epochs() / config.batch());
    }

    /** One step; its number decides what it takes and draws. */
    public Metrics step(long step) {
        int[] chosen = passes.batch(step, config.batch());
        int[][] rows = new int[2 * chosen.length][]; // chosen first, then rejected: both sides see the same weights
        float[] targets = new float[chosen.length];
        for (int i = 0; i < chosen.length; i++) {
            Example example = examples.get(chosen[i]);
            rows[i] = example.chosen();
            rows[chosen.length + i] = example.rejected();
            targets[i] = example.target();
        }
        double lr = schedule.at(step);
        float[][] margins = new float[1][];
        Learner.Step taken = learner.minimise(lr, scope -> {
            NDArray scores = model.scores(scope, rows);
            NDArray better = scores.get("0:" + chosen.length);
            NDArray worse = scores.get(chosen.length + ":");
            margins[0] = better.sub(worse).toFloatArray();
            return loss(better, worse, scope.create(targets), config.centering());
        });
        return metrics(taken, margins[0], targets, lr);
    }

    /**
     * Cross-entropy of the Bradley–Terry probability σ(chosen − rejected) against the target, and what keeps scores near 0.
     *
     * @param chosen (B), scores; the gradient flows through it
     * @param rejected (B), scores; the gradient flows through it
     * @param target (B), in [0, 1]
     * @param centering weight of mean((chosen + rejected)²)
     * @return scalar: mean of target·softplus(−margin) + (1 − target)·softplus(margin), nats, and the centering
     */
    static NDArray loss(NDArray chosen, NDArray rejected, NDArray target, double centering) {
        NDArray margin = chosen.sub(rejected);
        NDArray won = Activation.softPlus(margin.neg()).mul(target);
        NDArray lost = Activation.softPlus(margin).mul(target.neg().add(1));
        NDArray loss = won.add(lost).mean();
        return centering == 0
                ? loss
                : loss.add(Scaled.times(chosen.add(rejected).square().mean(), centering));
    }

    private static Metrics metrics(Learner.Step taken, float[] margins, float[] targets, double lr) {
        int decided = 0;
        int right = 0;
        double sum = 0;
        for (int i = 0; i < margins.length; i++) {
            if (targets[i] != 0.5f) {
                double towards = targets[i] > 0.5f ? margins[i] : -margins[i];
                decided++;
                right += towards > 0 ? 1 : 0;
                sum += towards;
            }
        }
        int n = Math.max(1, decided);
        return new Metrics(taken.loss(), (double) right / n, sum / n, lr, taken.gradNorm());
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

package dev.heed.train;

import static dev.heed.train.PairObjective.sigmoid;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.heed.model.Batch;
import dev.heed.model.Forward;
import dev.heed.model.Transformer;
import dev.heed.run.Knob;
import dev.heed.run.Knobs;
import dev.heed.run.RunDir;
import dev.heed.run.UserError;
import dev.heed.tensor.Learner;
import dev.heed.tensor.Scaled;
import dev.heed.tensor.Schedule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Kahneman–Tversky optimisation (Ethayarajh et al. 2024, equation 7): completions that are each good or bad, without a
 * counterpart. With u = log π/π_ref of a completion and z an estimate of KL(π ‖ π_ref), a good one loses 1 − σ(β(u − z)),
 * a bad one 1 − σ(β(z − u)).
 *
 * <p>Deviation 1: z is taken from completions moved on by one within their step, as in the authors' code, and so needs a
 * step of two or more.
 */
public final class Kto implements Steps.State, AutoCloseable {
    private final Transformer policy;
    private final Transformer reference;
    private final List<Example> examples;
    private final Config config;
    private final Passes passes;
    private final Learner learner;
    private final Schedule schedule;
    private final float[] referenceSaid;

    /** Settings. */
    public record Config(
            @Knob(value = "kto", help = "kto, or apo-zero-unpaired, which has no estimate of the KL") Kind kind,
            @Knob(value = "0.1", help = "strength of the tie to the reference") double beta,
            @Knob(value = "1.0", help = "weight of good completions") double desirableWeight,
            @Knob(value = "1.0", help = "weight of bad completions") double undesirableWeight,
            @Knob(value = "1", help = "passes over the completions") int epochs,
            @Knob(value = "64", help = "completions an update; at least 2") int batch,
            @Knob(value = "0.0003", help = "peak learning rate; decays linearly to 0") double lr,
            @Knob(value = "0.1", help = "share of the steps that warm up") double warmup,
            @Knob(value = "1.0", help = "largest gradient norm") double maxGradNorm,
            @Knob(value = "50", help = "steps between checkpoints") int checkpointEvery) {
        public Config {
            Knobs.above("beta", beta, 0);
            Knobs.atLeast("desirable-weight", desirableWeight, 0);
            Knobs.atLeast("undesirable-weight", undesirableWeight, 0);
            Knobs.atLeast("epochs", epochs, 1);
            Knobs.atLeast("batch", batch, 2);
            Knobs.above("lr", lr, 0);
            Knobs.between("warmup", warmup, 0, 1);
        }
    }

    /** Whether the KL to the reference is what a completion is measured against. */
    public enum Kind {
        KTO,
        APO_ZERO_UNPAIRED
    }

    /**
     * A completion and whether it is good.
     *
     * @param row prompt, completion and its end
     * @param from where the completion begins
     */
    public record Example(int[] row, int from, Label label) {}

    /** What was said of a completion. */
    public enum Label {
        DESIRABLE,
        UNDESIRABLE
    }

    /**
     * What a step reports. A reward is β·log π/π_ref.
     *
     * @param kl the estimate of KL(policy ‖ reference), nats a completion; at least 0
     */
    public record Metrics(
            double loss,
            double kl,
            double rewardsChosen,
            double rewardsRejected,
            double rewardsMargins,
            double logpsChosen,
            double logpsRejected,
            double lr,
            double gradNorm)
            implements Steps.Report {
        @Override
        public String note() {
            return String.format(Locale.ROOT, "loss %.3f  KL %.2f  margin %+.2f", loss, kl, rewardsMargins);
        }
    }

    /** With a reference whose words are not kept. */
    public Kto(Transformer policy, Transformer reference, List<Example> examples, Config config, long seed) {
        this(policy, reference, examples, config, seed, ReferenceCache.NONE);
    }

    /**
     * @param policy learns
     * @param reference what the policy may not stray from
     * @param cache where what the reference says is kept for other runs
     * @throws UserError if all completions are good, or all bad
     */
    public Kto(
            Transformer policy,
            Transformer reference,
            List<Example> examples,
            Config config,
            long seed,
            ReferenceCache cache) {
        this.policy = policy;
        this.reference = reference;
        this.examples = List.copyOf(examples);
        this.config = config;
        for (Label label : Label.values()) {
            if (examples.stream().noneMatch(example -> example.label == label)) {
                throw new UserError("kto needs good and bad completions, got %d and none %s; label some more"
                        .formatted(examples.size(), label.name().toLowerCase(Locale.ROOT)));
            }
        }
        this.passes = new Passes(examples.size(), seed, "kto");
        this.learner = Learning.learner(policy, 0, config.maxGradNorm());
        this.schedule = Learning.schedule(Schedule.Decay.LINEAR, config.lr(), steps(), config.warmup(), 0);
        Forward.Rows rows = rows(examples);
        this.referenceSaid =
                cache.of(() -> ReferenceCache.key("completions", reference, rows), () -> said(reference, rows));
    }

    /** Trains to the last step. */
    public void train(RunDir dir, Steps.Watch watch) {
        new Steps(dir, "kto", steps(), config.checkpointEvery()).run(this, this::step, watch);
    }

    /** How many steps the preferences are good for. */
    public long steps() {
        return Math.max(1, (long) examples.size() * config.epochs() / config.batch());
    }

    /** One step; its number decides what it takes. */
    public Metrics step(long step) {
        int[] taken = passes.batch(step, config.batch());
        double kl = config.kind() == Kind.KTO ? kl(taken) : 0;
        List<int[]> groups = Forward.parts(
                policy.torch(),
                Arrays.stream(taken).mapToObj(i -> examples.get(i).row()).toList(),
                Forward.MAX_TOKENS);
        float[][] moved = new float[groups.size()][];
        float[][] said = new float[groups.size()][];
        double loss = learner.accumulate(groups.size(), (scope, part) -> {
            List<Example> chosen = chosen(taken, groups.get(part));
            Batch batch = batch(chosen);
            NDArray logProbs = Spans.of(batch).sums(policy.logProbs(scope, batch, 1));
            float[] theirs = new float[chosen.size()];
            for (int i = 0; i < theirs.length; i++) {
                theirs[i] = referenceSaid[taken[groups.get(part)[i]]];
            }
            NDArray ratios = logProbs.sub(scope.create(theirs));
            moved[part] = ratios.toFloatArray();
            said[part] = logProbs.toFloatArray();
            List<Label> labels = chosen.stream().map(Example::label).toList();
            return Scaled.over(losses(ratios, labels, kl, config).sum(), taken.length);
        });
        Tallied tallied = new Tallied();
        for (int part = 0; part < said.length; part++) {
            tallied.add(chosen(taken, groups.get(part)), moved[part], said[part]);
        }
        double lr = schedule.at(step);
        return tallied.metrics(loss, kl, config.beta(), lr, learner.step(lr));
    }

    private List<Example> chosen(int[] taken, int[] group) {
        return Arrays.stream(group).mapToObj(i -> examples.get(taken[i])).toList();
    }

    /**
     * The loss of each completion.
     *
     * @param ratios (B), log π/π_ref; the gradient flows through it
     * @param kl z, a number without gradient; at least 0
     * @return (B), weights multiplied in
     */
    static NDArray losses(NDArray ratios, List<Label> labels, double kl, Config config) {
        float[] signs = new float[labels.size()];
        float[] weights = new float[labels.size()];
        for (int i = 0; i < signs.length; i++) {
            boolean good = labels.get(i) == Label.DESIRABLE;
            signs[i] = good ? 1 : -1;
            weights[i] = (float) (good ? config.desirableWeight() : config.undesirableWeight());
        }
        NDManager scope = ratios.getManager();
        NDArray gained = Scaled.times(ratios.sub(kl), config.beta()).mul(scope.create(signs));
        return sigmoid(gained).neg().add(1).mul(scope.create(weights));
    }

    /** max(0, mean(log π − log π_ref)) over each prompt with the completion of the next. */
    private double kl(int[] taken) {
        Example[] mismatched = new Example[taken.length];
        for (int i = 0; i < taken.length; i++) {
            Example prompt = examples.get(taken[i]);
            Example completion = examples.get(taken[(i + 1) % taken.length]);
            int[] row = Arrays.copyOf(prompt.row, prompt.from + completion.row.length - completion.from);
            System.arraycopy(
                    completion.row, completion.from, row, prompt.from, completion.row.length - completion.from);
            int kept = Math.min(row.length, policy.config().context());
            mismatched[i] = new Example(Arrays.copyOf(row, kept), prompt.from, completion.label);
        }
        Forward.Rows rows = rows(List.of(mismatched));
        return estimate(said(policy, rows), said(reference, rows));
    }

    /** max(0, mean difference). */
    static double estimate(float[] logProbs, float[] refLogProbs) {
        double sum = 0;
        for (int i = 0; i < logProbs.length; i++) {
            sum += logProbs[i] - refLogProbs[i];
        }
        return Math.max(0, sum / logProbs.length);
    }

    private static float[] said(Transformer model, Forward.Rows rows) {
        float[][] tokens = Forward.logProbs(model, rows, 1);
        float[] sums = new float[tokens.length];
        for (int i = 0; i < sums.length; i++) {
            double sum = 0;
            for (float token : tokens[i]) {
                sum += token;
            }
            sums[i] = (float) sum;
        }
        return sums;
    }

    private static Batch batch(List<Example> examples) {
        return new Batch(
                examples.stream().map(Example::row).toArray(int[][]::new),
                examples.stream().mapToInt(Example::from).toArray());
    }

    private static Forward.Rows rows(List<Example> examples) {
        return new Forward.Rows(
                examples.stream().map(Example::row).toList(),
                examples.stream().mapToInt(Example::from).toArray());
    }

    @Override
    public void saveTo(Path folder) throws IOException {
        Learning.save(folder, "policy", policy, learner);
    }

    @Override
    public void loadFrom(Path folder) throws IOException {
        Learning.load(folder, "policy", policy, learner);
    }

    @Override
    public void close() {
        learner.close();
    }

    /** What the parts of a step report, summed up for good completions and bad ones. */
    private static final class Tallied {
        private final Side good = new Side();
        private final Side bad = new Side();

        void add(List<Example> examples, float[] ratios, float[] logProbs) {
            for (int i = 0; i < ratios.length; i++) {
                Side side = examples.get(i).label() == Label.DESIRABLE ? good : bad;
                side.count++;
                side.ratio += ratios[i];
                side.logProb += logProbs[i];
            }
        }

        Metrics metrics(double loss, double kl, double beta, double lr, double gradNorm) {
            double chosen = beta * good.mean(good.ratio);
            double rejected = beta * bad.mean(bad.ratio);
            return new Metrics(
                    loss,
                    kl,
                    chosen,
                    rejected,
                    chosen - rejected,
                    good.mean(good.logProb),
                    bad.mean(bad.logProb),
                    lr,
                    gradNorm);
        }

        private static final class Side {
            private int count;
            private double ratio;
            private double logProb;

            double mean(double sum) {
                return sum / Math.max(1, count);
            }
        }
    }
}

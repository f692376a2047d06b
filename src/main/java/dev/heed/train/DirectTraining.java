package dev.heed.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.heed.model.Forward;
import dev.heed.model.Transformer;
import dev.heed.run.Knob;
import dev.heed.run.Knobs;
import dev.heed.run.RunDir;
import dev.heed.tensor.Kernels;
import dev.heed.tensor.Learner;
import dev.heed.tensor.Scaled;
import dev.heed.tensor.Schedule;
import dev.heed.train.PairObjective.Said;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * The direct methods: a policy learns from preferences by a loss on each pair, with neither reward model nor sampling. Which
 * loss is the {@link PairObjective}'s: {@link Dpo}, {@link Cpo} (SimPO) or {@link Orpo}.
 */
public final class DirectTraining implements Steps.State, AutoCloseable {
    private final Transformer policy;
    private final List<PairExample> examples;
    private final PairObjective objective;
    private final Config config;
    private final Passes passes;
    private final Learner learner;
    private final Schedule schedule;
    private final float[][] reference;

    /** Settings. */
    public record Config(
            @Knob(value = "1", help = "passes over the preferences") int epochs,
            @Knob(value = "32", help = "preferences an update") int batch,
            @Knob(value = "0.0003", help = "peak learning rate; decays linearly to 0") double lr,
            @Knob(value = "0.1", help = "share of the steps that warm up") double warmup,
            @Knob(value = "0.0", help = "AdamW's decoupled weight decay") double weightDecay,
            @Knob(value = "1.0", help = "largest gradient norm") double maxGradNorm,
            @Knob(value = "50", help = "steps between checkpoints") int checkpointEvery) {
        public Config {
            Knobs.atLeast("epochs", epochs, 1);
            Knobs.atLeast("batch", batch, 1);
            Knobs.above("lr", lr, 0);
            Knobs.between("warmup", warmup, 0, 1);
        }
    }

    /**
     * What a step reports: means over its pairs. A reward is the method's own, for DPO β·log π/π_ref.
     *
     * @param loss all of it, the surprise included
     * @param nllLoss surprise at a token of the chosen completions, nats
     * @param rewardsAccuracies share of pairs whose chosen completion has strictly the greater reward
     * @param logpsChosen log-probability of a chosen completion, nats; that it falls is usual, that both fall far is not
     */
    public record Metrics(
            double loss,
            double nllLoss,
            double rewardsChosen,
            double rewardsRejected,
            double rewardsAccuracies,
            double rewardsMargins,
            double logpsChosen,
            double logpsRejected,
            double lr,
            double gradNorm)
            implements Steps.Report {
        @Override
        public String note() {
            return String.format(
                    Locale.ROOT,
                    "loss %.3f  accuracy %.2f  margin %+.2f  log p of chosen %.1f",
                    loss,
                    rewardsAccuracies,
                    rewardsMargins,
                    logpsChosen);
        }
    }

    /**
     * @param policy learns
     * @param reference what the policy may not stray from; not read where the objective has none
     */
    public DirectTraining(
            Transformer policy,
            Transformer reference,
            List<PairExample> examples,
            PairObjective objective,
            Config config,
            long seed) {
        this.policy = policy;
        this.examples = List.copyOf(examples);
        this.objective = objective;
        this.config = config;
        this.passes = new Passes(examples.size(), seed, "direct");
        this.learner = Learning.learner(policy, config.weightDecay(), config.maxGradNorm());
        this.schedule = Learning.schedule(Schedule.Decay.LINEAR, config.lr(), steps(), config.warmup(), 0);
        this.reference = objective.refers() ? saidBy(reference) : new float[examples.size()][2];
    }

    /** Trains to the last step. */
    public void train(RunDir dir, Steps.Watch watch) {
        new Steps(dir, objective.method(), steps(), config.checkpointEvery()).run(this, this::step, watch);
    }

    /** How many steps the preferences are good for. */
    public long steps() {
        return Math.max(1, (long) examples.size() * config.epochs() / config.batch());
    }

    /** What the reference says of each pair, once for all passes. */
    private float[][] saidBy(Transformer model) {
        float[][] all = new float[examples.size()][];
        for (int[] group : groups(IntStream.range(0, examples.size()).toArray())) {
            PairBatch batch = batch(group);
            try (NDManager scope = model.torch().manager().newSubManager()) {
                float[] logProbs = model.logProbs(scope, batch.batch(), 1).toFloatArray();
                float[][] sums = batch.sums(logProbs, objective.tailWeight());
                for (int i = 0; i < group.length; i++) {
                    all[group[i]] = sums[i];
                }
            }
        }
        return all;
    }

    /** One step; its number decides what it takes. */
    public Metrics step(long step) {
        int[] taken = passes.batch(step, config.batch());
        List<int[]> groups = objective.coupled() ? List.of(taken) : groups(taken);
        int tokens = Arrays.stream(groups.toArray(int[][]::new))
                .mapToInt(group -> batch(group).surprisingTokens())
                .sum();
        Tallied tallied = new Tallied();
        double loss = 0;
        for (int[] group : groups) {
            PairBatch batch = batch(group);
            float[][] theirs = Arrays.stream(group).mapToObj(i -> reference[i]).toArray(float[][]::new);
            loss += learner.accumulate(scope -> {
                Parts parts = Parts.of(
                        policy.torch().kernels(), objective, batch, policy.logits(scope, batch.batch()), theirs);
                tallied.add(parts.said(), objective.rewards(parts.said()), parts.surprise());
                return parts.loss(objective.surprise().weight(), taken.length, tokens);
            });
        }
        double lr = schedule.at(step);
        return tallied.metrics(loss, taken.length, tokens, lr, learner.step(lr));
    }

    /**
     * What the policy's logits come to.
     *
     * @param losses (b), one a pair
     * @param surprise scalar, summed over the tokens that the objective counts
     */
    record Parts(Said said, NDArray losses, NDArray surprise) {
        /** @param logits (N, V), before each counted token of the batch; the gradient flows through it */
        static Parts of(
                Kernels kernels, PairObjective objective, PairBatch batch, NDArray logits, float[][] reference) {
            NDManager scope = logits.getManager();
            NDArray logProbs =
                    kernels.logProbs(logits, scope.create(batch.batch().targets()), 1);
            Said said = batch.said(scope, logProbs, reference, objective.tailWeight());
            NDArray losses = objective.losses(said);
            if (objective.weighted()) {
                float[] certainty = kernels.certainty(logits).toFloatArray();
                losses = losses.mul(scope.create(batch.likelihoods(logProbs.toFloatArray(), certainty)));
            }
            return new Parts(said, losses, batch.surprise(logProbs));
        }

        /**
         * This part of a step's loss: of its pairs' mean, and of the mean surprise at a token.
         *
         * @param weight of the surprise
         * @param pairs of the whole step
         * @param tokens of the whole step
         */
        NDArray loss(double weight, int pairs, int tokens) {
            NDArray mean = Scaled.over(losses.sum(), pairs);
            return weight == 0 ? mean : mean.add(Scaled.times(surprise, weight / tokens));
        }
    }

    private PairBatch batch(int[] group) {
        return new PairBatch(
                Arrays.stream(group).mapToObj(examples::get).toList(),
                objective.surprise().counted());
    }

    /** Pairs of like length, so that little is computed on padding and memory stays bounded. */
    private List<int[]> groups(int[] taken) {
        List<int[]> longest =
                Arrays.stream(taken).mapToObj(i -> examples.get(i).longer()).toList();
        return Forward.groups(longest, Forward.MAX_TOKENS / 2).stream()
                .map(group -> Arrays.stream(group).map(i -> taken[i]).toArray())
                .toList();
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

    /** What the parts of a step report, summed up. */
    private static final class Tallied {
        private double surprise;
        private double chosenRewards;
        private double rejectedRewards;
        private double right;
        private double chosenLogProbs;
        private double rejectedLogProbs;

        void add(Said said, NDArray[] rewards, NDArray surprise) {
            float[] chosen = rewards[0].toFloatArray();
            float[] rejected = rewards[1].toFloatArray();
            for (int i = 0; i < chosen.length; i++) {
                chosenRewards += chosen[i];
                rejectedRewards += rejected[i];
                right += chosen[i] > rejected[i] ? 1 : 0;
            }
            for (float sum : said.chosen().toFloatArray()) {
                chosenLogProbs += sum;
            }
            for (float sum : said.rejected().toFloatArray()) {
                rejectedLogProbs += sum;
            }
            this.surprise += surprise.getFloat();
        }

        Metrics metrics(double loss, int pairs, int tokens, double lr, double gradNorm) {
            return new Metrics(
                    loss,
                    surprise / tokens,
                    chosenRewards / pairs,
                    rejectedRewards / pairs,
                    right / pairs,
                    (chosenRewards - rejectedRewards) / pairs,
                    chosenLogProbs / pairs,
                    rejectedLogProbs / pairs,
                    lr,
                    gradNorm);
        }
    }
}

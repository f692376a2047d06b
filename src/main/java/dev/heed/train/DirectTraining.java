package dev.heed.train;

import ai.djl.ndarray.NDArray;
import dev.heed.model.Transformer;
import dev.heed.run.Knob;
import dev.heed.run.Knobs;
import dev.heed.run.RunDir;
import dev.heed.tensor.Learner;
import dev.heed.tensor.Schedule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The direct methods: a policy learns from preferences by a loss on each pair, with neither reward model nor sampling. Which
 * loss is the {@link PairObjective}'s: {@link Dpo}, {@link Cpo} (SimPO) or {@link Orpo}.
 */
public final class DirectTraining implements Steps.State, AutoCloseable {
    private final Transformer policy;
    private final PairGroups examples;
    private final PairObjective objective;
    private final Config config;
    private final Passes passes;
    private final Learner learner;
    private final Schedule schedule;
    private final PairReference reference;

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
        private static Metrics of(PairTally tally, double loss, double lr, double gradNorm) {
            return new Metrics(
                    loss,
                    tally.surprise(),
                    tally.chosenReward(),
                    tally.rejectedReward(),
                    tally.accuracy(),
                    tally.margin(),
                    tally.chosenLogProb(),
                    tally.rejectedLogProb(),
                    lr,
                    gradNorm);
        }

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

    /** With a reference that stays. */
    public DirectTraining(
            Transformer policy,
            Transformer reference,
            List<PairExample> examples,
            PairObjective objective,
            Config config,
            long seed) {
        this(policy, Reference.of(reference), examples, objective, config, seed);
    }

    /**
     * @param policy learns
     * @param reference what the policy may not stray from; not read where the objective has none
     */
    public DirectTraining(
            Transformer policy,
            Reference reference,
            List<PairExample> examples,
            PairObjective objective,
            Config config,
            long seed) {
        this.policy = policy;
        this.examples =
                new PairGroups(List.copyOf(examples), objective.surprise().counted());
        this.objective = objective;
        this.config = config;
        this.passes = new Passes(examples.size(), seed, "direct");
        this.learner = Learning.learner(policy, config.weightDecay(), config.maxGradNorm());
        this.schedule = Learning.schedule(Schedule.Decay.LINEAR, config.lr(), steps(), config.warmup(), 0);
        this.reference = objective.refers()
                ? PairReference.of(reference, objective, this.examples)
                : PairReference.none(examples.size());
    }

    /** Trains to the last step. */
    public void train(RunDir dir, Steps.Watch watch) {
        new Steps(dir, objective.method(), steps(), config.checkpointEvery()).run(this, this::step, watch);
    }

    /** How many steps the preferences are good for. */
    public long steps() {
        return Math.max(1, (long) examples.pairs().size() * config.epochs() / config.batch());
    }

    /** One step; its number decides what it takes. */
    public Metrics step(long step) {
        int[] taken = passes.batch(step, config.batch());
        List<int[]> groups = objective.coupled() ? List.of(taken) : examples.of(policy.torch(), taken);
        List<PairBatch> batches = groups.stream().map(examples::batch).toList();
        int tokens = batches.stream().mapToInt(PairBatch::surprisingTokens).sum();
        List<float[][]> theirs = reference.of(groups, batches);
        PairTally[] tallies =
                Stream.generate(PairTally::new).limit(groups.size()).toArray(PairTally[]::new);
        double loss = learner.accumulate(groups.size(), (scope, i) -> {
            PairBatch batch = batches.get(i);
            NDArray logits = policy.logits(scope, batch.batch());
            PairLoss part = PairLoss.of(policy.torch().kernels(), objective, batch, logits, theirs.get(i), 1);
            tallies[i].add(part, objective.rewards(part.said()), batch.surprisingTokens());
            return part.loss(objective.surprise().weight(), taken.length, tokens);
        });
        PairTally tally = new PairTally();
        Arrays.stream(tallies).forEach(tally::add);
        double lr = schedule.at(step);
        Metrics metrics = Metrics.of(tally, loss, lr, learner.step(lr));
        reference.stepped(step, policy);
        return metrics;
    }

    @Override
    public void saveTo(Path folder) throws IOException {
        Learning.save(folder, "policy", policy, learner);
        reference.saveTo(folder);
    }

    @Override
    public void loadFrom(Path folder) throws IOException {
        Learning.load(folder, "policy", policy, learner);
        reference.loadFrom(folder);
    }

    @Override
    public void close() {
        learner.close();
        reference.close();
    }
}

package dev.heed.train;

import ai.djl.ndarray.NDArray;
import dev.heed.feedback.Prompt;
import dev.heed.model.Transformer;
import dev.heed.run.Knob;
import dev.heed.run.Knobs;
import dev.heed.run.RunDir;
import dev.heed.run.UserError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * DPO on the policy's own completions (Guo et al. 2024, "Direct language model alignment from online AI feedback", algorithm
 * 1): of each prompt it writes some, the reward says which is the best and which the worst, and that pair is learned from at
 * once, by any loss of {@link Dpo}.
 *
 * <p>Deviation 1: the judge is a reward model, as TRL has it, and not a large language model that is asked. Deviation 2:
 * completions that score the same are no pair; TRL takes the first for the better. Deviation 3: a completion without an end
 * has a score of its own, where TRL takes a penalty from it. Deviation 4: log-probabilities are at the temperature of
 * sampling, as everywhere in Heed; TRL takes them at 1.
 */
public final class OnlineDpo implements AutoCloseable {
    private final Transformer policy;
    private final Rollouts rollouts;
    private final Config config;
    private final GroupLearning learning;

    /** Settings. */
    public record Config(
            @Knob(value = "16", help = "updates of sampling, judging and learning") int steps,
            @Knob(value = "64", help = "prompts a step") int prompts,
            @Knob(value = "2", help = "completions a prompt, of which the best and the worst are a pair; Guo et al.: 2")
                    int completions,
            @Knob(value = "1", help = "passes over a step's pairs") int epochs,
            @Knob(value = "4", help = "optimizer updates a pass") int minibatches,
            @Knob(value = "0.0003", help = "peak learning rate; decays linearly to 0") double lr,
            @Knob(value = "0.1", help = "share of the steps that warm up") double warmup,
            Dpo objective,
            @Knob(
                            value = "-2.0",
                            help =
                                    "the score of a completion that does not end, in standard deviations; NaN: as if it ended there")
                    double missingEosScore,
            @Knob(value = "1.0", help = "largest gradient norm") double maxGradNorm,
            @Knob(value = "10", help = "steps between checkpoints") int checkpointEvery)
            implements Grouped {
        public Config {
            Knobs.atLeast("steps", steps, 1);
            Knobs.atLeast("prompts", prompts, 1);
            Knobs.atLeast("completions", completions, 2);
            Knobs.atLeast("epochs", epochs, 1);
            Knobs.between("minibatches", minibatches, 1, prompts);
            Knobs.above("lr", lr, 0);
            Knobs.between("warmup", warmup, 0, 1);
            Knobs.above("max-grad-norm", maxGradNorm, 0);
            Knobs.atLeast("checkpoint-every", checkpointEvery, 1);
            if (objective.coupled()) {
                throw new UserError("--loss=%s compares all pairs of a batch, and a step's may be few; take another"
                        .formatted(objective.loss()));
            }
        }
    }

    /**
     * @param policy learns; starts as the reference
     * @param rollouts samples from {@code policy}
     */
    public OnlineDpo(Transformer policy, Rollouts rollouts, List<Prompt> prompts, Config config, long seed) {
        this.policy = policy;
        this.rollouts = rollouts;
        this.config = config;
        this.learning = new GroupLearning("online-dpo", policy, rollouts, prompts, config, seed);
    }

    /** Trains to the last step. */
    public void train(RunDir dir, Steps.Watch watch) {
        learning.train(dir, this::step, watch);
    }

    /** One step; its number decides what it takes and draws. */
    public OnlineDpoMetrics step(long step) {
        List<Rollout> sampled = learning.sample(step);
        float[] scores = config.scoresOf(sampled);
        List<Judged> judged = judged(sampled, scores, config.completions());
        PairGroups pairs = new PairGroups(
                judged.stream().map(Judged::pair).toList(),
                config.objective().surprise().counted());
        PairTally tally = new PairTally();
        double lr = learning.lr(step);
        double loss = 0;
        double norm = 0;
        int updates = 0;
        for (List<int[]> pass : learning.passes(judged.size(), step)) {
            for (int[] minibatch : pass) {
                loss += accumulate(judged, pairs, minibatch, tally);
                norm += learning.learner().step(lr);
                updates++;
            }
        }
        double most = Math.max(1, updates);
        return OnlineDpoMetrics.of(sampled, scores, config.completions(), judged, tally, loss / most, norm / most, lr);
    }

    /** Two completions of a prompt, one better than the other. */
    record Judged(Rollout better, Rollout worse, float margin) {
        PairExample pair() {
            return new PairExample(better.row(), better.from(), worse.row(), worse.from());
        }
    }

    /**
     * The best and the worst completion of each prompt, the first of equals; prompts whose completions all score the same
     * are left out.
     *
     * @param scores one a completion
     * @param group completions a prompt
     */
    static List<Judged> judged(List<Rollout> sampled, float[] scores, int group) {
        boolean[] equal = GroupAdvantages.equal(scores, group);
        List<Judged> judged = new ArrayList<>();
        for (int from = 0; from < scores.length; from += group) {
            int best = from;
            int worst = from;
            for (int i = from; i < from + group; i++) {
                best = scores[i] > scores[best] ? i : best;
                worst = scores[i] < scores[worst] ? i : worst;
            }
            if (!equal[from / group]) {
                judged.add(new Judged(sampled.get(best), sampled.get(worst), scores[best] - scores[worst]));
            }
        }
        return judged;
    }

    /** Adds the gradients of some pairs; returns their mean loss. */
    private double accumulate(List<Judged> judged, PairGroups pairs, int[] minibatch, PairTally tally) {
        Dpo objective = config.objective();
        int tokens = pairs.batch(minibatch).surprisingTokens();
        List<int[]> groups = pairs.of(policy.torch(), minibatch);
        PairTally[] tallies =
                Stream.generate(PairTally::new).limit(groups.size()).toArray(PairTally[]::new);
        double loss = learning.learner().accumulate(groups.size(), (scope, i) -> {
            PairBatch batch = pairs.batch(groups.get(i));
            List<Judged> own =
                    Arrays.stream(groups.get(i)).mapToObj(judged::get).toList();
            float[][] theirs = batch.sums(saidByReference(own), objective.tailWeight());
            NDArray logits = policy.logits(scope, batch.batch());
            PairLoss part =
                    PairLoss.of(policy.torch().kernels(), objective, batch, logits, theirs, rollouts.temperature());
            tallies[i].add(part, objective.rewards(part.said()), batch.surprisingTokens());
            return part.loss(objective.surprise().weight(), minibatch.length, tokens);
        });
        Arrays.stream(tallies).forEach(tally::add);
        return loss;
    }

    /** Log-probabilities of the tokens of all better completions, then of all worse ones. */
    private static float[] saidByReference(List<Judged> judged) {
        List<float[]> all = new ArrayList<>();
        judged.forEach(pair -> all.add(pair.better.refLogProbs()));
        judged.forEach(pair -> all.add(pair.worse.refLogProbs()));
        return Completions.flat(all.toArray(float[][]::new));
    }

    @Override
    public void close() {
        learning.close();
    }
}

package dev.heed.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import dev.heed.eval.Divergence;
import dev.heed.feedback.Prompt;
import dev.heed.model.Transformer;
import dev.heed.run.Knob;
import dev.heed.run.Knobs;
import dev.heed.run.RunDir;
import dev.heed.run.UserError;
import dev.heed.tensor.Scaled;
import dev.heed.train.ClipRatios.Range;
import java.util.List;

/**
 * REINFORCE with the other completions of a prompt as the baseline of each (Kool et al. 2019; Ahmadian et al. 2024): a
 * completion is one action, its reward the score less β times the KL to the reference. Other baselines make it plain
 * REINFORCE (Williams 1992).
 *
 * <p>Deviation 1: ratios of whole completions are clipped as in PPO, like TRL does and the paper does not; in the first
 * update of a step they are 1, and the loss has REINFORCE's gradient. Deviation 2: a step without any advantage is not an
 * update; TRL takes a step of the optimizer's momentum.
 */
public final class Rloo implements AutoCloseable {
    private final Transformer policy;
    private final Rollouts rollouts;
    private final Config config;
    private final GroupLearning learning;

    /** What a completion's reward is compared with. */
    public enum Baseline {
        /** The mean of its group's others. */
        OTHERS {
            @Override
            float[] advantages(float[] rewards, int group) {
                return GroupAdvantages.leaveOneOut(rewards, group);
            }
        },
        /** The mean of the step. */
        BATCH {
            @Override
            float[] advantages(float[] rewards, int group) {
                return GroupAdvantages.aboveMean(rewards);
            }
        },
        /** Nothing. */
        NONE {
            @Override
            float[] advantages(float[] rewards, int group) {
                return rewards;
            }
        };

        /** One a completion; NaN where it is not known. */
        abstract float[] advantages(float[] rewards, int group);
    }

    /** Settings. */
    public record Config(
            @Knob(value = "16", help = "updates of sampling, scoring and learning") int steps,
            @Knob(value = "32", help = "prompts a step") int prompts,
            @Knob(value = "4", help = "completions a prompt, its group; Ahmadian et al. 2024: 2 and 4") int completions,
            @Knob(value = "1", help = "passes over a step's completions") int epochs,
            @Knob(value = "4", help = "optimizer updates a pass") int minibatches,
            @Knob(value = "0.0003", help = "peak learning rate; decays linearly to 0") double lr,
            @Knob(value = "0.1", help = "share of the steps that warm up") double warmup,
            @Knob(
                            value = "others",
                            help = "what a reward is compared with: the group's others, the step's mean, or nothing")
                    Baseline baseline,
            @Knob(value = "false", help = "rescale advantages to mean 0 and variance 1 in each step") boolean normalise,
            @Knob(value = "0.2", help = "how far the ratio of a completion may fall and still earn") double clip,
            @Knob(value = "0.2", help = "how far it may rise") double clipHigh,
            @Knob(value = "0.05", help = "weight of KL(policy || reference) in a completion's reward, per nat; TRL's")
                    double klCoef,
            @Knob(value = "0.0", help = "largest score that counts, up or down, 0 for any") double scoreClip,
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
            Knobs.atLeast("completions", completions, 1);
            Knobs.atLeast("epochs", epochs, 1);
            Knobs.between("minibatches", minibatches, 1, (long) prompts * completions);
            Knobs.above("lr", lr, 0);
            Knobs.between("warmup", warmup, 0, 1);
            Knobs.between("clip", clip, 0.001, 0.999);
            Knobs.above("clip-high", clipHigh, 0);
            Knobs.atLeast("kl-coef", klCoef, 0);
            Knobs.atLeast("score-clip", scoreClip, 0);
            Knobs.above("max-grad-norm", maxGradNorm, 0);
            Knobs.atLeast("checkpoint-every", checkpointEvery, 1);
            if (baseline == Baseline.OTHERS && completions == 1) {
                throw new UserError("--completions must be at least 2 with --baseline=others, was 1");
            }
        }

        float clipped(float score) {
            return scoreClip == 0 ? score : (float) Math.max(-scoreClip, Math.min(scoreClip, score));
        }
    }

    /**
     * @param policy learns; starts as the reference
     * @param rollouts samples from {@code policy}
     */
    public Rloo(Transformer policy, Rollouts rollouts, List<Prompt> prompts, Config config, long seed) {
        this.policy = policy;
        this.rollouts = rollouts;
        this.config = config;
        this.learning = new GroupLearning("rloo", policy, rollouts, prompts, config, seed);
    }

    /** Trains to the last step. */
    public void train(RunDir dir, Steps.Watch watch) {
        learning.train(dir, this::step, watch);
    }

    /** One step; its number decides what it takes and draws. */
    public GroupMetrics step(long step) {
        List<Rollout> sampled = learning.sample(step);
        float[] scores = config.scoresOf(sampled);
        float[] rewards = rewards(scores, Completions.of(sampled, scores), config);
        float[] advantages = advantages(rewards, config);
        double lr = learning.lr(step);
        Tally tally = new Tally();
        if (!GroupAdvantages.allZero(advantages)) {
            Completions seen = Completions.of(sampled, advantages);
            for (List<int[]> pass : learning.passes(sampled.size(), step)) {
                for (int[] minibatch : pass) {
                    learn(seen.at(minibatch), lr, tally);
                }
            }
        }
        return GroupMetrics.of(sampled, scores, rewards, config.completions(), tally, lr);
    }

    private void learn(Completions update, double lr, Tally tally) {
        Range range = new Range(1 - config.clip(), 1 + config.clipHigh());
        List<Completions> parts = update.parts(policy.torch());
        float[][] now = new float[parts.size()][];
        float[][] whole = new float[parts.size()][];
        double loss = learning.learner().accumulate(parts.size(), (scope, i) -> {
            Completions part = parts.get(i);
            NDArray logProbs = policy.logProbs(scope, part.batch(), rollouts.temperature());
            NDArray ratios = ratios(logProbs, part);
            now[i] = logProbs.toFloatArray();
            whole[i] = ratios.toFloatArray();
            return Scaled.over(
                    losses(ratios, scope.create(part.advantages()), range).sum(), update.count());
        });
        for (int i = 0; i < now.length; i++) {
            tally.ratios(now[i], Completions.flat(parts.get(i).old()), config.clip());
            tally(whole[i], parts.get(i).advantages(), range, tally.clips());
        }
        tally.policy(loss, learning.learner().step(lr));
    }

    /** Adds the ratios that clipping stops, one a completion. */
    static void tally(float[] ratios, float[] advantages, Range range, ClipRatios clips) {
        for (int i = 0; i < ratios.length; i++) {
            clips.add(new double[] {ratios[i]}, advantages[i], range);
        }
    }

    /** The score, clipped where asked, less β·(log π_old − log π_ref) of the whole completion. */
    static float[] rewards(float[] scores, Completions completions, Config config) {
        float[] rewards = new float[scores.length];
        for (int i = 0; i < rewards.length; i++) {
            double kl = Divergence.of(completions.old()[i], completions.reference()[i])
                    .k1();
            rewards[i] = (float) (config.clipped(scores[i]) - config.klCoef() * kl);
        }
        return rewards;
    }

    /** How much better each reward is than its baseline. */
    static float[] advantages(float[] rewards, Config config) {
        float[] advantages = config.baseline().advantages(rewards, config.completions());
        return GroupAdvantages.orZero(config.normalise() ? GroupAdvantages.normalised(advantages) : advantages);
    }

    /**
     * ρ = π/π_old of whole completions.
     *
     * @param logProbs (N), log π; the gradient flows through it
     * @return (B)
     */
    static NDArray ratios(NDArray logProbs, Completions part) {
        NDArray old = logProbs.getManager().create(Completions.flat(part.old()));
        return part.spans().sums(logProbs.sub(old)).exp();
    }

    /**
     * The clipped surrogate of each completion, −min(ρ·A, clip(ρ)·A).
     *
     * @param ratios (B); the gradient flows through it
     * @param advantages (B)
     * @return (B)
     */
    static NDArray losses(NDArray ratios, NDArray advantages, Range range) {
        NDArray clipped = ratios.clip(range.low(), range.high());
        return NDArrays.minimum(ratios.mul(advantages), clipped.mul(advantages)).neg();
    }

    @Override
    public void close() {
        learning.close();
    }
}

package dev.heed.train;

import ai.djl.ndarray.NDArray;
import dev.heed.feedback.Prompt;
import dev.heed.model.Transformer;
import dev.heed.run.Draws;
import dev.heed.run.Knob;
import dev.heed.run.Knobs;
import dev.heed.run.RunDir;
import dev.heed.tensor.Scaled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Rejection sampling, then supervised fine-tuning (Touvron et al. 2023, Llama 2, section 3.2.3; Dong et al. 2023, RAFT,
 * algorithm 1): of several completions of a prompt the one that the reward likes best becomes a demonstration. One step
 * samples them all from what the policy is then and learns from the best; many small steps sample each time from what was
 * learned so far.
 *
 * <p>Deviation 1: completions that were cut off are no demonstrations, for they would teach not to end, unless they score as
 * if they had ended. Deviation 2: log-probabilities are at the temperature of sampling; at 1, learning what was drawn at
 * less would make the policy surer of itself whatever is rewarded.
 */
public final class Rejection implements AutoCloseable {
    private final Transformer policy;
    private final Rollouts rollouts;
    private final Config config;
    private final GroupLearning learning;
    private final Kept kept;
    private final long seed;

    /** Which completion of a prompt becomes a demonstration. */
    public enum Pick {
        BEST,
        /** Any: what learning from oneself does without a reward. */
        RANDOM
    }

    /** Settings. */
    public record Config(
            @Knob(
                            value = "8",
                            help = "times of sampling, picking and learning; 1: all from the model that it starts as")
                    int steps,
            @Knob(value = "32", help = "prompts a step") int prompts,
            @Knob(value = "8", help = "completions a prompt, one of which is kept; Llama 2: 10 to 100") int completions,
            @Knob(value = "best", help = "which is kept: the best, or a random one, to see what the reward does")
                    Pick pick,
            @Knob(value = "1.0", help = "share of a step's prompts that are kept, those whose picks score best")
                    double keep,
            @Knob(value = "2", help = "passes over a step's demonstrations") int epochs,
            @Knob(value = "2", help = "optimizer updates a pass") int minibatches,
            @Knob(value = "0.0003", help = "peak learning rate; decays linearly to 0") double lr,
            @Knob(value = "0.1", help = "share of the steps that warm up") double warmup,
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
            Knobs.above("keep", keep, 0);
            Knobs.between("keep", keep, 0, 1);
            Knobs.atLeast("epochs", epochs, 1);
            Knobs.between("minibatches", minibatches, 1, prompts);
            Knobs.above("lr", lr, 0);
            Knobs.between("warmup", warmup, 0, 1);
            Knobs.above("max-grad-norm", maxGradNorm, 0);
            Knobs.atLeast("checkpoint-every", checkpointEvery, 1);
        }
    }

    /** Is told what becomes a demonstration. */
    @FunctionalInterface
    public interface Kept {
        /** Of one step; a step that is done again after a crash is told again. */
        void at(long step, List<Rollout> demonstrations);
    }

    /**
     * @param policy learns; starts as the reference
     * @param rollouts samples from {@code policy}
     */
    public Rejection(Transformer policy, Rollouts rollouts, List<Prompt> prompts, Config config, long seed, Kept kept) {
        this.policy = policy;
        this.rollouts = rollouts;
        this.config = config;
        this.kept = kept;
        this.seed = seed;
        this.learning = new GroupLearning("rejection", policy, rollouts, prompts, config, seed);
    }

    /** Trains to the last step. */
    public void train(RunDir dir, Steps.Watch watch) {
        learning.train(dir, this::step, watch);
    }

    /** One step; its number decides what it takes and draws. */
    public RejectionMetrics step(long step) {
        List<Rollout> sampled = learning.sample(step);
        float[] scores = config.scoresOf(sampled);
        int[] picked = picked(sampled, scores, config, Draws.key(seed, "pick", step));
        Completions demonstrations = Completions.of(sampled, scores).at(picked);
        kept.at(step, Arrays.stream(picked).mapToObj(sampled::get).toList());
        double lr = learning.lr(step);
        Tally tally = new Tally();
        for (List<int[]> pass : learning.passes(picked.length, step)) {
            for (int[] minibatch : pass) {
                learn(demonstrations.at(minibatch), lr, tally);
            }
        }
        return RejectionMetrics.of(sampled, scores, config.completions(), picked, tally, lr);
    }

    /**
     * Which completions become demonstrations, in their order.
     *
     * @param scores one a completion
     * @param key of what is drawn, where the pick is random
     */
    static int[] picked(List<Rollout> sampled, float[] scores, Config config, long key) {
        int group = config.completions();
        List<Integer> picked = new ArrayList<>();
        for (int from = 0; from < scores.length; from += group) {
            int[] whole = IntStream.range(from, from + group)
                    .filter(i -> sampled.get(i).ended() || config.scoresCutOff())
                    .toArray();
            if (whole.length > 0) {
                picked.add(
                        config.pick() == Pick.RANDOM
                                ? whole[(int) (Draws.uniform(key, "of a prompt", from) * whole.length)]
                                : best(whole, scores).orElseThrow());
            }
        }
        return picked.stream()
                .sorted(Comparator.comparingDouble(i -> -scores[i]))
                .limit(Math.round(Math.ceil(config.keep() * picked.size())))
                .mapToInt(i -> i)
                .sorted()
                .toArray();
    }

    /** The first of those that score best. */
    private static Optional<Integer> best(int[] completions, float[] scores) {
        return Arrays.stream(completions)
                .boxed()
                .max(Comparator.comparingDouble((Integer i) -> scores[i]).thenComparing(Comparator.reverseOrder()));
    }

    /** An update: −mean log-probability of its demonstrations' tokens. */
    private void learn(Completions update, double lr, Tally tally) {
        int tokens = update.spans().tokens();
        List<Completions> parts = update.parts(policy.torch());
        double loss = learning.learner().accumulate(parts.size(), (scope, i) -> {
            NDArray logProbs = policy.logProbs(scope, parts.get(i).batch(), rollouts.temperature());
            return Scaled.over(logProbs.sum().neg(), tokens);
        });
        tally.policy(loss, learning.learner().step(lr));
    }

    @Override
    public void close() {
        learning.close();
    }
}

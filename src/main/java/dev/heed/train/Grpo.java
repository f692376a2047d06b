package dev.heed.train;

import ai.djl.ndarray.NDArray;
import dev.heed.feedback.Prompt;
import dev.heed.model.Transformer;
import dev.heed.run.Knob;
import dev.heed.run.Knobs;
import dev.heed.run.RunDir;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Group relative policy optimisation against a reward (Shao et al. 2024, DeepSeekMath, section 4.1): several completions of
 * each prompt are their own baseline, so there is no critic. What is lowered is {@link GroupLoss}.
 *
 * <p>Deviation 1: groups whose rewards are all equal are left out of the updates and of their means (Yu et al. 2025, DAPO,
 * section 3.2), but no others are sampled in their place; {@code --no-skip-equal} counts them. Deviation 2: so are
 * completions that were cut off, where asked ({@code --mask-cut-off}); TRL counts them as completions without tokens.
 */
public final class Grpo implements AutoCloseable {
    private final Transformer policy;
    private final Rollouts rollouts;
    private final Config config;
    private final GroupLearning learning;

    /** Settings. */
    public record Config(
            @Knob(value = "16", help = "updates of sampling, scoring and learning") int steps,
            @Knob(value = "16", help = "prompts a step") int prompts,
            @Knob(value = "8", help = "completions a prompt, its group; Shao et al. 2024: 64") int completions,
            @Knob(value = "1", help = "passes over a step's completions") int epochs,
            @Knob(value = "4", help = "optimizer updates a pass") int minibatches,
            @Knob(value = "0.0003", help = "peak learning rate; decays linearly to 0") double lr,
            @Knob(value = "0.1", help = "share of the steps that warm up") double warmup,
            @Knob(value = "group", help = "whose deviation the distance from the group's mean is measured in, or none")
                    GroupAdvantages.Scale scale,
            GroupLoss objective,
            @Knob(value = "true", help = "leave out groups whose rewards are all equal") boolean skipEqual,
            @Knob(
                            value = "false",
                            help = "leave out completions that were cut off; their rewards still count in their groups")
                    boolean maskCutOff,
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
            Knobs.between("minibatches", minibatches, 1, (long) prompts * completions);
            Knobs.above("lr", lr, 0);
            Knobs.between("warmup", warmup, 0, 1);
            Knobs.above("max-grad-norm", maxGradNorm, 0);
            Knobs.atLeast("checkpoint-every", checkpointEvery, 1);
        }

        /** Whether a step has a single update, which alone need read what was sampled, unless entropies say what counts. */
        boolean once() {
            return epochs == 1 && minibatches == 1 && objective.topEntropy() == 1;
        }
    }

    /**
     * @param policy learns; starts as the reference
     * @param rollouts samples from {@code policy}
     */
    public Grpo(Transformer policy, Rollouts rollouts, List<Prompt> prompts, Config config, long seed) {
        this.policy = policy;
        this.rollouts = rollouts;
        this.config = config;
        this.learning = new GroupLearning("grpo", policy, rollouts, prompts, config, seed);
    }

    /** Trains to the last step. */
    public void train(RunDir dir, Steps.Watch watch) {
        learning.train(dir, this::step, watch);
    }

    /** One step; its number decides what it takes and draws. */
    public GroupMetrics step(long step) {
        List<Rollout> sampled = config.once() ? learning.sampleUnread(step) : learning.sample(step);
        float[] scores = config.scoresOf(sampled);
        float[] advantages =
                GroupAdvantages.orZero(GroupAdvantages.relative(scores, config.completions(), config.scale()));
        Completions seen = Completions.of(sampled, advantages).at(taught(sampled, scores, config));
        double lr = learning.lr(step);
        Tally tally = new Tally();
        for (List<int[]> pass : learning.passes(seen.count(), step)) {
            for (int[] minibatch : pass) {
                Completions update = seen.at(minibatch);
                learn(update, of(update, seen, pass.size()), lr, tally);
            }
        }
        return GroupMetrics.of(sampled, scores, scores, config.completions(), tally, lr);
    }

    /** The completions that there is something to learn from, in their order. */
    static int[] taught(List<Rollout> sampled, float[] scores, Config config) {
        boolean[] equal = GroupAdvantages.equal(scores, config.completions());
        return IntStream.range(0, scores.length)
                .filter(i -> !(config.skipEqual() && equal[i / config.completions()]))
                .filter(i -> !(config.maskCutOff() && !sampled.get(i).ended()))
                .toArray();
    }

    private GroupLoss.Update of(Completions update, Completions taught, int updates) {
        return new GroupLoss.Update(
                update.count(),
                update.spans().tokens(),
                (double) taught.spans().tokens() / updates,
                rollouts.maxTokens(),
                config.objective().leastEntropy(update));
    }

    private void learn(Completions completions, GroupLoss.Update update, double lr, Tally tally) {
        List<Completions> parts = completions.parts(policy.torch());
        float[][] now = new float[parts.size()][];
        double loss = learning.learner().accumulate(parts.size(), (scope, i) -> {
            NDArray logProbs = policy.logProbs(scope, parts.get(i).batch(), rollouts.temperature());
            now[i] = logProbs.toFloatArray();
            return config.objective().of(logProbs, drawn(parts.get(i), now[i]), update);
        });
        for (int i = 0; i < now.length; i++) {
            Completions part = drawn(parts.get(i), now[i]);
            tally.ratios(
                    now[i], Completions.flat(part.old()), config.objective().clip());
            config.objective().tally(now[i], part, tally.clips());
        }
        tally.policy(loss, learning.learner().step(lr));
    }

    /** With π_old: in a step's only update it is π itself. */
    private Completions drawn(Completions part, float[] now) {
        return config.once() ? part.drawnAt(now) : part;
    }

    @Override
    public void close() {
        learning.close();
    }
}

package dev.heed.train;

import dev.heed.feedback.Prompt;
import dev.heed.model.Transformer;
import dev.heed.run.Draws;
import dev.heed.run.RunDir;
import dev.heed.tensor.Learner;
import dev.heed.tensor.Schedule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.LongStream;

/**
 * What methods share that write several completions of each prompt and learn from those: which prompts are next, what is
 * sampled, how a step's lessons fall into updates, and what a checkpoint holds. Everything depends on the number of the step
 * alone.
 */
final class GroupLearning implements Steps.State, AutoCloseable {
    private final String method;
    private final Transformer policy;
    private final Rollouts rollouts;
    private final List<Prompt> prompts;
    private final Grouped config;
    private final long seed;
    private final Passes passes;
    private final Learner learner;
    private final Schedule schedule;

    /**
     * @param method names the run's stage and its draws
     * @param policy learns; starts as the reference
     * @param rollouts samples from {@code policy}
     */
    GroupLearning(
            String method, Transformer policy, Rollouts rollouts, List<Prompt> prompts, Grouped config, long seed) {
        this.method = method;
        this.policy = policy;
        this.rollouts = rollouts;
        this.prompts = prompts;
        this.config = config;
        this.seed = seed;
        this.passes = new Passes(prompts.size(), seed, method);
        this.learner = Learning.learner(policy, 0, config.maxGradNorm());
        this.schedule = Learning.schedule(Schedule.Decay.LINEAR, config.lr(), config.steps(), config.warmup(), 0);
    }

    /** Trains to the last step. */
    void train(RunDir dir, LongFunction<? extends Steps.Report> step, Steps.Watch watch) {
        new Steps(dir, method, config.steps(), config.checkpointEvery()).run(this, step, watch);
    }

    /** The completions of a step, those of a prompt beside each other. */
    List<Rollout> sample(long step) {
        return rollouts.of(asked(step), step);
    }

    /** The same, which the policy does not read, see {@link Rollouts#unread}. */
    List<Rollout> sampleUnread(long step) {
        return rollouts.unread(asked(step), step);
    }

    private List<Prompt> asked(long step) {
        return passes.groups(prompts, step, config.prompts(), config.completions());
    }

    /**
     * A step's passes, each cut into minibatches of numbers in [0, count), in an order of its own.
     *
     * @param count things to learn from
     */
    List<List<int[]>> passes(int count, long step) {
        return LongStream.range(0, config.epochs())
                .mapToObj(epoch ->
                        Draws.permutation(count, seed, method + "-minibatches", step * config.epochs() + epoch))
                .map(order -> Passes.cut(order, config.minibatches()))
                .toList();
    }

    double lr(long step) {
        return schedule.at(step);
    }

    Learner learner() {
        return learner;
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
}

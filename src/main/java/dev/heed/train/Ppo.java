package dev.heed.train;

import dev.heed.eval.Divergence;
import dev.heed.feedback.Prompt;
import dev.heed.model.Forward;
import dev.heed.model.RewardModel;
import dev.heed.model.Transformer;
import dev.heed.run.Draws;
import dev.heed.run.Json;
import dev.heed.run.Knob;
import dev.heed.run.Knobs;
import dev.heed.run.RunDir;
import dev.heed.run.UserError;
import dev.heed.tensor.Schedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Proximal policy optimisation against a reward model (Schulman et al. 2017, equation 7; Ziegler et al. 2019, section 2.1;
 * Stiennon et al. 2020, section 3.4).
 *
 * <p>Deviation 1: the score stands on the last token, as in InstructGPT, not one position behind it, as in TRL.
 * Deviation 2: policy and critic are two networks with an optimizer each, so there is no value coefficient, unless they
 * share a trunk ({@code --critic=shared}). Deviation 3: a completion without an end has the missing-EOS score instead of its
 * own (Huang et al. 2024), not its own less a penalty, as in TRL. Deviation 4: the penalty is k1, for the gradient of k3 in a
 * reward is not that of the KL.
 */
public final class Ppo implements Steps.State, AutoCloseable {
    private static final String KL_FILE = "kl.json";

    private final ActorCritic networks;
    private final Rollouts rollouts;
    private final List<Prompt> prompts;
    private final Config config;
    private final long seed;
    private final Passes passes;
    private final Schedule schedule;
    private KlControl kl;
    private Optional<String> end = Optional.empty();

    /** Settings. */
    public record Config(
            @Knob(value = "16", help = "updates of sampling, scoring and learning") int steps,
            @Knob(value = "128", help = "completions a step") int batch,
            @Knob(value = "1", help = "passes over a step's completions; Schulman et al. 2017 use 3 to 15") int epochs,
            @Knob(value = "4", help = "optimizer updates a pass") int minibatches,
            @Knob(value = "0.0003", help = "peak learning rate of the policy; decays linearly to 0") double lr,
            @Knob(value = "0.001", help = "peak learning rate of the critic") double criticLr,
            @Knob(value = "0.1", help = "share of the steps that warm up") double warmup,
            @Knob(value = "1.0", help = "discount of later rewards; Ziegler et al. 2019") double gamma,
            @Knob(value = "0.95", help = "lambda of the advantage estimate; Ziegler et al. 2019") double lambda,
            @Knob(value = "0.2", help = "how far a probability ratio may move and still earn") double clip,
            @Knob(
                            value = "0.0",
                            help =
                                    "times its advantage, the most that a bad token's loss may be however likely it has become, 0 for any; Ye et al. 2020: 3")
                    double dualClip,
            @Knob(value = "0.2", help = "how far a value may move in one step") double valueClip,
            @Knob(
                            value = "0.15",
                            help = "weight of KL(policy || reference) in a token's reward, per nat; Ziegler et al.")
                    double klCoef,
            @Knob(
                            value = "2.0",
                            help =
                                    "nats a completion that the weight steers to, 0 for a fixed weight; Ziegler et al.: 6")
                    double klTarget,
            @Knob(value = "0.5", help = "horizon of that control, as a share of all completions; Ziegler et al.: 0.01")
                    double klHorizon,
            @Knob(value = "0.0", help = "nats a completion at which the run ends, whatever steps are left; 0 for any")
                    double klBudget,
            @Knob(value = "false", help = "rescale rewards to variance 1 in each step") boolean whitenRewards,
            @Knob(
                            value = "-2.0",
                            help =
                                    "the score of a completion that does not end, in standard deviations; NaN: as if it ended there")
                    double missingEosScore,
            @Knob(value = "0.0", help = "what each token of a completion costs, in standard deviations of the score")
                    double lengthPenalty,
            @Knob(
                            value = "separate",
                            help =
                                    "who foresees the reward: a network of its own that starts as the reward model, or a second head on the policy's trunk")
                    Critic critic,
            @Knob(value = "0.1", help = "weight of the value loss where trunk and updates are shared; Ziegler et al.")
                    double valueCoef,
            @Knob("ptx") Ptx.Mix ptx,
            @Knob(value = "1.0", help = "largest gradient norm") double maxGradNorm,
            @Knob(value = "10", help = "steps between checkpoints") int checkpointEvery)
            implements Online {
        public Config {
            Knobs.atLeast("steps", steps, 1);
            Knobs.atLeast("batch", batch, 2);
            Knobs.atLeast("epochs", epochs, 1);
            Knobs.between("minibatches", minibatches, 1, batch);
            Knobs.above("lr", lr, 0);
            Knobs.above("critic-lr", criticLr, 0);
            Knobs.between("gamma", gamma, 0, 1);
            Knobs.between("lambda", lambda, 0, 1);
            Knobs.between("clip", clip, 0.001, 0.999);
            Knobs.above("value-clip", valueClip, 0);
            if (dualClip != 0 && !(dualClip > 1 + clip)) {
                throw new UserError(
                        "--dual-clip must be 0, or above 1 + --clip = %s, was %s".formatted(1 + clip, dualClip));
            }
            Knobs.atLeast("kl-coef", klCoef, 0);
            Knobs.atLeast("kl-target", klTarget, 0);
            Knobs.above("kl-horizon", klHorizon, 0);
            Knobs.atLeast("kl-budget", klBudget, 0);
            Knobs.atLeast("length-penalty", lengthPenalty, 0);
            Knobs.above("value-coef", valueCoef, 0);
        }

        /** The same with other text mixed in. */
        public Config mixing(Ptx.Mix other) {
            return new Config(
                    steps,
                    batch,
                    epochs,
                    minibatches,
                    lr,
                    criticLr,
                    warmup,
                    gamma,
                    lambda,
                    clip,
                    dualClip,
                    valueClip,
                    klCoef,
                    klTarget,
                    klHorizon,
                    klBudget,
                    whitenRewards,
                    missingEosScore,
                    lengthPenalty,
                    critic,
                    valueCoef,
                    other,
                    maxGradNorm,
                    checkpointEvery);
        }

        @Override
        public long sampled() {
            return (long) steps * batch;
        }

        /** What a completion is worth before its distance from the reference counts. */
        double worthOf(Rollout rollout) {
            return scoreOf(rollout) - lengthPenalty * rollout.length();
        }

        boolean spends(double nats) {
            return klBudget != 0 && nats >= klBudget;
        }

        KlControl kl() {
            return klTarget == 0
                    ? new KlControl.Fixed(klCoef)
                    : new KlControl.Adaptive(klCoef, klTarget, klHorizon * steps * batch);
        }
    }

    /** Who foresees what is still to come. */
    public enum Critic {
        /** A network of its own, with an optimizer of its own. */
        SEPARATE,
        /** A second head on the policy's trunk; both losses add up. */
        SHARED
    }

    /**
     * @param networks learn, and are closed with this; the policy starts as the reference
     * @param rollouts samples from that policy
     */
    public Ppo(ActorCritic networks, Rollouts rollouts, List<Prompt> prompts, Config config, long seed) {
        this.networks = networks;
        this.rollouts = rollouts;
        this.prompts = prompts;
        this.config = config;
        this.seed = seed;
        this.passes = new Passes(prompts.size(), seed, "ppo");
        this.schedule = Learning.schedule(Schedule.Decay.LINEAR, 1, config.steps(), config.warmup(), 0);
        this.kl = config.kl();
    }

    /**
     * With a critic of its own, and nothing but the reward to learn from.
     *
     * @param critic starts as a copy of the reward model
     */
    public Ppo(
            Transformer policy, RewardModel critic, Rollouts rollouts, List<Prompt> prompts, Config config, long seed) {
        this(
                new TwoNetworks(policy, critic, config, rollouts.temperature(), Beside.NOTHING),
                rollouts,
                prompts,
                config,
                seed);
    }

    /**
     * Trains to the last step, or until the KL budget is spent.
     *
     * @return that it is spent; empty if it is not
     */
    public Optional<String> train(RunDir dir, Steps.Watch watch) {
        return new Steps(dir, "ppo", config.steps(), config.checkpointEvery()).run(this, this::step, watch);
    }

    /** One step; its number decides what it takes and draws. */
    public PpoMetrics step(long step) {
        List<Prompt> asked = Arrays.stream(passes.batch(step, config.batch()))
                .mapToObj(prompts::get)
                .toList();
        List<Rollout> sampled = rollouts.of(asked, step);
        Experience seen = experience(sampled);
        double rate = schedule.at(step);
        double strayed = Divergence.mean(
                        sampled.stream().map(Rollout::divergence).toList())
                .k1();
        Tally tally = new Tally();
        if (config.spends(strayed)) {
            end = Optional.of(String.format(
                    Locale.ROOT,
                    "KL of %.1f nats at step %d of %d: --kl-budget of %s is spent",
                    strayed,
                    step + 1,
                    config.steps(),
                    config.klBudget()));
        } else {
            learn(seen, step, rate, tally);
        }
        PpoMetrics metrics = PpoMetrics.of(sampled, seen, tally, kl.coefficient(), config, config.lr() * rate);
        kl = kl.after(metrics.kl(), sampled.size());
        return metrics;
    }

    /** What it would learn from completions now. */
    public Experience experience(List<Rollout> sampled) {
        return Experience.of(sampled, networks.values(rows(sampled)), kl.coefficient(), config);
    }

    @Override
    public Optional<String> end() {
        return end;
    }

    private void learn(Experience seen, long step, double rate, Tally tally) {
        long update = step * config.epochs() * config.minibatches();
        for (int epoch = 0; epoch < config.epochs(); epoch++) {
            for (int[] minibatch : minibatches(step, epoch)) {
                networks.learn(seen, minibatch, new ActorCritic.Update(update++, rate, tally));
            }
        }
    }

    private static Forward.Rows rows(List<Rollout> sampled) {
        return new Forward.Rows(
                sampled.stream().map(Rollout::row).toList(),
                sampled.stream().mapToInt(Rollout::from).toArray());
    }

    private List<int[]> minibatches(long step, int epoch) {
        int[] order = Draws.permutation(config.batch(), seed, "ppo-minibatches", step * config.epochs() + epoch);
        return Passes.cut(order, config.minibatches());
    }

    @Override
    public void saveTo(Path folder) throws IOException {
        networks.saveTo(folder);
        Json.write(folder.resolve(KL_FILE), kl.coefficient());
    }

    @Override
    public void loadFrom(Path folder) throws IOException {
        networks.loadFrom(folder);
        kl = config.kl().with(Json.mapper().readValue(Files.readAllBytes(folder.resolve(KL_FILE)), Double.class));
    }

    @Override
    public void close() {
        networks.close();
    }
}

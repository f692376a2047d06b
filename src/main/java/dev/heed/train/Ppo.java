package dev.heed.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import dev.heed.feedback.Prompt;
import dev.heed.model.Batch;
import dev.heed.model.Forward;
import dev.heed.model.RewardModel;
import dev.heed.model.Transformer;
import dev.heed.run.Draws;
import dev.heed.run.Json;
import dev.heed.run.Knob;
import dev.heed.run.Knobs;
import dev.heed.run.RunDir;
import dev.heed.tensor.Learner;
import dev.heed.tensor.Scaled;
import dev.heed.tensor.Schedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Proximal policy optimisation against a reward model (Schulman et al. 2017, equation 7; Ziegler et al. 2019, section 2.1;
 * Stiennon et al. 2020, section 3.4).
 *
 * <p>Deviation 1: the score stands on the last token, as in InstructGPT, not one position behind it, as in TRL.
 * Deviation 2: policy and critic are two networks with an optimizer each, so there is no value coefficient.
 */
public final class Ppo implements Steps.State, AutoCloseable {
    private static final String KL_FILE = "kl.json";

    private final Transformer policy;
    private final RewardModel critic;
    private final Rollouts rollouts;
    private final List<Prompt> prompts;
    private final Config config;
    private final long seed;
    private final Passes passes;
    private final Learner policyLearner;
    private final Learner criticLearner;
    private final Schedule schedule;
    private KlControl kl;

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
            @Knob(value = "false", help = "rescale rewards to variance 1 in each step") boolean whitenRewards,
            @Knob(
                            value = "-2.0",
                            help =
                                    "the score of a completion that does not end, in standard deviations; NaN: as if it ended there")
                    double missingEosScore,
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
            Knobs.atLeast("kl-coef", klCoef, 0);
            Knobs.atLeast("kl-target", klTarget, 0);
            Knobs.above("kl-horizon", klHorizon, 0);
        }

        KlControl kl() {
            return klTarget == 0
                    ? new KlControl.Fixed(klCoef)
                    : new KlControl.Adaptive(klCoef, klTarget, klHorizon * steps * batch);
        }
    }

    /**
     * What a step reports. Means over completions, or over real tokens where a token has the quantity.
     *
     * @param loss policy and value loss together
     * @param score the reward model's, in standard deviations from the reference's mean
     * @param reward score less the KL penalty
     * @param kl k1 estimate of KL(policy ‖ reference), nats a completion
     * @param klK3 k3 estimate of the same
     * @param ratio mean of π/π_old over all minibatches; near 1
     * @param firstRatioError largest |π/π_old − 1| before the first update of the step; 0 but for rounding
     * @param approxkl ½·mean((log π − log π_old)²), nats
     * @param clipfrac share of tokens whose ratio left the clip range
     * @param entropy of the sampling distribution, nats a token
     * @param length tokens a completion
     * @param eosRate share of completions that ended by themselves
     */
    public record Metrics(
            double loss,
            double policyLoss,
            double valueLoss,
            double score,
            double reward,
            double kl,
            double klK3,
            double klCoef,
            double ratio,
            double firstRatioError,
            double approxkl,
            double clipfrac,
            double entropy,
            double explainedVariance,
            double length,
            double eosRate,
            double gradNorm,
            double valueGradNorm,
            double lr)
            implements Steps.Report {
        @Override
        public String note() {
            return String.format(
                    Locale.ROOT, "score %+.2f  KL %.1f  entropy %.2f  ends %.0f %%", score, kl, entropy, 100 * eosRate);
        }
    }

    /**
     * @param policy learns; starts as the reference
     * @param critic estimates what is still to come; starts as a copy of the reward model
     * @param rollouts samples from {@code policy}
     */
    public Ppo(
            Transformer policy, RewardModel critic, Rollouts rollouts, List<Prompt> prompts, Config config, long seed) {
        this.policy = policy;
        this.critic = critic;
        this.rollouts = rollouts;
        this.prompts = prompts;
        this.config = config;
        this.seed = seed;
        this.passes = new Passes(prompts.size(), seed, "ppo");
        this.policyLearner = Learning.learner(policy, 0, config.maxGradNorm());
        this.criticLearner = Learning.learner(critic.model(), 0, config.maxGradNorm());
        this.schedule = Learning.schedule(Schedule.Decay.LINEAR, 1, config.steps(), config.warmup(), 0);
        this.kl = config.kl();
    }

    /** Trains to the last step. */
    public void train(RunDir dir, Steps.Watch watch) {
        new Steps(dir, "ppo", config.steps(), config.checkpointEvery()).run(this, this::step, watch);
    }

    /** One step; its number decides what it takes and draws. */
    public Metrics step(long step) {
        List<Prompt> asked = Arrays.stream(passes.batch(step, config.batch()))
                .mapToObj(prompts::get)
                .toList();
        List<Rollout> sampled = rollouts.of(asked, step);
        Experience seen = Experience.of(sampled, values(sampled), kl.coefficient(), config);
        double rate = schedule.at(step);
        Tally tally = new Tally();
        for (int epoch = 0; epoch < config.epochs(); epoch++) {
            for (int[] minibatch : minibatches(step, epoch)) {
                learnPolicy(seen, minibatch, config.lr() * rate, tally);
                learnValues(seen, minibatch, config.criticLr() * rate, tally);
            }
        }
        Metrics metrics = metrics(sampled, seen, tally, config.lr() * rate);
        kl = kl.after(metrics.kl(), sampled.size());
        return metrics;
    }

    private float[][] values(List<Rollout> sampled) {
        Forward.Rows rows = new Forward.Rows(
                sampled.stream().map(Rollout::row).toList(),
                sampled.stream().mapToInt(Rollout::from).toArray());
        float[][] values = Forward.values(critic.model(), rows);
        for (float[] row : values) {
            for (int t = 0; t < row.length; t++) {
                row[t] = (float)
                        ((row[t] - critic.scale().mean()) / critic.scale().std());
            }
        }
        return values;
    }

    private List<int[]> minibatches(long step, int epoch) {
        int[] order = Draws.permutation(config.batch(), seed, "ppo-minibatches", step * config.epochs() + epoch);
        return Passes.cut(order, config.minibatches());
    }

    private void learnPolicy(Experience seen, int[] minibatch, double lr, Tally tally) {
        int tokens = Experience.flat(seen.logProbs(), minibatch).length;
        double loss = 0;
        for (int[] group : groups(seen, minibatch)) {
            float[] old = Experience.flat(seen.logProbs(), group);
            float[] advantages = Experience.flat(seen.advantages(), group);
            Batch batch = seen.rows().batch(group);
            loss += policyLearner.accumulate(scope -> {
                NDArray logProbs = policy.logProbs(scope, batch, rollouts.temperature());
                tally.ratios(logProbs.toFloatArray(), old, config.clip());
                NDArray losses = policyLoss(logProbs, scope.create(old), scope.create(advantages), config.clip());
                return Scaled.over(losses.sum(), tokens);
            });
        }
        tally.policy(loss, policyLearner.step(lr));
    }

    private void learnValues(Experience seen, int[] minibatch, double lr, Tally tally) {
        int tokens = Experience.flat(seen.returns(), minibatch).length;
        double loss = 0;
        for (int[] group : groups(seen, minibatch)) {
            float[] old = Experience.flat(seen.values(), group);
            float[] returns = Experience.flat(seen.returns(), group);
            Batch batch = seen.rows().batch(group);
            loss += criticLearner.accumulate(scope -> {
                NDArray raw =
                        critic.model().values(scope, batch).sub(critic.scale().mean());
                NDArray values = Scaled.over(raw, critic.scale().std());
                NDArray losses = valueLoss(values, scope.create(old), scope.create(returns), config.valueClip());
                return Scaled.over(losses.sum(), tokens);
            });
        }
        tally.value(loss, criticLearner.step(lr));
    }

    private static List<int[]> groups(Experience seen, int[] minibatch) {
        List<int[]> rows =
                Arrays.stream(minibatch).mapToObj(seen.rows().ids()::get).toList();
        return Forward.groups(rows, Forward.MAX_TOKENS).stream()
                .map(group -> Arrays.stream(group).map(i -> minibatch[i]).toArray())
                .toList();
    }

    /**
     * The clipped surrogate of each token, max(−A·ρ, −A·clip(ρ, 1 − ε, 1 + ε)) with ρ = π/π_old.
     *
     * @param logProbs (N), log π; the gradient flows through it
     * @param old (N), log π_old
     * @param advantages (N), whitened
     * @return (N)
     */
    static NDArray policyLoss(NDArray logProbs, NDArray old, NDArray advantages, double clip) {
        NDArray ratio = logProbs.sub(old).exp();
        NDArray gain = advantages.neg();
        return NDArrays.maximum(gain.mul(ratio), gain.mul(ratio.clip(1 - clip, 1 + clip)));
    }

    /**
     * Half the squared error of each value, clipped so that it cannot run away from what it was: ½·max((V − R)², (V_clip −
     * R)²).
     *
     * @param values (N), the critic's now; the gradient flows through it
     * @param old (N), the critic's when the completions were sampled
     * @param returns (N)
     * @return (N)
     */
    static NDArray valueLoss(NDArray values, NDArray old, NDArray returns, double clip) {
        NDArray low = old.sub(clip);
        NDArray high = old.add(clip);
        NDArray clipped = NDArrays.minimum(NDArrays.maximum(values, low), high);
        NDArray worse = NDArrays.maximum(
                values.sub(returns).square(), clipped.sub(returns).square());
        return Scaled.times(worse, 0.5);
    }

    private Metrics metrics(List<Rollout> sampled, Experience seen, Tally tally, double lr) {
        double score = mean(sampled, config::scoreOf);
        double klNow = mean(sampled, r -> r.divergence().k1());
        double tokens = sampled.stream().mapToInt(Rollout::length).sum();
        double entropy = 0;
        for (Rollout rollout : sampled) {
            for (float h : rollout.entropy()) {
                entropy += h;
            }
        }
        return new Metrics(
                tally.policyLoss() + tally.valueLoss(),
                tally.policyLoss(),
                tally.valueLoss(),
                score,
                score - kl.coefficient() * klNow,
                klNow,
                mean(sampled, r -> r.divergence().k3()),
                kl.coefficient(),
                tally.ratio(),
                tally.firstRatioError(),
                tally.approxkl(),
                tally.clipfrac(),
                entropy / tokens,
                seen.explainedVariance(),
                tokens / sampled.size(),
                mean(sampled, r -> r.ended() ? 1 : 0),
                tally.gradNorm(),
                tally.valueGradNorm(),
                lr);
    }

    private static double mean(List<Rollout> sampled, java.util.function.ToDoubleFunction<Rollout> of) {
        return sampled.stream().mapToDouble(of).average().orElseThrow();
    }

    @Override
    public void saveTo(Path folder) throws IOException {
        Learning.save(folder, "policy", policy, policyLearner);
        Learning.save(folder, "critic", critic.model(), criticLearner);
        Json.write(folder.resolve(KL_FILE), kl.coefficient());
    }

    @Override
    public void loadFrom(Path folder) throws IOException {
        Learning.load(folder, "policy", policy, policyLearner);
        Learning.load(folder, "critic", critic.model(), criticLearner);
        kl = config.kl().with(Json.mapper().readValue(Files.readAllBytes(folder.resolve(KL_FILE)), Double.class));
    }

    @Override
    public void close() {
        policyLearner.close();
        criticLearner.close();
    }
}

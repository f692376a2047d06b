package dev.heed.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.heed.model.Forward;
import dev.heed.model.RewardModel;
import dev.heed.model.Transformer;
import dev.heed.tensor.Learner;
import dev.heed.tensor.Scaled;
import dev.heed.train.Experience.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Policy and critic apart, each with an optimizer: neither loss can harm the other, at the price of a second network. */
public final class TwoNetworks implements ActorCritic {
    private final Transformer policy;
    private final RewardModel critic;
    private final Ppo.Config config;
    private final double temperature;
    private final Beside beside;
    private final Learner policyLearner;
    private final Learner criticLearner;

    /**
     * @param critic says standard deviations of the score by its own scale
     * @param temperature at which completions are drawn
     */
    public TwoNetworks(Transformer policy, RewardModel critic, Ppo.Config config, double temperature, Beside beside) {
        this.policy = policy;
        this.critic = critic;
        this.config = config;
        this.temperature = temperature;
        this.beside = beside;
        this.policyLearner = Learning.learner(policy, 0, config.maxGradNorm());
        this.criticLearner = Learning.learner(critic.model(), 0, config.maxGradNorm());
    }

    @Override
    public float[][] values(Forward.Rows rows) {
        float[][] values = Forward.values(critic.model(), rows);
        for (float[] row : values) {
            for (int t = 0; t < row.length; t++) {
                row[t] = (float)
                        ((row[t] - critic.scale().mean()) / critic.scale().std());
            }
        }
        return values;
    }

    @Override
    public void learn(Experience seen, int[] minibatch, Update update) {
        learnPolicy(seen, minibatch, update);
        learnValues(seen, minibatch, update);
    }

    private void learnPolicy(Experience seen, int[] minibatch, Update update) {
        int tokens = seen.tokens(minibatch);
        List<Part> parts = seen.parts(policy.torch(), minibatch);
        float[][] now = new float[parts.size()][];
        double loss = policyLearner.accumulate(parts.size(), (scope, i) -> {
            NDArray logProbs = policy.logProbs(scope, parts.get(i).batch(), temperature);
            now[i] = logProbs.toFloatArray();
            return Scaled.over(parts.get(i).policyLosses(logProbs, config).sum(), tokens);
        });
        for (int i = 0; i < now.length; i++) {
            update.tally().ratios(now[i], parts.get(i).logProbs(), config.clip());
        }
        beside.accumulate(policyLearner, update);
        update.tally().policy(loss, policyLearner.step(config.lr() * update.rate()));
    }

    private void learnValues(Experience seen, int[] minibatch, Update update) {
        int tokens = seen.tokens(minibatch);
        List<Part> parts = seen.parts(policy.torch(), minibatch);
        double loss = criticLearner.accumulate(parts.size(), (scope, i) -> {
            NDArray values = values(scope, parts.get(i));
            return Scaled.over(parts.get(i).valueLosses(values, config).sum(), tokens);
        });
        update.tally().value(loss, criticLearner.step(config.criticLr() * update.rate()));
    }

    private NDArray values(NDManager scope, Part part) {
        NDArray raw =
                critic.model().values(scope, part.batch()).sub(critic.scale().mean());
        return Scaled.over(raw, critic.scale().std());
    }

    @Override
    public void saveTo(Path folder) throws IOException {
        Learning.save(folder, "policy", policy, policyLearner);
        Learning.save(folder, "critic", critic.model(), criticLearner);
    }

    @Override
    public void loadFrom(Path folder) throws IOException {
        Learning.load(folder, "policy", policy, policyLearner);
        Learning.load(folder, "critic", critic.model(), criticLearner);
    }

    @Override
    public void close() {
        policyLearner.close();
        criticLearner.close();
    }
}

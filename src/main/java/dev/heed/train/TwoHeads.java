package dev.heed.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.heed.model.Forward;
import dev.heed.model.Transformer;
import dev.heed.tensor.Learner;
import dev.heed.tensor.Parameters;
import dev.heed.tensor.Safetensors;
import dev.heed.tensor.Scaled;
import dev.heed.train.Experience.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A policy whose trunk has a second head, for values: the loss is the policy's + c·the value's, in one pass (Ziegler et al.
 * 2019). The head begins by saying 0, what the reference scores on average. It costs no second network, and the value loss
 * moves the policy's trunk.
 *
 * <p>Deviation 1: the head has an optimizer of its own with the critic's learning rate, so that gradients are clipped apart.
 */
public final class TwoHeads implements ActorCritic {
    private static final String CRITIC = "critic";
    private static final String FILE = "head.safetensors";
    private static final String WEIGHT = "weight";

    private final Transformer policy;
    private final Ppo.Config config;
    private final double temperature;
    private final Beside beside;
    private final Parameters parameters;
    private final NDArray head;
    private final Learner policyLearner;
    private final Learner headLearner;

    /** @param temperature at which completions are drawn */
    public TwoHeads(Transformer policy, Ppo.Config config, double temperature, Beside beside) {
        this.policy = policy;
        this.config = config;
        this.temperature = temperature;
        this.beside = beside;
        NDManager manager = policy.torch().manager();
        parameters = new Parameters(manager);
        head = parameters.add(WEIGHT, manager.zeros(new Shape(1, policy.config().width())));
        policyLearner = Learning.learner(policy, 0, config.maxGradNorm());
        headLearner = Learning.learner(policy.torch(), parameters, 0, config.maxGradNorm());
    }

    @Override
    public float[][] values(Forward.Rows rows) {
        return Forward.values(policy, rows, head);
    }

    @Override
    public void learn(Experience seen, int[] minibatch, Update update) {
        int tokens = seen.tokens(minibatch);
        List<Part> parts = seen.parts(policy.torch(), minibatch);
        float[][] now = new float[parts.size()][];
        double[] policyLosses = new double[parts.size()];
        double[] valueLosses = new double[parts.size()];
        Learner.Parts loss = (scope, i) -> {
            Part part = parts.get(i);
            NDArray[] said = policy.logProbsAndValues(scope, part.batch(), temperature, head);
            NDArray policyLoss = Scaled.over(part.policyLosses(said[0], config).sum(), tokens);
            NDArray valueLoss = Scaled.over(part.valueLosses(said[1], config).sum(), tokens);
            now[i] = said[0].toFloatArray();
            policyLosses[i] = policyLoss.getFloat();
            valueLosses[i] = valueLoss.getFloat();
            return policyLoss.add(Scaled.times(valueLoss, config.valueCoef()));
        };
        policyLearner.accumulate(parts.size(), loss, headLearner);
        for (int i = 0; i < now.length; i++) {
            update.tally().ratios(now[i], parts.get(i).logProbs(), config.clip());
        }
        beside.accumulate(policyLearner, update);
        update.tally().policy(Arrays.stream(policyLosses).sum(), policyLearner.step(config.lr() * update.rate()));
        update.tally().value(Arrays.stream(valueLosses).sum(), headLearner.step(config.criticLr() * update.rate()));
    }

    @Override
    public void saveTo(Path folder) throws IOException {
        Learning.save(folder, "policy", policy, policyLearner);
        Path critic = Files.createDirectories(folder.resolve(CRITIC));
        Safetensors.write(critic.resolve(FILE), Map.of(WEIGHT, head));
        headLearner.saveTo(critic);
    }

    @Override
    public void loadFrom(Path folder) throws IOException {
        Learning.load(folder, "policy", policy, policyLearner);
        Path critic = folder.resolve(CRITIC);
        try (Safetensors saved = Safetensors.open(critic.resolve(FILE))) {
            saved.expect(WEIGHT, head.getShape()).into(policy.torch(), head);
        }
        parameters.changed();
        headLearner.loadFrom(critic);
    }

    @Override
    public void close() {
        policyLearner.close();
        headLearner.close();
        parameters.close();
    }
}

package dev.heed.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.heed.model.Batch;
import dev.heed.model.Forward;
import dev.heed.model.Parametrisation;
import dev.heed.model.Transformer;
import dev.heed.tensor.AdamW;
import dev.heed.tensor.Learner;
import dev.heed.tensor.Parameters;
import dev.heed.tensor.Scaled;
import dev.heed.tensor.Schedule;
import dev.heed.tensor.Torch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** A model and its optimizer, as all algorithms make, save and load them. */
final class Learning {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.95;
    private static final double EPSILON = 1e-8;

    private Learning() {}

    static Learner learner(Transformer model, double weightDecay, double maxGradNorm) {
        return learner(model.torch(), model.parameters(), weightDecay, maxGradNorm);
    }

    /** With a pace of its own for each kind of parameter. */
    static Learner learner(Transformer model, Parametrisation kind, double weightDecay, double maxGradNorm) {
        return new Learner(
                model.torch(),
                model.parameters(),
                new AdamW.Config(
                        BETA1,
                        BETA2,
                        EPSILON,
                        weightDecay,
                        maxGradNorm,
                        (name, shape) -> kind.pace(name, shape, model.config())));
    }

    static Learner learner(Torch torch, Parameters parameters, double weightDecay, double maxGradNorm) {
        return new Learner(torch, parameters, new AdamW.Config(BETA1, BETA2, EPSILON, weightDecay, maxGradNorm));
    }

    /** @param warmup share of the steps */
    static Schedule schedule(Schedule.Decay decay, double peak, long steps, double warmup, double floor) {
        return new Schedule(decay, peak, Math.round(warmup * steps), steps, floor);
    }

    /** Blocks of text in parts that are computed beside each other. */
    static List<Batch> parts(Transformer model, List<int[]> blocks) {
        return Forward.parts(model.torch(), blocks, Integer.MAX_VALUE).stream()
                .map(part ->
                        Batch.whole(IntStream.of(part).mapToObj(blocks::get).toArray(int[][]::new)))
                .toList();
    }

    /**
     * Next-token cross-entropy of a part of what is learned from: −log-probability of its counted tokens, nats; a scalar.
     *
     * @param tokens counted in all parts, over which the parts add up to a mean
     */
    static NDArray surprise(Transformer model, NDManager scope, Batch part, int tokens) {
        return Scaled.over(model.logProbs(scope, part, 1).sum().neg(), tokens);
    }

    static void save(Path folder, String name, Transformer model, Learner learner) throws IOException {
        model.saveLearned(folder.resolve(name));
        learner.saveTo(folder.resolve(name));
    }

    static void load(Path folder, String name, Transformer model, Learner learner) throws IOException {
        model.loadLearned(folder.resolve(name));
        learner.loadFrom(folder.resolve(name));
    }
}

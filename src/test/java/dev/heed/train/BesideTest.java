package dev.heed.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.heed.model.Batch;
import dev.heed.model.Head;
import dev.heed.model.Transformer;
import dev.heed.tensor.Learner;
import dev.heed.tensor.Parameters;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that learn beside each other, and parts of a step that do. */
class BesideTest {
    private static final int STEPS = 40;

    @TempDir
    Path folder;

    @Test
    void modelsThatLearnBesideEachOtherLearnWhatEachLearnsAlone() {
        try (Toy toy = new Toy(folder)) {
            double[][] alone = new double[2][];
            for (int model = 0; model < 2; model++) {
                int seed = model;
                Toy.TORCH.beside(List.of(() -> alone[seed] = learned(toy, seed)));
            }
            for (int round = 0; round < 3; round++) {
                double[][] beside = new double[2][];
                Toy.TORCH.beside(IntStream.range(0, 2)
                        .<Runnable>mapToObj(seed -> () -> beside[seed] = learned(toy, seed))
                        .toList());
                assertThat(beside[0]).containsExactly(alone[0]);
                assertThat(beside[1]).containsExactly(alone[1]);
            }
            assertThat(alone[0]).isNotEqualTo(alone[1]);
        }
    }

    /** The losses of all steps. */
    private static double[] learned(Toy toy, int seed) {
        double[] losses = new double[STEPS];
        try (Transformer model = Transformer.create(Toy.TORCH, toy.shape(), Head.LANGUAGE, seed);
                Pretrain pretrain = new Pretrain(
                        model, toy.blocks(), new Pretrain.Config(STEPS, 8, 24, .01, 0, 0, 1, STEPS), seed)) {
            for (int step = 0; step < STEPS; step++) {
                losses[step] = pretrain.step(step).loss();
            }
        }
        return losses;
    }

    @Test
    void gradientsOfPartsAddUpTheSameWhoeverIsFirst() {
        try (Toy toy = new Toy(folder)) {
            double[] first = learned(toy, 3);
            for (int round = 0; round < 3; round++) {
                assertThat(learned(toy, 3)).containsExactly(first);
            }
            List<Batch> parts = IntStream.range(0, 6)
                    .mapToObj(i -> Batch.whole(Arrays.copyOfRange(toy.blocks(), 3 * i, 3 * i + 3)))
                    .toList();
            float[] beside = gradient(toy, parts, true);
            assertThat(gradient(toy, parts, true)).containsExactly(beside);
            assertThat(beside).containsExactly(gradient(toy, parts, false), within(1e-6f));
        }
    }

    /** @param together given to the learner at once, or one after the other */
    private static float[] gradient(Toy toy, List<Batch> parts, boolean together) {
        try (Transformer model = Transformer.create(Toy.TORCH, toy.shape(), Head.LANGUAGE, 5);
                Learner learner = Learning.learner(model, 0, 0)) {
            if (together) {
                learner.accumulate(
                        parts.size(), (scope, part) -> Learning.surprise(model, scope, parts.get(part), 1000));
            } else {
                parts.forEach(part -> learner.accumulate(scope -> Learning.surprise(model, scope, part, 1000)));
            }
            try (NDArray gradient = model.parameters().all().get(0).getGradient()) {
                return gradient.toFloatArray();
            }
        }
    }

    @Test
    void whatElseALossReachesAddsUpTheSameToo() {
        try (Toy toy = new Toy(folder)) {
            List<Batch> parts = IntStream.range(0, 6)
                    .mapToObj(i -> Batch.whole(Arrays.copyOfRange(toy.blocks(), 3 * i, 3 * i + 3)))
                    .toList();
            float[] first = gradientOfHead(toy, parts);
            assertThat(first).isNotEqualTo(new float[first.length]);
            for (int round = 0; round < 5; round++) {
                assertThat(gradientOfHead(toy, parts)).containsExactly(first);
            }
        }
    }

    private static float[] gradientOfHead(Toy toy, List<Batch> parts) {
        try (Transformer model = Transformer.create(Toy.TORCH, toy.shape(), Head.LANGUAGE, 5);
                Parameters parameters = new Parameters(Toy.TORCH.manager())) {
            NDArray head = parameters.add(
                    "head", Toy.TORCH.manager().ones(new Shape(1, toy.shape().width())));
            try (Learner learner = Learning.learner(model, 0, 0);
                    Learner ofHead = Learning.learner(Toy.TORCH, parameters, 0, 0)) {
                Learner.Parts loss = (scope, part) -> model.logProbsAndValues(scope, parts.get(part), 1, head)[1]
                        .square()
                        .sum();
                learner.accumulate(parts.size(), loss, ofHead);
                try (NDArray gradient = head.getGradient()) {
                    return gradient.toFloatArray();
                }
            }
        }
    }
}

package dev.heed.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heed.model.Head;
import dev.heed.model.Transformer;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that learn at once, each on a thread of its own. */
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
}

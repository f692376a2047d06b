package dev.heed.scale;

import dev.heed.model.Head;
import dev.heed.model.Transformer;
import dev.heed.tensor.Torch;
import dev.heed.train.Pretrain;
import java.util.Arrays;
import java.util.stream.IntStream;

/** How long a step takes on this machine, by trying some. */
final class Pacing {
    private static final int WARM = 2;
    private static final int TIMED = 5;
    private static final double SLOW = 1e-6;

    private Pacing() {}

    /** Seconds that a step adds to the time of all. */
    static double secondsPerStep(Torch torch, Recipe recipe, Plan.Step step) {
        if (step.alone() || torch.threads() == 1) {
            return tried(torch, recipe, step);
        }
        double[] seconds = new double[torch.threads()];
        torch.beside(IntStream.range(0, seconds.length)
                .<Runnable>mapToObj(lane -> () -> seconds[lane] = tried(torch, recipe, step))
                .toList());
        return Arrays.stream(seconds).average().orElseThrow() / seconds.length;
    }

    /** Seconds of one step: the middle of a few. */
    private static double tried(Torch torch, Recipe recipe, Plan.Step step) {
        Recipe slow = recipe.at(recipe.parametrisation(), SLOW); // whatever the rate, the time is the same
        int[][] rows = new int[step.batch()][recipe.length() + 1];
        double[] seconds = new double[TIMED];
        try (Transformer model = Transformer.create(torch, recipe.model(step.width()), Head.LANGUAGE, 1);
                Pretrain pretrain = new Pretrain(model, rows, slow.training(WARM + TIMED, step.batch()), 1)) {
            for (int i = 0; i < WARM + TIMED; i++) {
                long start = System.nanoTime();
                pretrain.step(i);
                if (i >= WARM) {
                    seconds[i - WARM] = (System.nanoTime() - start) / 1e9;
                }
            }
        }
        Arrays.sort(seconds);
        return seconds[TIMED / 2];
    }
}

package dev.heed.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

class ScaledTest {
    private static final Torch TORCH = Torch.start(2, Precision.FP32);
    private static final AdamW.Config PLAIN = new AdamW.Config(.9, .99, 1e-8, 0, 0);

    @Test
    void theFactorIsThereForTheBackwardPassWhateverIsCollectedMeanwhile() {
        assertThat(slopes(Scaled::times)).containsOnly(8);
    }

    @Test
    void soIsTheDivisor() {
        assertThat(slopes(Scaled::over)).containsOnly(0.125f);
    }

    /** d sum(f(weight, 8)) / d weight, where garbage is collected between the passes and freed memory written over. */
    private static float[] slopes(BiFunction<NDArray, Double, NDArray> scaled) {
        float[] slopes = new float[5];
        try (Parameters parameters = new Parameters(TORCH.manager())) {
            NDArray weight = parameters.add("w", TORCH.manager().ones(new Shape(1)));
            try (Learner learner = new Learner(TORCH, parameters, PLAIN);
                    NDManager scope = TORCH.manager().newSubManager()) {
                for (int i = 0; i < slopes.length; i++) {
                    learner.accumulate(inner -> {
                        NDArray sum = weight.sum();
                        sum.attach(inner);
                        NDArray loss = scaled.apply(sum, 8.0);
                        overwriteWhatIsFree();
                        return loss;
                    });
                    NDArray gradient = weight.getGradient();
                    gradient.attach(scope);
                    slopes[i] = gradient.getFloat() - (i == 0 ? 0 : sum(slopes, i));
                }
            }
        }
        return slopes;
    }

    private static float sum(float[] values, int count) {
        float sum = 0;
        for (int i = 0; i < count; i++) {
            sum += values[i];
        }
        return sum;
    }

    private static void overwriteWhatIsFree() {
        for (int round = 0; round < 3; round++) {
            System.gc();
            for (int i = 0; i < 2000; i++) {
                ByteBuffer.allocateDirect(4).putFloat(0, 1e9f);
            }
        }
    }
}

package dev.heed.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.heed.run.Draws;
import dev.heed.tensor.Kernels.HeadGains;
import dev.heed.tensor.Kernels.Linear;
import dev.heed.tensor.Kernels.Norm;
import dev.heed.tensor.Kernels.Turns;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** The bf16 kernels against their float32 twins; bf16 keeps eight bits, so results differ by a percent of their size. */
class KernelsTest {
    private static final Torch TORCH = Torch.start(2, Precision.FP32);
    private static final Kernels KERNELS = TORCH.kernels();

    @Test
    void attentionInBf16IsThatOfTheFusedKernelForGroupedQueriesToo() {
        for (int groups : new int[] {4, 2, 1}) {
            sameInBothPrecisions(
                    in -> {
                        NDArray y = KERNELS.attention(in.get(0), in.get(1), in.get(2));
                        return KERNELS.linear(y, plain(y.getManager().eye(32))); // float32, whose numbers Java can read
                    },
                    new Shape(3, 4, 9, 8),
                    new Shape(3, groups, 9, 8),
                    new Shape(3, groups, 9, 8));
        }
    }

    @Test
    void headsInBf16AreThoseOfFloat32() {
        sameInBothPrecisions(
                in -> {
                    NDManager scope = in.get(0).getManager();
                    NDArray qkv = KERNELS.qkv(in.get(0), gain(in.get(1)), plain(in.get(2)), epsilon(in))
                            .reshape(2, 5, 64);
                    HeadGains none = new HeadGains(KERNELS.none(), KERNELS.none());
                    NDArray counts = scope.create(new long[] {4, 2});
                    NDList heads = KERNELS.heads(qkv, new Turns(in.get(3), in.get(4)), none, epsilon(in), counts);
                    NDArray y = KERNELS.attention(heads.get(0), heads.get(1), heads.get(2));
                    return KERNELS.linear(y, plain(scope.eye(32)));
                },
                new Shape(10, 16),
                new Shape(16),
                new Shape(64, 16),
                new Shape(7, 8),
                new Shape(7, 8));
    }

    @Test
    void linearInBf16IsThatOfFloat32() {
        sameInBothPrecisions(in -> KERNELS.linear(in.get(0), plain(in.get(1))), new Shape(5, 16), new Shape(12, 16));
    }

    @Test
    void normLinearInBf16IsThatOfFloat32() {
        sameInBothPrecisions(
                in -> KERNELS.normLinear(in.get(0), gain(in.get(1)), plain(in.get(2)), epsilon(in)),
                new Shape(5, 16),
                new Shape(16),
                new Shape(12, 16));
    }

    @Test
    void normLinearWithShiftAndBiasInBf16IsThatOfFloat32() {
        sameInBothPrecisions(
                in -> KERNELS.normLinear(
                        in.get(0), new Norm(in.get(1), in.get(2)), new Linear(in.get(3), in.get(4)), epsilon(in)),
                new Shape(5, 16),
                new Shape(16),
                new Shape(16),
                new Shape(12, 16),
                new Shape(12));
    }

    @Test
    void feedForwardInBf16IsThatOfFloat32ForEachActivation() {
        for (int activation = 0; activation < 3; activation++) {
            long kind = activation;
            sameInBothPrecisions(
                    in -> KERNELS.feedForward(
                            in.get(0),
                            gain(in.get(1)),
                            plain(in.get(2)),
                            plain(in.get(3)),
                            epsilon(in),
                            in.get(0).getManager().create(kind)),
                    new Shape(5, 16),
                    new Shape(16),
                    new Shape(24, 16),
                    new Shape(16, 12));
        }
    }

    @Test
    void theFirstTokenAttendsToItselfAlone() {
        try (NDManager scope = TORCH.manager().newSubManager()) {
            NDArray v = scope.create(new float[] {1, 2, 3, 4, 5, 6}, new Shape(1, 1, 3, 2));
            NDArray q = scope.ones(new Shape(1, 1, 3, 2));
            assertThat(KERNELS.attention(q, q, v).toFloatArray())
                    .containsExactly(new float[] {1, 2, 2, 3, 3, 4}, within(1e-6f));
        }
    }

    @Test
    void askingForEitherPrecisionGetsTheOneThatRuns() {
        assertThat(Torch.start(2, Precision.AUTO).precision()).isEqualTo(Precision.FP32);
    }

    private static Norm gain(NDArray gain) {
        return new Norm(gain, KERNELS.none());
    }

    private static Linear plain(NDArray weight) {
        return new Linear(weight, KERNELS.none());
    }

    private static NDArray epsilon(List<NDArray> in) {
        return in.get(0).getManager().create(1e-5f);
    }

    /** Results and all gradients of a kernel, in float32 and in bf16. */
    private static void sameInBothPrecisions(Function<List<NDArray>, NDArray> kernel, Shape... shapes) {
        List<float[]> exact = run(kernel, false, shapes);
        List<float[]> halved = run(kernel, true, shapes);
        for (int i = 0; i < exact.size(); i++) {
            float size = largest(exact.get(i));
            assertThat(halved.get(i)).as("array %d", i).containsExactly(exact.get(i), within(0.03f * size));
            assertThat(size).isPositive();
        }
    }

    private static List<float[]> run(Function<List<NDArray>, NDArray> kernel, boolean bf16, Shape... shapes) {
        TORCH.useBf16(bf16);
        try (NDManager scope = TORCH.manager().newSubManager();
                var collector = Engine.getInstance().newGradientCollector()) {
            List<NDArray> inputs = new ArrayList<>();
            for (Shape shape : shapes) {
                NDArray input = scope.create(numbers((int) shape.size(), inputs.size()), shape);
                input.setRequiresGradient(true);
                inputs.add(input);
            }
            NDArray result = kernel.apply(inputs);
            NDArray weights = scope.create(numbers((int) result.size(), 9), result.getShape());
            collector.backward(result.mul(weights).sum());
            List<float[]> all = new ArrayList<>(List.of(result.toFloatArray()));
            inputs.forEach(input -> all.add(input.getGradient().toFloatArray()));
            return all;
        } finally {
            TORCH.useBf16(false);
        }
    }

    private static float[] numbers(int n, int index) {
        SplittableRandom random = Draws.of(1, "kernel", index);
        float[] numbers = new float[n];
        for (int i = 0; i < n; i++) {
            numbers[i] = (float) random.nextDouble(-1, 1);
        }
        return numbers;
    }

    private static float largest(float[] values) {
        float largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }
}

package dev.heed.bench;

import ai.djl.ndarray.NDArray;
import dev.heed.tensor.Kernels;
import dev.heed.tensor.Kernels.Linear;
import dev.heed.tensor.Kernels.Norm;
import dev.heed.tensor.Precision;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** The fused operations of a training step, each forward and back, and the optimizer's step. */
public class LearningBenchmark extends Learned {
    @Param({"BF16", "FP32"})
    public Precision precision;

    private Kernels kernels;
    private NDArray epsilon;
    private NDArray silu;
    private Norm norm;

    @Override
    Precision precision() {
        return precision;
    }

    @Setup(Level.Trial)
    public void makeKernels() {
        kernels = torch.kernels();
        epsilon = manager.create(1e-5f);
        silu = manager.create(0L);
        norm = new Norm(gain, kernels.none());
    }

    private Linear map(NDArray weight) {
        return new Linear(weight, kernels.none());
    }

    @Benchmark
    public float normAndProduct() {
        return learn(x, view -> kernels.normLinear(view, norm, map(qkv), epsilon));
    }

    @Benchmark
    public float feedForward() {
        return learn(x, view -> kernels.feedForward(view, norm, map(up), map(down), epsilon, silu));
    }

    /** With the product behind it. */
    @Benchmark
    public float attention() {
        return learn(q, view -> kernels.linear(kernels.attention(view, k, v), map(out)));
    }

    @Benchmark
    public float logProbs() {
        return learn(logits, view -> kernels.logProbs(view, targets, 1));
    }

    /** Of 20 million numbers. */
    @Benchmark
    public float adamW() {
        return learner.step(1e-4);
    }
}

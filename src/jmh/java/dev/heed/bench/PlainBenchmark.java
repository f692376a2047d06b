package dev.heed.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.heed.tensor.Precision;
import dev.heed.tensor.Scaled;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Setup;

/**
 * The same as {@link LearningBenchmark} by NDArray operations in float32, and a draw of 32 tokens by cumulative sums, which
 * {@link DecodingBenchmark} does otherwise: what a fused operation is worth.
 */
public class PlainBenchmark extends Learned {
    private static final int ROWS = 32;

    private final List<NDArray> means = new ArrayList<>();
    private final List<NDArray> squares = new ArrayList<>();
    private NDArray mask;
    private NDArray next;

    @Override
    Precision precision() {
        return Precision.FP32;
    }

    @Setup(Level.Trial)
    public void makeRest() {
        mask = PlainTransformer.mask(manager, TOKENS);
        next = manager.randomNormal(0, 1, new Shape(ROWS, VOCABULARY), DataType.FLOAT32);
        for (NDArray weight : parameters.all()) {
            means.add(manager.zeros(weight.getShape()));
            squares.add(manager.zeros(weight.getShape()));
        }
    }

    private NDArray normed(NDArray view) {
        return PlainTransformer.normed(view, gain, FixedWork.MODEL.epsilon());
    }

    @Benchmark
    public float normAndProduct() {
        return learn(x, view -> normed(view).matMul(qkv.transpose()));
    }

    @Benchmark
    public float feedForward() {
        return learn(x, view -> {
            NDList halves = normed(view).matMul(up.transpose()).split(2, 2);
            return PlainTransformer.gated(halves.get(0), halves.get(1)).matMul(down.transpose());
        });
    }

    /** With the product behind it. */
    @Benchmark
    public float attention() {
        return learn(q, view -> {
            NDArray seen = PlainTransformer.attended(view, k, v, mask);
            return seen.reshape(BATCH, TOKENS, WIDTH).matMul(out.transpose());
        });
    }

    @Benchmark
    public float logProbs() {
        return learn(logits, view -> view.logSoftmax(-1).gather(targets.expandDims(1), 1));
    }

    /** Of 20 million numbers. */
    @Benchmark
    public void adamW() {
        try (NDManager scope = manager.newSubManager()) {
            for (int i = 0; i < means.size(); i++) {
                NDArray weight = parameters.all().get(i);
                NDArray gradient = weight.getGradient();
                gradient.attach(scope);
                means.get(i).muli(.9f).addi(Scaled.times(gradient, .1));
                squares.get(i).muli(.95f).addi(Scaled.times(gradient.square(), .05));
                weight.muli(1 - 1e-4f * .1f);
                NDArray root = squares.get(i).sqrt();
                root.attach(scope);
                NDArray step = means.get(i).div(root.add(1e-8f));
                step.attach(scope);
                weight.subi(Scaled.times(step, 1e-4));
            }
        }
    }

    @Benchmark
    public float[] draw() {
        try (NDManager scope = manager.newSubManager()) {
            NDArray all = next.softmax(-1);
            all.attach(scope);
            return all.cumSum(1).toFloatArray();
        }
    }
}

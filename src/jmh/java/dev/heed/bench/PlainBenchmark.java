package dev.heed.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
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
        NDArray places = manager.arange(TOKENS).toType(DataType.FLOAT32, false);
        NDArray later = places.expandDims(0).gt(places.expandDims(1)).toType(DataType.FLOAT32, false);
        mask = Scaled.times(later, -1e30);
        next = manager.randomNormal(0, 1, new Shape(ROWS, VOCABULARY), DataType.FLOAT32);
        for (NDArray weight : parameters.all()) {
            means.add(manager.zeros(weight.getShape()));
            squares.add(manager.zeros(weight.getShape()));
        }
    }

    private NDArray normed(NDArray view) {
        NDArray mean = view.square().mean(new int[] {-1}, true).add(1e-5f);
        return view.div(mean.sqrt()).mul(gain);
    }

    @Benchmark
    public float normAndProduct() {
        return learn(x, view -> normed(view).matMul(qkv.transpose()));
    }

    @Benchmark
    public float feedForward() {
        return learn(x, view -> {
            NDList halves = normed(view).matMul(up.transpose()).split(2, 2);
            NDArray gate = halves.get(0);
            return gate.mul(Activation.sigmoid(gate)).mul(halves.get(1)).matMul(down.transpose());
        });
    }

    /** With the product behind it. */
    @Benchmark
    public float attention() {
        return learn(q, view -> {
            NDArray scores = Scaled.over(view.matMul(k.transpose(0, 1, 3, 2)), Math.sqrt((double) WIDTH / HEADS));
            NDArray seen = scores.add(mask).softmax(-1).matMul(v).transpose(0, 2, 1, 3);
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

package dev.heed.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.heed.tensor.AdamW;
import dev.heed.tensor.Kernels;
import dev.heed.tensor.Kernels.Linear;
import dev.heed.tensor.Kernels.Norm;
import dev.heed.tensor.Learner;
import dev.heed.tensor.Parameters;
import dev.heed.tensor.Precision;
import dev.heed.tensor.Torch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The fused operations of a training step, each forward and back, and the optimizer's step: shapes of the work {@code train} of
 * {@code heed bench}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LearningBenchmark {
    private static final int BATCH = FixedWork.BATCH;
    private static final int TOKENS = FixedWork.CONTEXT;
    private static final int WIDTH = FixedWork.MODEL.width();
    private static final int HEADS = FixedWork.MODEL.heads();
    private static final int INTERMEDIATE = FixedWork.MODEL.intermediate();
    private static final int VOCABULARY = FixedWork.VOCABULARY;

    @Param({"BF16", "FP32"})
    public Precision precision;

    private NDManager manager;
    private Kernels kernels;
    private Parameters parameters;
    private Learner learner;
    private NDArray x;
    private NDArray q;
    private NDArray k;
    private NDArray v;
    private NDArray logits;
    private NDArray targets;
    private NDArray epsilon;
    private NDArray silu;
    private Norm norm;
    private Linear qkv;
    private Linear out;
    private Linear up;
    private Linear down;

    /** All inputs are learned, so that each kernel has its whole way back. */
    @Setup(Level.Trial)
    public void makeArrays() {
        Torch torch = Torch.start(Runtime.getRuntime().availableProcessors(), precision);
        kernels = torch.kernels();
        manager = torch.manager().newSubManager();
        parameters = new Parameters(manager);
        x = learned("x", BATCH, TOKENS, WIDTH);
        q = learned("q", BATCH, HEADS, TOKENS, WIDTH / HEADS);
        k = learned("k", BATCH, HEADS, TOKENS, WIDTH / HEADS);
        v = learned("v", BATCH, HEADS, TOKENS, WIDTH / HEADS);
        logits = learned("logits", BATCH * TOKENS, VOCABULARY);
        norm = new Norm(learned("gain", WIDTH), kernels.none());
        qkv = new Linear(learned("qkv", 3 * WIDTH, WIDTH), kernels.none());
        out = new Linear(learned("out", WIDTH, WIDTH), kernels.none());
        up = new Linear(learned("up", 2 * INTERMEDIATE, WIDTH), kernels.none());
        down = new Linear(learned("down", WIDTH, INTERMEDIATE), kernels.none());
        targets = manager.arange(0, BATCH * TOKENS, 1, DataType.INT64);
        epsilon = manager.create(1e-5f);
        silu = manager.create(0L);
        learner = new Learner(torch, parameters, new AdamW.Config(.9, .95, 1e-8, .1, 1));
    }

    private NDArray learned(String name, long... shape) {
        return parameters.add(name, manager.randomNormal(0, .05f, new Shape(shape), DataType.FLOAT32));
    }

    @TearDown(Level.Trial)
    public void close() {
        learner.close();
        manager.close();
    }

    /** A kernel forward and back; of x a view, so that all of it goes with the scope. */
    private float learn(NDArray input, UnaryOperator<NDArray> kernel) {
        return learner.accumulate(scope -> {
            NDArray view = input.reshape(input.getShape());
            view.attach(scope);
            return kernel.apply(view).mean();
        });
    }

    @Benchmark
    public float normAndProduct() {
        return learn(x, view -> kernels.normLinear(view, norm, qkv, epsilon));
    }

    @Benchmark
    public float feedForward() {
        return learn(x, view -> kernels.feedForward(view, norm, up, down, epsilon, silu));
    }

    /** With the product behind it. */
    @Benchmark
    public float attention() {
        return learn(q, view -> kernels.linear(kernels.attention(view, k, v), out));
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

package dev.heed.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.heed.tensor.AdamW;
import dev.heed.tensor.Learner;
import dev.heed.tensor.Parameters;
import dev.heed.tensor.Precision;
import dev.heed.tensor.Torch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a training step learns from, in the shapes of the work {@code train} of {@code heed bench}. All inputs are learned, so that
 * each operation has its whole way back.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public abstract class Learned {
    static final int BATCH = FixedWork.BATCH;
    static final int TOKENS = FixedWork.CONTEXT;
    static final int WIDTH = FixedWork.MODEL.width();
    static final int HEADS = FixedWork.MODEL.heads();
    static final int INTERMEDIATE = FixedWork.MODEL.intermediate();
    static final int VOCABULARY = FixedWork.VOCABULARY;

    Torch torch;
    NDManager manager;
    Parameters parameters;
    Learner learner;
    NDArray x;
    NDArray q;
    NDArray k;
    NDArray v;
    NDArray logits;
    NDArray targets;
    NDArray gain;
    NDArray qkv;
    NDArray out;
    NDArray up;
    NDArray down;

    abstract Precision precision();

    /** Draws all of them. */
    @Setup(Level.Trial)
    public void makeArrays() {
        torch = Torch.start(Runtime.getRuntime().availableProcessors(), precision());
        manager = torch.manager().newSubManager();
        parameters = new Parameters(manager);
        x = learned("x", BATCH, TOKENS, WIDTH);
        q = learned("q", BATCH, HEADS, TOKENS, WIDTH / HEADS);
        k = learned("k", BATCH, HEADS, TOKENS, WIDTH / HEADS);
        v = learned("v", BATCH, HEADS, TOKENS, WIDTH / HEADS);
        logits = learned("logits", BATCH * TOKENS, VOCABULARY);
        gain = learned("gain", WIDTH);
        qkv = learned("qkv", 3 * WIDTH, WIDTH);
        out = learned("out", WIDTH, WIDTH);
        up = learned("up", 2 * INTERMEDIATE, WIDTH);
        down = learned("down", WIDTH, INTERMEDIATE);
        targets = manager.arange(0, BATCH * TOKENS, 1, DataType.INT64);
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

    /** An operation forward and back; of an input a view, so that all of it goes with the scope. */
    float learn(NDArray input, UnaryOperator<NDArray> operation) {
        return learner.accumulate(scope -> {
            NDArray view = input.reshape(input.getShape());
            view.attach(scope);
            return operation.apply(view).mean();
        });
    }
}

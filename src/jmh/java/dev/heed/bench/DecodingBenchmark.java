package dev.heed.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.heed.model.Head;
import dev.heed.model.KvCache;
import dev.heed.model.Transformer;
import dev.heed.tensor.DecodingKernels.Drawn;
import dev.heed.tensor.Precision;
import dev.heed.tensor.Torch;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A token further, and the draw, of the model of {@code heed bench}, in one lane: prompts of 32 tokens, the next 96. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DecodingBenchmark {
    @Param({"BF16", "FP32"})
    public Precision precision;

    @Param({"1", "8", "32"})
    public int rows;

    private Transformer model;
    private KvCache cache;
    private int[][] prompts;
    private int[] next;
    private NDArray logits;
    private float[] uniforms;

    @Setup(Level.Trial)
    public void makeModel() {
        model = Transformer.create(Torch.start(1, precision), FixedWork.MODEL, Head.LANGUAGE, 1);
        SplittableRandom random = new SplittableRandom(1);
        prompts = new int[rows][];
        uniforms = new float[rows];
        for (int row = 0; row < rows; row++) {
            prompts[row] = random.ints(FixedWork.PROMPT, 3, FixedWork.VOCABULARY).toArray();
            uniforms[row] = (float) random.nextDouble();
        }
        next = random.ints(rows, 3, FixedWork.VOCABULARY).toArray();
        logits = model.torch()
                .manager()
                .randomNormal(0, 1, new Shape(rows, FixedWork.VOCABULARY), DataType.FLOAT32);
    }

    @Setup(Level.Invocation)
    public void readPrompts() {
        cache = model.cache(rows, FixedWork.PROMPT + FixedWork.NEW);
        cache.enter(prompts);
    }

    @TearDown(Level.Invocation)
    public void forget() {
        cache.close();
    }

    @TearDown(Level.Trial)
    public void close() {
        logits.close();
        model.close();
    }

    @Benchmark
    @OperationsPerInvocation(FixedWork.NEW)
    public KvCache decode() {
        for (int i = 0; i < FixedWork.NEW; i++) {
            cache.append(next);
        }
        return cache;
    }

    /** Prompts are read, each another. */
    @Benchmark
    public void prompts() {
        read(prompts);
    }

    /** As many times the same prompt. */
    @Benchmark
    public void samePrompt() {
        int[][] same = new int[rows][];
        Arrays.fill(same, prompts[0]);
        read(same);
    }

    private void read(int[][] all) {
        try (KvCache own = model.cache(rows, FixedWork.PROMPT + FixedWork.NEW)) {
            own.enter(all);
        }
    }

    @Benchmark
    public Drawn draw() {
        return model.torch()
                .decoding()
                .draw(logits, model.torch().kernels().none(), uniforms, 1);
    }
}

package dev.heed.tensor;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.heed.run.UserError;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** libtorch, started once a process: its threads, its precision, its kernels and the root of all native memory. */
public final class Torch {
    private static final ThreadLocal<Boolean> PREPARED = ThreadLocal.withInitial(Torch::prepare);
    private static @Nullable Torch started;

    private final NDManager manager;
    private final KernelModule module;
    private final Kernels kernels;
    private final DecodingKernels decoding;
    private final Precision precision;
    private final int threads;
    private final Map<Integer, Lanes> lanes = new ConcurrentHashMap<>(); // by how many there are

    private Torch(int threads, Precision wanted) {
        this.threads = threads;
        manager = NDManager.newBaseManager("PyTorch");
        JniUtils.setNumThreads(threads);
        prepareThread();
        module = new KernelModule(manager);
        kernels = new Kernels(module, manager);
        decoding = new DecodingKernels(module, manager);
        precision = wanted == Precision.AUTO ? Processor.precision() : wanted;
        module.useBf16(precision == Precision.BF16);
    }

    /**
     * Starts libtorch, or returns it where it runs already with the same settings.
     *
     * @param threads for one operation, at least 1; another number gives other last bits
     * @throws IllegalStateException if it runs with other settings
     */
    public static synchronized Torch start(int threads, Precision precision) {
        if (threads < 1) {
            throw new UserError("--threads must be at least 1, was " + threads);
        }
        Torch torch = started;
        if (torch == null) {
            System.setProperty("ai.djl.offline", "true"); // natives are on the class path: fetch nothing
            System.setProperty("OPT_OUT_TRACKING", "true");
            System.setProperty("ai.djl.pytorch.graph_optimizer", "false"); // profiling costs seconds at each new shape
            torch = new Torch(threads, precision);
            started = torch;
        }
        if (torch.threads != threads || (precision != Precision.AUTO && precision != torch.precision)) {
            throw new IllegalStateException("libtorch runs with %d threads in %s, cannot change to %d in %s"
                    .formatted(torch.threads, torch.precision, threads, precision));
        }
        return torch;
    }

    /** The root: what is attached to it lives until the process ends. Open a sub-manager per step. */
    public NDManager manager() {
        return manager;
    }

    public Kernels kernels() {
        return kernels;
    }

    public DecodingKernels decoding() {
        return decoding;
    }

    /** Tests compute in either precision. */
    void useBf16(boolean use) {
        module.useBf16(use);
    }

    /** FP32 or BF16, never AUTO. */
    public Precision precision() {
        return precision;
    }

    public int threads() {
        return threads;
    }

    /**
     * Runs tasks beside each other, each on one thread of its own from beginning to end, also a single one: many small
     * operations gain little from two threads each, and wait for both. At most {@link #threads} tasks; on a lane, one after another.
     */
    public void beside(List<Runnable> tasks) {
        if (Lanes.inside()) {
            tasks.forEach(Runnable::run);
            return;
        }
        lanes(threads).run(tasks);
    }

    private Lanes lanes(int count) {
        return lanes.computeIfAbsent(count, made -> new Lanes(made, threads));
    }

    /** Whether {@link #both} does two tasks at once here: not with a single thread, and not on a lane. */
    public boolean halves() {
        return threads > 1 && !Lanes.inside();
    }

    /** Runs two tasks beside each other, each with half of the threads; where there are none to share, one after the other. */
    public void both(Runnable one, Runnable other) {
        if (!halves()) {
            one.run();
            other.run();
            return;
        }
        lanes(2).run(List.of(one, other));
    }

    /** Gradients are recorded only inside a {@link Learner}; both settings are per thread in libtorch. */
    static void prepareThread() {
        PREPARED.get();
    }

    private static boolean prepare() {
        JniUtils.setGraphExecutorOptimize(false);
        JniUtils.setGradMode(false);
        return true;
    }
}

package dev.heed.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.heed.run.Interrupt;
import dev.heed.run.ProcessUse;
import dev.heed.run.UserError;
import dev.heed.tensor.Kernels.Linear;
import dev.heed.tensor.Precision;
import dev.heed.tensor.Torch;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Runs the fixed work and measures it. */
public final class Bench {
    private static final int WARM_UP = 2;
    private static final int FEWEST = 3;
    private static final int SIDE = 2048;

    private final Torch torch;
    private final double seconds;
    private final FixedWork works;

    /** @param seconds to spend on each work, at least; three steps are always taken */
    public Bench(Torch torch, double seconds, long seed) {
        this.torch = torch;
        this.seconds = seconds;
        this.works = new FixedWork(torch, seed);
    }

    /** All but those that take long, and gigabytes. */
    public static List<String> usual() {
        return FixedWork.NAMES.stream()
                .filter(name -> !FixedWork.LARGE.contains(name))
                .toList();
    }

    /** @throws UserError if there is no work of such a name */
    public static void check(List<String> names) {
        for (String name : names) {
            if (!FixedWork.NAMES.contains(name)) {
                throw new UserError("no work '%s'; there are %s".formatted(name, String.join(", ", FixedWork.NAMES)));
            }
        }
    }

    /**
     * Measures.
     *
     * @param names which works; each is told to {@code each} when it is done
     */
    public List<Measured> run(List<String> names, Consumer<Measured> each) {
        check(names);
        double fp32 = productRate(Precision.FP32);
        double chosen = torch.precision() == Precision.FP32 ? fp32 : productRate(Precision.BF16);
        return names.stream()
                .map(name -> {
                    Interrupt.check();
                    boolean plain = name.startsWith(FixedWork.PLAIN);
                    Measured measured = measure(name, plain ? fp32 : chosen, plain);
                    each.accept(measured);
                    return measured;
                })
                .toList();
    }

    private Measured measure(String name, double productRate, boolean plain) {
        try (Work work = works.of(name)) {
            double[] times = new double[10_000];
            int taken = 0;
            double spent = 0;
            for (long i = 0; (taken < FEWEST || spent < seconds) && taken < times.length; i++) {
                long start = System.nanoTime();
                work.step().run(i);
                if (i >= WARM_UP) {
                    times[taken] = (System.nanoTime() - start) / 1e9;
                    spent += times[taken++];
                }
                Interrupt.check();
            }
            double[] sorted = Arrays.copyOf(times, taken);
            Arrays.sort(sorted);
            double median = sorted[taken / 2];
            double rate = work.count() / median;
            boolean tokens = work.unit() == Work.Unit.TOKENS;
            return new Measured(
                    name,
                    tokens ? rate : null,
                    tokens ? null : rate,
                    median,
                    ProcessUse.peakRssMb(),
                    (plain ? Precision.FP32 : torch.precision()).name().toLowerCase(Locale.ROOT),
                    torch.threads(),
                    work.flops() / median / productRate);
        }
    }

    /** Operations a second in the product of two large matrices, the best of some. */
    private double productRate(Precision precision) {
        try (NDManager scope = torch.manager().newSubManager()) {
            NDArray x = scope.ones(new Shape(SIDE, SIDE));
            NDArray weight = scope.ones(new Shape(SIDE, SIDE));
            double best = 0;
            for (int i = 0; i < 8; i++) {
                long start = System.nanoTime();
                torch.kernels()
                        .linearIn(
                                precision, x, new Linear(weight, torch.kernels().none()))
                        .close();
                best = Math.max(best, 2.0 * SIDE * SIDE * SIDE / ((System.nanoTime() - start) / 1e9));
            }
            return best;
        }
    }
}

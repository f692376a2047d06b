package dev.heed.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.heed.model.Head;
import dev.heed.model.ModelConfig;
import dev.heed.model.Transformer;
import dev.heed.run.Draws;
import dev.heed.sample.Decoding;
import dev.heed.sample.Sampler;
import dev.heed.tensor.Precision;
import dev.heed.tensor.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two thousand steps take no more memory than two hundred did, and the last are no slower than the first. */
@Tag("slow")
class EnduranceTest {
    private static final int STEPS = 2000;
    private static final int SETTLED = 200;
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final ModelConfig SMALL = ModelConfig.llama(512, 96, 3, 3, 3, 256, 64, 10_000, 1e-5, true, 1, 2, 0);

    private final Torch torch = Torch.start(2, Precision.FP32);

    @Test
    void ofTraining() throws IOException {
        int[][] blocks = tokens(64, 49);
        try (Transformer model = Transformer.create(torch, SMALL, Head.LANGUAGE, 1);
                Pretrain pretrain =
                        new Pretrain(model, blocks, new Pretrain.Config(STEPS, 8, 48, 1e-3, .1, .1, 1, STEPS), 1)) {
            endures("training", pretrain::step);
        }
    }

    @Test
    void ofSampling() throws IOException {
        List<int[]> prompts =
                IntStream.range(0, 24).mapToObj(i -> tokens(1, 4 + i % 9)[0]).toList();
        long[] keys = LongStream.range(0, 24).toArray();
        try (Transformer model = Transformer.create(torch, SMALL, Head.LANGUAGE, 1)) {
            Sampler sampler = new Sampler(model, 2);
            endures("sampling", step -> sampler.sample(prompts, Decoding.at(1, 24), step, keys));
        }
    }

    private static void endures(String what, LongConsumer step) throws IOException {
        assumeThat(Files.isReadable(STATUS)).as("this system tells of memory").isTrue();
        double[] seconds = new double[STEPS];
        long settled = 0;
        for (int i = 0; i < STEPS; i++) {
            long start = System.nanoTime();
            step.accept(i);
            seconds[i] = (System.nanoTime() - start) / 1e9;
            if (i + 1 == SETTLED) {
                settled = residentKilobytes();
            }
        }
        long last = residentKilobytes();
        double early = median(Arrays.copyOfRange(seconds, SETTLED, 2 * SETTLED));
        double late = median(Arrays.copyOfRange(seconds, STEPS - SETTLED, STEPS));
        System.out.printf(
                "%s: %d KB at step %d, %d KB at %d; %.2f ms a step, then %.2f%n",
                what, settled, SETTLED, last, STEPS, 1e3 * early, 1e3 * late);
        assertThat(last).isLessThan((long) (1.02 * settled));
        assertThat(late).as("no slower, but for the machine's noise").isLessThan(1.25 * early);
    }

    /** After the heap has touched all the pages that it has, so that only what is kept can add to it. */
    private static long residentKilobytes() throws IOException {
        long touched = 0;
        for (int i = 0; i < 4000; i++) {
            touched += new byte[1 << 20].length;
        }
        System.gc();
        assertThat(touched).isPositive();
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    private static int[][] tokens(int rows, int length) {
        SplittableRandom random = Draws.of(1, "endurance", rows);
        return IntStream.range(0, rows)
                .mapToObj(row -> random.ints(length, 3, SMALL.vocabulary()).toArray())
                .toArray(int[][]::new);
    }
}

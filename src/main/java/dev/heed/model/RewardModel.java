package dev.heed.model;

import dev.heed.run.Json;
import dev.heed.tensor.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A scalar model whose score is measured in standard deviations from what the reference scores on average, so that a KL
 * coefficient means the same whatever the reward model's scale (Ziegler et al. 2019, section 2).
 */
public final class RewardModel implements AutoCloseable {
    private static final String FILE = "score.json";

    private static final int AS_IT_STANDS = -1;

    private final Transformer model;
    private final Scale scale;
    private final int end;

    /** The reference's mean and standard deviation of the raw score. */
    public record Scale(double mean, double std) {
        public static final Scale NONE = new Scale(0, 1);

        /** Of the raw scores of reference samples. */
        public static Scale of(float[] raw) {
            double mean = IntStream.range(0, raw.length)
                    .mapToDouble(i -> raw[i])
                    .average()
                    .orElse(0);
            double variance = IntStream.range(0, raw.length)
                    .mapToDouble(i -> (raw[i] - mean) * (raw[i] - mean))
                    .average()
                    .orElse(1);
            return new Scale(mean, Math.max(1e-6, Math.sqrt(variance)));
        }
    }

    public RewardModel(Transformer model, Scale scale) {
        this(model, scale, AS_IT_STANDS);
    }

    private RewardModel(Transformer model, Scale scale, int end) {
        this.model = model;
        this.scale = scale;
        this.end = end;
    }

    /**
     * The same model, reading a text that was cut off as if it ended there: what it learned from had ends, and what it says
     * in the middle of a word means little.
     *
     * @param eos id of the token that ends a text
     */
    public RewardModel ending(int eos) {
        return new RewardModel(model, scale, eos);
    }

    /** A saved reward model; one that was never normalised has mean 0 and deviation 1. */
    public static RewardModel load(Torch torch, Path dir) {
        Path file = dir.resolve(FILE);
        Scale scale = Files.exists(file) ? Json.read(file, Scale.class) : Scale.NONE;
        return new RewardModel(Transformer.load(torch, dir, Head.SCALAR), scale);
    }

    public void save(Path dir) throws IOException {
        model.save(dir);
        Json.write(dir.resolve(FILE), scale);
    }

    public Transformer model() {
        return model;
    }

    public Scale scale() {
        return scale;
    }

    /** A copy to start a critic from. */
    public RewardModel copy() {
        return new RewardModel(model.copy(), scale, end);
    }

    /** The same with adapters, to start a critic from: {@link Transformer#adapted(Lora, long)}. */
    public RewardModel adapted(Lora lora, long seed) {
        return new RewardModel(model.adapted(lora, seed), scale, end);
    }

    /**
     * The score of each whole text.
     *
     * @param rows ids of prompt, completion and its end
     * @return one a row, in standard deviations from the reference's mean
     */
    public float[] scores(List<int[]> rows) {
        float[] scores = Forward.scores(model, rows.stream().map(this::ended).toList());
        for (int i = 0; i < scores.length; i++) {
            scores[i] = (float) ((scores[i] - scale.mean()) / scale.std());
        }
        return scores;
    }

    private int[] ended(int[] row) {
        if (end == AS_IT_STANDS || row[row.length - 1] == end) {
            return row;
        }
        int[] ended = Arrays.copyOf(row, row.length + 1);
        ended[row.length] = end;
        return ended;
    }

    @Override
    public void close() {
        model.close();
    }
}

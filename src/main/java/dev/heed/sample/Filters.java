package dev.heed.sample;

import ai.djl.ndarray.NDArray;
import dev.heed.run.Knob;
import dev.heed.run.Knobs;
import dev.heed.tensor.DecodingKernels;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Which tokens may be drawn. They apply in the order of {@code generate} in {@code transformers}: what is against
 * repetition, the temperature, then the others from first to last, each on what the one before it left.
 */
public record Filters(
        @Knob(value = "0", help = "draw from the k likeliest tokens and their ties; 0: from all (Fan et al. 2018)")
                int topK,
        @Knob(
                        value = "1.0",
                        help =
                                "draw from the fewest likeliest tokens with this probability together; 1: from all (Holtzman et al. 2020)")
                double topP,
        @Knob(
                        value = "0.0",
                        help =
                                "draw from tokens with at least this share of the likeliest one's probability; 0: from all (Nguyen et al. 2024)")
                double minP,
        @Knob(
                        value = "1.0",
                        help =
                                "draw from the fewest tokens with this probability together whose surprise is nearest to the mean; 1: from all (Meister et al. 2023)")
                double typicalP,
        @Knob(
                        value = "1.0",
                        help =
                                "divides the positive logits of tokens that prompt or completion already holds, and multiplies their negative ones; 1: neither (Keskar et al. 2019)")
                double repetitionPenalty,
        @Knob(
                        value = "0",
                        help =
                                "no sequence of so many tokens comes twice in prompt and completion together; 0: any may (Paulus et al. 2018)")
                int noRepeatNgram) {
    /** Anything may be drawn. */
    public static final Filters NONE = Knobs.defaults(Filters.class);

    private static final double MOST_PENALTY = 100;

    public Filters {
        Knobs.atLeast("top-k", topK, 0);
        Knobs.above("top-p", topP, 0);
        Knobs.between("top-p", topP, 0, 1);
        Knobs.between("min-p", minP, 0, 1);
        Knobs.above("typical-p", typicalP, 0);
        Knobs.between("typical-p", typicalP, 0, 1);
        Knobs.above("repetition-penalty", repetitionPenalty, 0);
        Knobs.between("repetition-penalty", repetitionPenalty, 0, MOST_PENALTY);
        Knobs.atLeast("no-repeat-ngram", noRepeatNgram, 0);
    }

    /** Whether tokens are drawn from other scores than the model's own at this temperature. */
    boolean matter(double temperature) {
        return temperature > 0 ? !equals(NONE) : readTexts();
    }

    /** Whether they depend on what a row holds already. */
    boolean readTexts() {
        return repetitionPenalty != 1 || noRepeatNgram > 0;
    }

    /**
     * What tokens are drawn from.
     *
     * @param logits (B, V)
     * @param temperature above 0; 0 only where {@link #readTexts}, and then only that counts
     * @param texts each row's ids so far, its prompt's too; none unless {@link #readTexts}
     * @return (B, V), before a softmax, −∞ where a token may not be drawn; attached to the manager of {@code logits}
     */
    NDArray scores(DecodingKernels kernels, NDArray logits, double temperature, int[]... texts) {
        if (!readTexts()) {
            return kept(kernels, logits, temperature);
        }
        long vocabulary = logits.getShape().get(1);
        long[] held = repetitionPenalty == 1 ? new long[0] : places(texts, vocabulary, text -> text);
        long[] banned = noRepeatNgram == 0 ? new long[0] : places(texts, vocabulary, this::banned);
        NDArray fresh = kernels.unrepeated(logits, repetitionPenalty, held, banned);
        if (temperature == 0) {
            return fresh;
        }
        try (fresh) {
            return kept(kernels, fresh, temperature);
        }
    }

    private NDArray kept(DecodingKernels kernels, NDArray logits, double temperature) {
        return kernels.kept(logits, temperature, topK, topP, minP, typicalP);
    }

    /** The tokens that followed wherever the text's end occurred before. */
    private int[] banned(int[] text) {
        int before = noRepeatNgram - 1;
        int end = text.length;
        return IntStream.range(before, end)
                .filter(i -> Arrays.equals(text, i - before, i, text, end - before, end))
                .map(i -> text[i])
                .toArray();
    }

    /** Where the chosen tokens of each row stand in flat logits. */
    private static long[] places(int[][] texts, long vocabulary, UnaryOperator<int[]> chosen) {
        return IntStream.range(0, texts.length)
                .boxed()
                .flatMapToLong(row -> Arrays.stream(chosen.apply(texts[row])).mapToLong(id -> row * vocabulary + id))
                .toArray();
    }
}

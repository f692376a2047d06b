package dev.heed.eval;

import dev.heed.model.Forward;
import dev.heed.model.Transformer;
import dev.heed.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a language model knows, read from its probabilities rather than from what it says. */
public final class Knowledge {
    private Knowledge() {}

    /**
     * A statement with a gap.
     *
     * @param prefix "The otter lives in the"
     * @param candidates what could follow, each with its leading space
     * @param truth which of them is true
     */
    public record Probe(String prefix, List<String> candidates, int truth) {}

    /** Share of probes whose true candidate is the likeliest, by log-probability of its tokens. */
    public static double factsKnown(Transformer model, Tokenizer tokenizer, List<Probe> probes) {
        List<int[]> rows = new ArrayList<>();
        List<Integer> from = new ArrayList<>();
        for (Probe probe : probes) {
            int[] prefix = withBos(tokenizer.encode(probe.prefix()), tokenizer.bos());
            for (String candidate : probe.candidates()) {
                int[] rest = tokenizer.encodeContinuation(candidate);
                int[] row = Arrays.copyOf(prefix, prefix.length + rest.length);
                System.arraycopy(rest, 0, row, prefix.length, rest.length);
                rows.add(row);
                from.add(prefix.length);
            }
        }
        float[][] logProbs = Forward.logProbs(
                model, new Forward.Rows(rows, from.stream().mapToInt(i -> i).toArray()), 1);
        int known = 0;
        int at = 0;
        for (Probe probe : probes) {
            int best = 0;
            for (int c = 1; c < probe.candidates().size(); c++) {
                best = sum(logProbs[at + c]) > sum(logProbs[at + best]) ? c : best;
            }
            known += best == probe.truth() ? 1 : 0;
            at += probe.candidates().size();
        }
        return (double) known / probes.size();
    }

    /** Bits that the model needs for a byte of these documents, the end of each included. */
    public static double bitsPerByte(Transformer model, Tokenizer tokenizer, List<String> documents) {
        int context = model.config().context();
        List<int[]> rows = new ArrayList<>();
        long bytes = 0;
        for (int[] ids : tokenizer.encodeAll(documents)) {
            int[] row = Arrays.copyOf(withBos(ids, tokenizer.bos()), ids.length + 2);
            row[row.length - 1] = tokenizer.eos();
            for (int start = 0;
                    start < row.length - 1;
                    start += context - 1) { // a token that opens a piece is context only
                rows.add(Arrays.copyOfRange(row, start, Math.min(row.length, start + context)));
            }
        }
        for (String document : documents) {
            bytes += document.getBytes(StandardCharsets.UTF_8).length;
        }
        int[] from = new int[rows.size()];
        Arrays.fill(from, 1);
        double nats = 0;
        for (float[] row : Forward.logProbs(model, new Forward.Rows(rows, from), 1)) {
            nats -= sum(row);
        }
        return BitsPerByte.of(nats, bytes);
    }

    private static int[] withBos(int[] ids, int bos) {
        int[] row = new int[ids.length + 1];
        row[0] = bos;
        System.arraycopy(ids, 0, row, 1, ids.length);
        return row;
    }

    private static double sum(float[] numbers) {
        double sum = 0;
        for (float x : numbers) {
            sum += x;
        }
        return sum;
    }
}

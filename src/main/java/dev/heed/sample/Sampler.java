package dev.heed.sample;

import ai.djl.ndarray.NDArray;
import dev.heed.model.KvCache;
import dev.heed.model.Transformer;
import dev.heed.run.Draws;
import dev.heed.run.UserError;
import dev.heed.tensor.DecodingKernels;
import dev.heed.tensor.DecodingKernels.Drawn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Continues prompts. The draw of a row's token t is a pure function of (seed, key, t): neither the other rows nor their
 * order nor how they are cut into batches changes it.
 */
public final class Sampler {
    private static final int MOST_ROWS = 128;
    private static final long MOST_BYTES = 1L << 30; // of keys and values
    private static final double WORTH_DROPPING = 0.9; // drop finished rows when at most this part still runs
    private static final double WORTH_ENTERING = 0.8; // and let waiting prompts in when at most this part is taken

    private final Transformer model;
    private final int[] ends;

    /**
     * A sampler of this model.
     *
     * @param ends the tokens that end a completion; none: each goes on to its limit
     */
    public Sampler(Transformer model, int... ends) {
        this.model = model;
        this.ends = ends.clone();
    }

    /**
     * One completion per prompt.
     *
     * @param keys one per prompt: what tells its draws from those of other rows
     */
    public List<Sampled> sample(List<int[]> prompts, Decoding decoding, long seed, long[] keys) {
        if (prompts.size() != keys.length) {
            throw new IllegalArgumentException(
                    "one key per prompt: got %d prompts, %d keys".formatted(prompts.size(), keys.length));
        }
        int[] order = IntStream.range(0, keys.length)
                .boxed()
                .sorted(Comparator.comparing((Integer i) -> prompts.get(i).length))
                .mapToInt(Integer::intValue)
                .toArray();
        Row[] rows = new Row[keys.length];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = new Row(prompts.get(i), decoding.maxTokens(), Draws.key(seed, "completion", keys[i]));
        }
        int lanes = Math.min(model.torch().threads(), rows.length);
        List<Runnable> parts = new ArrayList<>();
        for (int lane = 0; lane < lanes; lane++) { // every so many rows, so that each has short ones and long ones
            int first = lane;
            Row[] own = IntStream.range(0, rows.length)
                    .filter(i -> i % lanes == first)
                    .mapToObj(i -> rows[order[i]])
                    .toArray(Row[]::new);
            parts.add(() -> complete(own, decoding, MOST_ROWS / lanes, MOST_BYTES / lanes));
        }
        model.torch().beside(parts);
        return Arrays.stream(rows).map(Row::sampled).toList();
    }

    /** @param mostRows at once, and the memory that their keys and values may take */
    private void complete(Row[] rows, Decoding decoding, int mostRows, long mostBytes) {
        int longest =
                Arrays.stream(rows).mapToInt(row -> row.prompt.length).max().orElse(0);
        int context = model.config().context();
        if (longest >= context) {
            throw new UserError("a prompt of %d tokens leaves no room in the model's context of %d; shorten it"
                    .formatted(longest, context));
        }
        int room = Math.min(context, longest + decoding.maxTokens());
        int most =
                (int) Math.max(1, Math.min(mostRows, mostBytes / model.config().bytesKept(room)));
        int begun = 0;
        Row[] running = {};
        try (KvCache cache = model.cache(Math.min(most, rows.length), room)) {
            while (begun < rows.length || running.length > 0) {
                int[] kept = unfinished(running);
                boolean waiting = begun < rows.length && kept.length <= WORTH_ENTERING * most;
                if (kept.length < running.length && (waiting || kept.length <= WORTH_DROPPING * running.length)) {
                    Row[] before = running;
                    running = Arrays.stream(cache.keep(kept))
                            .mapToObj(i -> before[i])
                            .toArray(Row[]::new);
                }
                if (waiting) {
                    Row[] entering =
                            Arrays.copyOfRange(rows, begun, Math.min(rows.length, begun + most - running.length));
                    begun += entering.length;
                    NDArray logits = cache.enter(
                            Arrays.stream(entering).map(row -> row.prompt).toArray(int[][]::new));
                    draw(logits, entering, decoding, context);
                    running =
                            Stream.of(running, entering).flatMap(Arrays::stream).toArray(Row[]::new);
                }
                if (unfinished(running).length > 0) {
                    cache.append(Arrays.stream(running).mapToInt(Row::last).toArray());
                    draw(cache.logits(), running, decoding, context);
                }
            }
        }
    }

    private void draw(NDArray logits, Row[] rows, Decoding decoding, int context) {
        float[] uniforms = new float[rows.length];
        for (int i = 0; i < rows.length; i++) {
            uniforms[i] = rows[i].uniform();
        }
        Drawn drawn = drawn(logits, rows, decoding, uniforms);
        for (int i = 0; i < rows.length; i++) {
            if (!rows[i].finished) {
                rows[i].add(drawn.ids()[i], drawn.logProbs()[i], ends, context);
            }
        }
    }

    private Drawn drawn(NDArray logits, Row[] rows, Decoding decoding, float[] uniforms) {
        DecodingKernels kernels = model.torch().decoding();
        if (!decoding.filtered()) {
            return kernels.draw(logits, model.torch().kernels().none(), uniforms, decoding.temperature());
        }
        Filters filters = decoding.filters();
        int[][] texts = filters.readTexts() ? Arrays.stream(rows).map(Row::text).toArray(int[][]::new) : new int[0][];
        try (NDArray scores = filters.scores(kernels, logits, decoding.temperature(), texts)) {
            return kernels.draw(logits, scores, uniforms, decoding.temperature());
        }
    }

    private static int[] unfinished(Row[] rows) {
        return IntStream.range(0, rows.length).filter(i -> !rows[i].finished).toArray();
    }

    /** A completion while it grows. */
    private static final class Row {
        private final int[] prompt;
        private final int[] ids;
        private final float[] logProbs;
        private final long seed;
        private int count;
        private boolean ended;
        private boolean finished;

        Row(int[] prompt, int maxTokens, long seed) {
            this.prompt = prompt;
            this.seed = seed;
            ids = new int[maxTokens];
            logProbs = new float[maxTokens];
        }

        float uniform() {
            return Math.min((float) Draws.uniform(seed, "token", count), 0x1.fffffcp-1f); // below 1 in float32 too
        }

        void add(int id, float logProb, int[] ends, int context) {
            ids[count] = id;
            logProbs[count++] = logProb;
            ended = Arrays.stream(ends).anyMatch(end -> end == id);
            finished = ended || count == ids.length || prompt.length + count >= context;
        }

        int last() {
            return ids[count - 1];
        }

        int[] text() {
            int[] text = Arrays.copyOf(prompt, prompt.length + count);
            System.arraycopy(ids, 0, text, prompt.length, count);
            return text;
        }

        Sampled sampled() {
            return new Sampled(Arrays.copyOf(ids, count), Arrays.copyOf(logProbs, count), ended);
        }
    }
}

package dev.heed.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.heed.tensor.DecodingKernels;
import dev.heed.tensor.DecodingKernels.Cache;
import dev.heed.tensor.DecodingKernels.Decoder;
import dev.heed.tensor.DecodingKernels.RowCount;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rows being continued token by token: the keys and values of all they hold so far, and the logits of what comes next. Rows
 * may leave and others enter. All end at the same place of the cache, where the next token goes; a shorter row begins later,
 * and what lies before its beginning is masked. Made by {@link Transformer#cache}; owns its native memory.
 */
public final class KvCache implements AutoCloseable {
    private static final int BLOCK = 32; // places by which the cache grows: a product reads all that there are
    private static final int SLACK = 64; // places beyond the longest row: all rows move back once in so many tokens
    private static final long IN_CACHE = 2 << 20; // bytes of keys that stay near the processor from step to step
    private static final float NEVER = -1e30f;

    private final NDManager manager;
    private final Transformer model;
    private final DecodingKernels kernels;
    private final Map<RowCount, Decoder> decoders = new EnumMap<>(RowCount.class);
    private final NDArray keyStore;
    private final NDArray values;
    private final int capacity;
    private final int room;
    private final int most;
    private Cache cache;
    private int places;
    private int[] lengths = {};
    private int end;
    private NDArray mask;
    private @Nullable NDManager step;
    private @Nullable NDArray logits;

    /** Takes over the manager. */
    KvCache(NDManager manager, Transformer model, int rows, int room) {
        this.manager = manager;
        this.model = model;
        this.kernels = model.torch().decoding();
        this.capacity = rows;
        this.room = room;
        most = blocks(room + SLACK);
        ModelConfig config = model.config();
        long size = (long) config.layers() * rows * config.shared() * most;
        keyStore = kernels.store(manager, size, IN_CACHE);
        values = kernels.store(manager, size, IN_CACHE)
                .reshape(config.layers(), rows, config.kvHeads(), most, config.headWidth());
        NDArray none = model.torch().kernels().none();
        cache = new Cache(none, none);
        mask = manager.zeros(new Shape(0));
        growTo(BLOCK);
    }

    private static int blocks(int places) {
        return (places + BLOCK - 1) / BLOCK * BLOCK;
    }

    private void growTo(int wanted) {
        ModelConfig config = model.config();
        int groups = config.kvHeads();
        int width = config.headWidth();
        NDArray keys = kernels.grown(
                keyStore,
                config.layers(),
                new Shape(capacity, groups, width, places),
                new Shape(capacity, groups, width, wanted));
        if (places > 0) {
            cache.keys().close();
        }
        cache = new Cache(keys, values);
        places = wanted;
    }

    /** Logits (rows, V) of each row's next token; valid until the next call that changes the cache. */
    public NDArray logits() {
        if (logits == null) {
            throw new IllegalStateException("rows were dropped: append before asking for logits");
        }
        return logits;
    }

    /**
     * Reads prompts; their rows follow those that are being continued.
     *
     * @param prompts ids, each at least one; identical ones are read once
     * @return logits (prompts, V) of the new rows' next tokens, valid until the next call that changes the cache; those of
     *     the earlier rows are gone until the next {@link #append}
     */
    public NDArray enter(int[][] prompts) {
        Map<IntBuffer, Integer> seen = new LinkedHashMap<>();
        long[] rowOf = new long[prompts.length];
        for (int i = 0; i < prompts.length; i++) {
            Integer place = seen.putIfAbsent(IntBuffer.wrap(prompts[i]), seen.size());
            rowOf[i] = place == null ? seen.size() - 1 : place;
        }
        int[][] different = seen.keySet().stream().map(IntBuffer::array).toArray(int[][]::new);
        int longest = Arrays.stream(different).mapToInt(p -> p.length).max().orElseThrow();
        int first = lengths.length;
        if (longest > end || first == 0) {
            if (longest > places) {
                growTo(blocks(longest));
            }
            moveTo(longest);
        }
        NDManager scope = forget();
        NDArray index = scope.create(placesOf(different, rowOf, longest), new Shape(prompts.length, longest));
        NDArray next = model.read(
                scope,
                different,
                rowOf,
                (layer, keys, values) -> kernels.remember(
                        cache,
                        layer,
                        keys,
                        values,
                        index,
                        first,
                        end,
                        model.config().turns()));
        lengths = Arrays.copyOf(lengths, first + prompts.length);
        for (int i = 0; i < prompts.length; i++) {
            lengths[first + i] = prompts[i].length;
        }
        remask();
        logits = next;
        return next;
    }

    /** Which token of the rectangle of prompts stands at each of the places before the end; the first before it begins. */
    private static long[] placesOf(int[][] prompts, long[] rowOf, int longest) {
        long[] places = new long[rowOf.length * longest];
        for (int row = 0; row < rowOf.length; row++) {
            int prompt = (int) rowOf[row];
            int pad = longest - prompts[prompt].length;
            for (int t = 0; t < longest; t++) {
                places[row * longest + t] = (long) prompt * longest + Math.max(0, t - pad);
            }
        }
        return places;
    }

    /** Appends one token to each row; what a full row says after that, which only waits to be dropped, means nothing. */
    public void append(int[] ids) {
        if (ids.length != lengths.length) {
            throw new IllegalArgumentException(
                    "one token per row: got %d tokens, %d rows".formatted(ids.length, lengths.length));
        }
        if (end == places) {
            if (places < most) {
                growTo(Math.min(most, places + BLOCK));
            } else {
                moveTo(Arrays.stream(lengths).max().orElseThrow());
            }
            remask();
        }
        long[] positions = Arrays.stream(lengths)
                .mapToLong(length -> Math.min(length, room - 1))
                .toArray();
        NDManager scope = forget();
        NDArray next = scope.create(Arrays.stream(ids).asLongStream().toArray());
        Decoder decoder = decoders.computeIfAbsent(RowCount.of(ids.length), rows -> model.decoder(rows, room));
        logits = kernels.decode(scope, decoder, next, scope.create(positions), cache, end, mask);
        end++;
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = Math.min(lengths[i] + 1, room);
        }
    }

    /**
     * Drops rows; those kept may change places. The logits are gone until the next {@link #append}.
     *
     * @param kept rows to go on with
     * @return where each new row was before
     */
    public int[] keep(int[] kept) {
        int n = kept.length;
        boolean[] stays = new boolean[lengths.length];
        Arrays.stream(kept).forEach(row -> stays[row] = true);
        int[] origin = new int[n];
        int moved = 0;
        int last = lengths.length;
        long[] source = new long[n];
        long[] target = new long[n];
        for (int row = 0; row < n; row++) { // a row beyond the new end fills each gap before it
            origin[row] = row;
            if (!stays[row]) {
                do {
                    last--;
                } while (!stays[last]);
                origin[row] = last;
                source[moved] = last;
                target[moved++] = row;
            }
        }
        NDManager scope = forget();
        if (moved > 0) {
            NDArray from = scope.create(Arrays.copyOf(source, moved));
            NDArray to = scope.create(Arrays.copyOf(target, moved));
            kernels.moveRows(cache, from, to);
        }
        int[] before = lengths;
        lengths = Arrays.stream(origin).map(row -> before[row]).toArray();
        remask();
        return origin;
    }

    /** Moves all rows so that they end at another place. */
    private void moveTo(int newEnd) {
        int longest = Arrays.stream(lengths).max().orElse(0);
        if (longest > 0) {
            kernels.shift(cache, lengths.length, end - longest, newEnd - longest, longest);
        }
        end = newEnd;
    }

    /** What is added to the scores: nothing from where a row begins. */
    private void remask() {
        mask.close();
        float[] added = new float[lengths.length * places];
        for (int row = 0; row < lengths.length; row++) {
            Arrays.fill(added, row * places, row * places + end - lengths[row], NEVER);
        }
        mask = manager.create(added, new Shape(lengths.length, 1, places));
    }

    private NDManager forget() {
        if (step != null) {
            step.close();
        }
        logits = null;
        step = manager.newSubManager();
        return step;
    }

    @Override
    public void close() {
        manager.close();
    }
}

package dev.heed.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.heed.tensor.Kernels;
import dev.heed.tensor.Kernels.Decoder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Rows being continued token by token: the keys and values of all they hold so far, each row with its own length, and the
 * logits of what comes next. Made by {@link Transformer#read}; owns its native memory.
 */
public final class KvCache implements AutoCloseable {
    private final Kernels kernels;
    private final NDManager manager;
    private final Decoder decoder;
    private final NDArray keys;
    private final NDArray values;
    private final int room;
    private int[] lengths;
    private @Nullable NDManager step;
    private @Nullable NDArray logits;

    /** Takes over the manager. */
    KvCache(NDManager manager, Kernels kernels, ModelConfig config, Decoder decoder, int[] lengths, int room) {
        this.manager = manager;
        this.kernels = kernels;
        this.decoder = decoder;
        this.lengths = lengths;
        this.room = room;
        Shape shape = new Shape(config.layers(), lengths.length, config.kvHeads(), config.headWidth(), room);
        keys = manager.zeros(shape);
        values = manager.zeros(shape);
    }

    /** How many rows are still being continued. */
    public int rows() {
        return lengths.length;
    }

    /** Logits (rows, V) of each row's next token; valid until the next call that changes the cache. */
    public NDArray logits() {
        if (logits == null) {
            throw new IllegalStateException("rows were dropped: append before asking for logits");
        }
        return logits;
    }

    /** Appends one token to each row; a row that is full, and only waits to be dropped, overwrites its last place. */
    public void append(int[] ids) {
        if (ids.length != lengths.length) {
            throw new IllegalArgumentException(
                    "one token per row: got %d tokens, %d rows".formatted(ids.length, lengths.length));
        }
        int span = 1 + Arrays.stream(lengths).max().orElseThrow();
        NDManager scope = forget();
        NDArray next = scope.create(longs(ids));
        logits = kernels.decode(scope, decoder, next, scope.create(longs(lengths)), keys, values, span);
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = Math.min(lengths[i] + 1, room - 1);
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
            kernels.moveRows(keys, from, to);
            kernels.moveRows(values, from, to);
        }
        int[] before = lengths;
        lengths = Arrays.stream(origin).map(row -> before[row]).toArray();
        return origin;
    }

    /** Takes the keys and values of one layer of the prompts; {@code rows} says which prompt each row continues. */
    void remember(int layer, NDArray k, NDArray v, NDArray rows) {
        kernels.remember(keys, layer, k, rows);
        kernels.remember(values, layer, v, rows);
    }

    /** The logits after the prompts. */
    void begin(NDArray first) {
        NDManager scope = forget();
        first.attach(scope);
        logits = first;
    }

    private NDManager forget() {
        if (step != null) {
            step.close();
        }
        logits = null;
        step = manager.newSubManager();
        return step;
    }

    static long[] longs(int[] values) {
        return Arrays.stream(values).asLongStream().toArray();
    }

    @Override
    public void close() {
        manager.close();
    }
}

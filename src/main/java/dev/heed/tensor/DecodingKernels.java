package dev.heed.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import dev.heed.tensor.KernelModule.Arguments;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The operations that continue rows token by token; none carries gradients. Letters as in {@link Kernels}; S places of a
 * cache.
 */
public final class DecodingKernels {
    private final KernelModule module;
    private final NDManager manager;

    DecodingKernels(KernelModule module, NDManager manager) {
        this.module = module;
        this.manager = manager;
    }

    /** How many rows matrices are laid out for. */
    public enum RowCount {
        /**
         * One or two. Transposed, so that a product is a weighted sum of their rows: for one row that takes libtorch half the
         * time of its products, for two a little less, for three as long.
         */
        FEW,
        /** More. Packed for products with some rows where libtorch can. */
        MANY;

        private static final int MOST_FEW = 2;

        /** What suits so many. */
        public static RowCount of(int rows) {
            return rows <= MOST_FEW ? FEW : MANY;
        }
    }

    /**
     * The matrices of a model as {@link #decode} wants them: norms' gains and shifts and the scale of attention multiplied
     * in, in the precision of products.
     *
     * @param rows how many will be continued at once
     * @param scope owner of the result
     * @param weights fourteen per layer: gain, shift, qkv, its bias, gains of queries and of keys, output, its bias, gain,
     *     shift, up, its bias, down, its bias; then gain, shift and head (V, C)
     * @param heads H
     * @param groups G
     * @param turned whether queries and keys are turned; then the channels that turn together lie beside each other
     */
    public List<NDArray> prepare(
            NDManager scope, RowCount rows, List<NDArray> weights, int heads, int groups, boolean turned) {
        try (Arguments arguments = new Arguments()
                        .tensors(weights)
                        .integers(heads, groups)
                        .flag(turned)
                        .flag(rows == RowCount.FEW)
                        .integer(module.type());
                IValue ready = module.run("prepare", arguments)) {
            return List.of(ready.toTensorArray((PtNDManager) scope));
        }
    }

    /**
     * The keys and values of rows that are being continued. All rows end at the same place; shorter ones begin later. What
     * a query makes of either is a weighted sum of such rows as the last dimension has.
     *
     * @param keys (L, B, G, D, P): tokens last, the channels that turn together beside each other, and
     * @param values (L, B, G, S, D): channels last
     */
    public record Cache(NDArray keys, NDArray values) {}

    /**
     * A flat array of zeros for keys or values. In bf16, where that is the precision of products and they are so many that
     * to read them takes longer than to compute with them.
     *
     * @param most bytes of float32 that may be
     */
    public NDArray store(NDManager scope, long size, long most) {
        try (Arguments arguments = new Arguments()
                        .integer(size)
                        .integer(size * Float.BYTES > most ? module.type() : module.exact());
                IValue store = module.run("store", arguments)) {
            return store.toTensor((PtNDManager) scope);
        }
    }

    /**
     * Gives an array that lies at the beginning of a store a greater last dimension, in place: behind what was there come zeros.
     *
     * @param before shape of one of its layers; a 0 in it: there is nothing yet
     * @param after the same, the last greater
     * @return (layers, …after), a view of the store
     */
    public NDArray grown(NDArray store, int layers, Shape before, Shape after) {
        try (Arguments arguments = new Arguments()
                        .tensor(store)
                        .integer(layers)
                        .integers(before.getShape())
                        .integers(after.getShape());
                IValue grown = module.run("grown", arguments)) {
            return grown.toTensor((PtNDManager) store.getManager());
        }
    }

    /**
     * Writes keys and values of prompts into a cache, so that they end at one place.
     *
     * @param k (b, G, T, D)
     * @param v (b, G, T, D)
     * @param places (n, t), int64, each in [0, b·T): which token of which prompt stands at each of the t places of the n
     *     rows; any where a row has not begun
     * @param row the first of the n rows of the cache
     * @param end the place behind the last token; at least t
     */
    public void remember(
            Cache cache, int layer, NDArray k, NDArray v, NDArray places, int row, int end, boolean turned) {
        try (Arguments arguments = new Arguments()
                .tensor(cache.keys)
                .tensor(cache.values)
                .integer(layer)
                .tensor(k)
                .tensor(v)
                .tensor(places)
                .integer(row)
                .integer(end)
                .flag(turned)) {
            module.run("remember", arguments).close();
        }
    }

    /**
     * Copies rows of a cache to other rows of it.
     *
     * @param source (n), int64
     * @param target (n), int64, none of them in source
     */
    public void moveRows(Cache cache, NDArray source, NDArray target) {
        for (NDArray half : List.of(cache.keys, cache.values)) {
            try (Arguments arguments =
                    new Arguments().tensor(half).tensor(source).tensor(target)) {
                module.run("move_rows", arguments).close();
            }
        }
    }

    /**
     * Moves the places of all rows along.
     *
     * @param rows the first rows of the cache, which are in use
     * @param length how many places
     */
    public void shift(Cache cache, int rows, int from, int to, int length) {
        shift(cache.keys, 4, rows, from, to, length);
        shift(cache.values, 3, rows, from, to, length);
    }

    private void shift(NDArray half, int dimension, int rows, int from, int to, int length) {
        try (Arguments arguments = new Arguments()
                .tensor(half)
                .integer(dimension)
                .integer(rows)
                .integer(from)
                .integer(to)
                .integer(length)) {
            module.run("shift", arguments).close();
        }
    }

    /**
     * What {@link #decode} needs of a model.
     *
     * @param table (V, C)
     * @param places (S, C), the embeddings of positions where they are not turned
     * @param rows what they are ready for
     * @param ready what {@link #prepare} made
     * @param turns (S, D/2, 2), cosine and sine of each pair's angle, or {@link Kernels#none}
     * @param shift of any norm of the model, for it tells the kind
     * @param epsilon a scalar
     * @param activation as in {@link Kernels#feedForward}
     * @param parallel attention and feed-forward read the same x
     */
    public record Decoder(
            NDArray table,
            NDArray places,
            RowCount rows,
            List<NDArray> ready,
            NDArray turns,
            NDArray shift,
            NDArray epsilon,
            int activation,
            boolean parallel) {}

    /**
     * One token further for each row, all layers in one call.
     *
     * @param scope owner of the result
     * @param ids (b), int64, the token that each row continues with; b at most B, the first rows of the cache
     * @param positions (b), int64, how many tokens each row holds
     * @param slot where in the cache the token's keys and values go; below P. No more places than up to there are read
     * @param mask (b, 1, P), added to the scores: very negative before a row begins
     * @return logits (b, V)
     */
    public NDArray decode(
            NDManager scope, Decoder decoder, NDArray ids, NDArray positions, Cache cache, int slot, NDArray mask) {
        try (Arguments arguments = new Arguments()
                        .tensor(ids)
                        .tensor(positions)
                        .tensor(cache.keys)
                        .tensor(cache.values)
                        .integer(slot)
                        .tensor(mask)
                        .tensor(decoder.table)
                        .tensor(decoder.places)
                        .tensors(decoder.ready)
                        .tensor(decoder.turns)
                        .tensor(decoder.shift)
                        .tensor(decoder.epsilon)
                        .integer(decoder.activation)
                        .flag(decoder.parallel)
                        .flag(decoder.rows == RowCount.FEW)
                        .integer(module.type());
                IValue logits = module.run("decode", arguments)) {
            return logits.toTensor((PtNDManager) scope);
        }
    }

    /**
     * Logits against repetition: where a row holds the token already, divided by the penalty if positive and multiplied by
     * it if not (Keskar et al. 2019); where it is banned, −∞.
     *
     * @param logits (B, V)
     * @param penalty above 0; 1: none
     * @param held places in the flat logits, each in [0, B·V), some perhaps twice
     * @param banned likewise
     * @return (B, V)
     */
    public NDArray unrepeated(NDArray logits, double penalty, long[] held, long[] banned) {
        try (NDArray heldPlaces = manager.create(held);
                NDArray bannedPlaces = manager.create(banned);
                Arguments arguments = new Arguments()
                        .tensor(logits)
                        .number(penalty)
                        .tensor(heldPlaces)
                        .tensor(bannedPlaces);
                IValue fresh = module.run("unrepeated", arguments)) {
            return fresh.toTensor((PtNDManager) logits.getManager());
        }
    }

    /**
     * Logits over the temperature, −∞ where a token is filtered out.
     *
     * @param logits (B, V)
     * @param settings temperature, above 0; top-k, 0: all; top-p, 1: all; min-p, 0: all; typical-p, 1: all
     * @return (B, V)
     */
    public NDArray kept(NDArray logits, double... settings) {
        try (Arguments arguments = new Arguments().tensor(logits).numbers(settings);
                IValue kept = module.run("kept", arguments)) {
            return kept.toTensor((PtNDManager) logits.getManager());
        }
    }

    /** Drawn tokens with their log-probabilities under the whole distribution at its temperature. */
    public record Drawn(int[] ids, float[] logProbs) {}

    /**
     * One token per row: the first whose cumulative probability exceeds the row's uniform number.
     *
     * @param logits (B, V)
     * @param scores (B, V), what to draw from, before a softmax; {@link Kernels#none}: the logits over the temperature
     * @param uniforms B numbers in [0, 1)
     * @param temperature 0: the token with the greatest score, with log-probabilities at temperature 1
     */
    public Drawn draw(NDArray logits, NDArray scores, float[] uniforms, double temperature) {
        boolean filtered = scores.size() > 0;
        if (temperature == 0) {
            return drawn(logits, 1, filtered ? scores : logits, DecodingKernels::greatest, uniforms);
        }
        if (!filtered) {
            return drawn(logits, temperature, null, DecodingKernels::reached, uniforms);
        }
        try (NDArray kept = probabilities(scores, 1)) {
            return drawn(logits, temperature, kept, DecodingKernels::reached, uniforms);
        }
    }

    /** How a token is chosen by a row of numbers and a uniform one. */
    @FunctionalInterface
    private interface Choice {
        int of(FloatBuffer row, float uniform);
    }

    /** @param by what to choose by; null: the probabilities */
    private Drawn drawn(NDArray logits, double temperature, @Nullable NDArray by, Choice choice, float[] uniforms) {
        int[] ids = new int[uniforms.length];
        float[] logProbs = new float[uniforms.length];
        try (NDArray all = probabilities(logits, temperature)) {
            FloatBuffer probabilities = numbers(all);
            FloatBuffer numbers = by == null ? probabilities : numbers(by);
            int width = (int) logits.getShape().get(1);
            for (int row = 0; row < ids.length; row++) {
                ids[row] = choice.of(numbers.slice(row * width, width), uniforms[row]);
                logProbs[row] = (float) Math.log(probabilities.get(row * width + ids[row]));
            }
        }
        return new Drawn(ids, logProbs);
    }

    private NDArray probabilities(NDArray logits, double temperature) {
        try (Arguments arguments = new Arguments().tensor(logits).number(temperature);
                IValue all = module.run("probabilities", arguments)) {
            return all.toTensor((PtNDManager) manager);
        }
    }

    /** The numbers of a float32 array where libtorch has them: not to be read once it is closed. */
    private static FloatBuffer numbers(NDArray array) {
        return array.toByteBuffer(true).order(ByteOrder.nativeOrder()).asFloatBuffer();
    }

    private static int greatest(FloatBuffer scores, float ignored) {
        int best = 0;
        for (int i = 1; i < scores.limit(); i++) {
            if (scores.get(i) > scores.get(best)) {
                best = i;
            }
        }
        return best;
    }

    /** The first whose cumulative probability exceeds a number; the last possible one if rounding leaves it to none. */
    private static int reached(FloatBuffer probabilities, float uniform) {
        double sum = 0;
        int last = 0;
        for (int i = 0; i < probabilities.limit(); i++) {
            float each = probabilities.get(i);
            sum += each;
            if (sum > uniform) {
                return i;
            }
            if (each > 0) {
                last = i;
            }
        }
        return last;
    }

    /**
     * What a model itself thinks of a token, at temperature 1.
     *
     * @param logProb of the token
     * @param ids the likeliest tokens, the first above all
     * @param logProbs of those
     */
    public record Known(float logProb, int[] ids, float[] logProbs) {}

    /**
     * Each row's log-probability of a token, and its likeliest tokens.
     *
     * @param logits (B, V)
     * @param ids B tokens
     * @param k how many of the likeliest, from 0 to V
     */
    public Known[] known(NDArray logits, int[] ids, int k) {
        try (NDArray drawn = manager.create(Arrays.stream(ids).asLongStream().toArray());
                Arguments arguments =
                        new Arguments().tensor(logits).tensor(drawn).integer(k);
                IValue all = module.run("known", arguments);
                NDArray flat = all.toTensor((PtNDManager) manager)) {
            double[] values = flat.toDoubleArray();
            Known[] known = new Known[ids.length];
            for (int row = 0; row < known.length; row++) {
                int at = row * (1 + 2 * k);
                known[row] = new Known((float) values[at], new int[k], new float[k]);
                for (int i = 0; i < k; i++) {
                    known[row].logProbs[i] = (float) values[at + 1 + i];
                    known[row].ids[i] = (int) values[at + 1 + k + i];
                }
            }
            return known;
        }
    }
}

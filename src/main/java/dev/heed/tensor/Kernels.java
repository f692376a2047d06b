package dev.heed.tensor;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The fused operations that DJL's arrays lack, each a function of {@code kernels.torchscript}; no other class knows
 * TorchScript. Letters: B batch, T tokens, C width, H query heads, G key and value heads, D width of a head, V vocabulary,
 * N counted tokens.
 *
 * <p>Results are attached to the manager of the first argument. Those of the first group carry gradients while a {@link
 * Learner} collects them; those of the second never do.
 */
public final class Kernels {
    private static final String SOURCE = "kernels.torchscript";
    /** The products of decoding, the fastest first: what a build of libtorch lacks, it refuses to load. */
    private static final List<String> PRODUCTS = List.of("products-onednn.torchscript", "products-plain.torchscript");

    private static final int LONGEST_UNFUSED = 256;
    private static final long FLOAT32 = 6; // libtorch's own numbers of its types
    private static final long BFLOAT16 = 15;

    private final NDManager manager;
    private final PtSymbolBlock module;
    private final Map<String, NDArray> names = new ConcurrentHashMap<>();
    private final NDArray none;
    private final NDArray float32;
    private final NDArray bfloat16;
    private volatile boolean bf16;

    Kernels(NDManager manager) {
        this.manager = manager;
        module = load();
        none = manager.zeros(new Shape(0));
        float32 = manager.create(FLOAT32);
        bfloat16 = manager.create(BFLOAT16);
    }

    void useBf16(boolean use) {
        bf16 = use;
    }

    // ---- with gradients ----

    /**
     * Rows of a table.
     *
     * @param ids (…), int64, each in [0, V)
     * @param table (V, C)
     * @return (…, C)
     */
    public NDArray embedding(NDArray ids, NDArray table) {
        return call("embedding", ids, table);
    }

    /**
     * Some positions of a batch. As an embedding: the backward pass of an indexed selection takes them one by one.
     *
     * @param x (M, C) or (B, T, C)
     * @param places (…), int64, each in [0, M) or [0, B·T)
     * @return (…, C)
     */
    public NDArray select(NDArray x, NDArray places) {
        return call("select", x, places);
    }

    /** The array without numbers that stands for a part which a model does not have. */
    public NDArray none() {
        return none;
    }

    /**
     * What a norm multiplies and adds.
     *
     * @param gain (C)
     * @param shift (C), of a layer norm (Ba et al. 2016); {@link #none} makes it a root-mean-square norm (Zhang and
     *     Sennrich 2019)
     */
    public record Norm(NDArray gain, NDArray shift) {}

    /**
     * A linear map.
     *
     * @param weight (out, in)
     * @param bias (out), or {@link #none}
     */
    public record Linear(NDArray weight, NDArray bias) {}

    /**
     * x · weightᵀ + bias, the product in the chosen precision.
     *
     * @param x (…, in)
     * @return (…, out), float32
     */
    public NDArray linear(NDArray x, Linear map) {
        return call("linear", x, map.weight, map.bias, products());
    }

    /** As {@link #linear}, in that precision. */
    public NDArray linearIn(Precision precision, NDArray x, Linear map) {
        return call("linear", x, map.weight, map.bias, precision == Precision.BF16 ? bfloat16 : float32);
    }

    /**
     * The norm of x with the product that follows it. Gain and shift are multiplied into the map, which is smaller than x.
     *
     * @param x (…, in)
     * @param epsilon a scalar, added to the mean square
     * @return (…, out), float32
     */
    public NDArray normLinear(NDArray x, Norm norm, Linear map, NDArray epsilon) {
        return call("norm_linear", x, norm.gain, norm.shift, map.weight, map.bias, epsilon, products());
    }

    /** As {@link #normLinear}, its result in the precision of products, which only heads and attention read. */
    public NDArray qkv(NDArray x, Norm norm, Linear map, NDArray epsilon) {
        return call("qkv", x, norm.gain, norm.shift, map.weight, map.bias, epsilon, products());
    }

    /** As {@link #normLinear}, in float32 whatever the precision: for scores and values. */
    public NDArray normLinearExact(NDArray x, Norm norm, Linear map, NDArray epsilon) {
        return call("norm_linear", x, norm.gain, norm.shift, map.weight, map.bias, epsilon, float32);
    }

    /**
     * The feed-forward block behind its norm, down(f(up(x))); gated, down(f(gate(x)) · up(x)) (Shazeer 2020), where up has
     * twice the rows that down has columns, gate above up.
     *
     * @param x (…, C)
     * @param up (F, C) or (2·F, C)
     * @param down (C, F)
     * @param epsilon a scalar, of the norm
     * @param activation which f: an int64 scalar, 0 SiLU, 1 GELU by tanh, 2 GELU
     * @return (…, C), float32
     */
    public NDArray feedForward(NDArray x, Norm norm, Linear up, Linear down, NDArray epsilon, NDArray activation) {
        return call(
                "feed_forward",
                x,
                norm.gain,
                norm.shift,
                up.weight,
                up.bias,
                down.weight,
                down.bias,
                epsilon,
                activation,
                products());
    }

    /**
     * How queries and keys are told their positions by turning them (Su et al. 2021, in the half-split layout of Hugging
     * Face).
     *
     * @param cos (S, D), or {@link #none}: they are not turned
     * @param sin (S, D), its first half negated
     */
    public record Turns(NDArray cos, NDArray sin) {}

    /**
     * Root-mean-square norms of each head's queries and keys, before they are turned.
     *
     * @param queries (D), or {@link #none}
     * @param keys (D), or {@link #none}
     */
    public record HeadGains(NDArray queries, NDArray keys) {}

    /**
     * Queries, keys and values by head.
     *
     * @param qkv (B, T, (H+2G)·D)
     * @param turns S at least T
     * @param epsilon a scalar, of the heads' norms
     * @param counts [H, G], int64
     * @return q (B, H, T, D), k (B, G, T, D), v (B, G, T, D)
     */
    public NDList heads(NDArray qkv, Turns turns, HeadGains gains, NDArray epsilon, NDArray counts) {
        return calls("heads", qkv, turns.cos, turns.sin, gains.queries, gains.keys, epsilon, counts);
    }

    /**
     * Causal attention, softmax(q kᵀ / √D) v. In bf16 as two products with the softmax in float32 between them, which takes
     * two thirds of the fused kernel's time but memory of T² a head, so long rows take the fused one; that in float32, for
     * its backward pass is several times slower in bf16.
     *
     * @param q (B, H, T, D)
     * @param k (B, G, T, D), G divides H
     * @param v (B, G, T, D)
     * @return (B, T, H·D), in the precision of products
     */
    public NDArray attention(NDArray q, NDArray k, NDArray v) {
        return call(bf16 && q.getShape().get(2) <= LONGEST_UNFUSED ? "attention_bf16" : "attention_fused", q, k, v);
    }

    /**
     * Log-probability of each target under softmax(logits / temperature).
     *
     * @param logits (N, V), before any softmax
     * @param targets (N), int64, each in [0, V)
     * @param temperature above 0
     * @return (N), nats, at most 0
     */
    public NDArray logProbs(NDArray logits, NDArray targets, double temperature) {
        if (temperature == 1) {
            return call("log_probs", logits, targets); // spares a pass over the logits, and one back
        }
        return call("log_probs_at", logits, targets, logits.getManager().create((float) temperature));
    }

    /**
     * −Σ p ln p of softmax(logits / temperature); carries no gradient.
     *
     * @param logits (N, V)
     * @param temperature above 0
     * @return (N), nats, in [0, ln V]
     */
    public NDArray entropy(NDArray logits, double temperature) {
        return call("entropy", logits, logits.getManager().create((float) temperature));
    }

    // ---- without gradients, in place ----

    /** Sets gradients to zero. */
    void clear(List<NDArray> gradients) {
        try (Arguments arguments = new Arguments().tensors(gradients)) {
            run("clear", arguments).close();
        }
    }

    /**
     * The global norm of the gradients, which are then scaled by min(1, limit / (norm + 1e-6)), as {@code
     * clip_grad_norm_} does.
     *
     * @param limit 0: measured only
     * @return the norm before clipping
     */
    float clip(List<NDArray> gradients, double limit) {
        try (Arguments arguments = new Arguments().tensors(gradients).number(limit);
                IValue norm = run("clip", arguments);
                NDArray value = norm.toTensor((PtNDManager) manager)) {
            return value.getFloat();
        }
    }

    /**
     * One step of AdamW (Loshchilov and Hutter 2019) as {@code torch.optim.AdamW} takes it, in place. The gradients and
     * the first and second moments are one per weight.
     *
     * @param step a float32 scalar, 1 for the first step
     */
    void adamw(AdamW.Group group, NDArray step, double lr, AdamW.Config config) {
        try (Arguments arguments = new Arguments()
                .tensors(group.weights())
                .tensors(group.gradients())
                .tensors(group.means())
                .tensors(group.squares())
                .tensor(step)
                .numbers(lr, config.beta1(), config.beta2(), group.decay(), config.epsilon())) {
            run("adamw", arguments).close();
        }
    }

    /** Copies the numbers of one array into another of its shape. */
    public void assign(NDArray target, NDArray source) {
        try (Arguments arguments = new Arguments().tensor(target).tensor(source)) {
            run("assign", arguments).close();
        }
    }

    /**
     * The matrices of a model as {@link #decode} wants them: norms' gains and shifts and the scale of attention multiplied
     * in, in the precision of products, packed for products with few rows where libtorch can.
     *
     * @param scope owner of the result
     * @param weights fourteen per layer: gain, shift, qkv, its bias, gains of queries and of keys, output, its bias, gain,
     *     shift, up, its bias, down, its bias; then gain, shift and head (V, C)
     * @param heads H
     * @param groups G
     * @param turned whether queries and keys are turned; then the channels that turn together lie beside each other
     * @param rows how many there will be to a product, about
     */
    public List<NDArray> prepare(
            NDManager scope, List<NDArray> weights, int heads, int groups, boolean turned, int rows) {
        try (Arguments arguments = new Arguments()
                        .tensors(weights)
                        .integers(heads, groups, rows)
                        .flag(turned)
                        .integer(type());
                IValue ready = run("prepare", arguments)) {
            return List.of(ready.toTensorArray((PtNDManager) scope));
        }
    }

    /**
     * The keys and values of rows that are being continued. All rows end at the same place; shorter ones begin later. Both
     * are contiguous: libtorch copies for each product what is not.
     *
     * @param keys (L, B, G, D, S): tokens last, the channels that turn together beside each other, and
     * @param values (L, B, G, S, D): channels last, which makes each product with one query run along memory
     */
    public record Cache(NDArray keys, NDArray values) {}

    /**
     * A flat array of zeros for keys or values. In bf16, where that is the precision of products and they are so many that
     * to read them takes longer than to compute with them; one query's products are faster in float32.
     *
     * @param most bytes of float32 that may be
     */
    public NDArray store(NDManager scope, long size, long most) {
        try (Arguments arguments = new Arguments().integer(size).integer(size * Float.BYTES > most ? type() : FLOAT32);
                IValue store = run("store", arguments)) {
            return store.toTensor((PtNDManager) scope);
        }
    }

    /**
     * Gives an array that lies at the beginning of a store a greater dimension, in place: behind what was there come zeros.
     *
     * @param before shape of one of its layers; a 0 in it: there is nothing yet
     * @param after the same with one dimension greater
     * @param dimension which
     * @return (layers, …after), a view of the store
     */
    public NDArray grown(NDArray store, int layers, Shape before, Shape after, int dimension) {
        try (Arguments arguments = new Arguments()
                        .tensor(store)
                        .integer(layers)
                        .integers(before.getShape())
                        .integers(after.getShape())
                        .integer(dimension);
                IValue grown = run("grown", arguments)) {
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
            run("remember", arguments).close();
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
                run("move_rows", arguments).close();
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
            run("shift", arguments).close();
        }
    }

    /**
     * What {@link #decode} needs of a model.
     *
     * @param table (V, C)
     * @param places (S, C), the embeddings of positions where they are not turned
     * @param ready what {@link #prepare} made
     * @param turns (S, D/2, 2), cosine and sine of each pair's angle, or {@link #none}
     * @param shift of any norm of the model, for it tells the kind
     * @param epsilon a scalar
     * @param activation as in {@link #feedForward}
     * @param parallel attention and feed-forward read the same x
     */
    public record Decoder(
            NDArray table,
            NDArray places,
            List<NDArray> ready,
            NDArray turns,
            NDArray shift,
            NDArray epsilon,
            int activation,
            boolean parallel) {
        /** The same with other turns. */
        public Decoder with(NDArray otherTurns) {
            return new Decoder(table, places, ready, otherTurns, shift, epsilon, activation, parallel);
        }
    }

    /**
     * One token further for each row, all layers in one call.
     *
     * @param scope owner of the result
     * @param ids (b), int64, the token that each row continues with; b at most B, the first rows of the cache
     * @param positions (b), int64, how many tokens each row holds
     * @param slot where in the cache the token's keys and values go; below S
     * @param mask (b, 1, S), added to the scores: very negative before a row begins and behind
     *     its end; the token's own place is opened here
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
                        .integer(type());
                IValue logits = run("decode", arguments)) {
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
                IValue fresh = run("unrepeated", arguments)) {
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
                IValue kept = run("kept", arguments)) {
            return kept.toTensor((PtNDManager) logits.getManager());
        }
    }

    /** Drawn tokens with their log-probabilities under the whole distribution at its temperature. */
    public record Drawn(int[] ids, float[] logProbs) {}

    /**
     * One token per row: the first whose cumulative probability exceeds the row's uniform number.
     *
     * @param logits (B, V)
     * @param scores (B, V), what to draw from, before a softmax; {@link #none}: the logits over the temperature
     * @param uniforms B numbers in [0, 1)
     * @param temperature 0: the token with the greatest score, with log-probabilities at temperature 1
     */
    public Drawn draw(NDArray logits, NDArray scores, float[] uniforms, double temperature) {
        try (NDArray numbers = manager.create(uniforms);
                Arguments arguments = new Arguments()
                        .tensor(logits)
                        .tensor(scores)
                        .tensor(numbers)
                        .number(temperature);
                IValue drawn = run("draw", arguments);
                NDArray both = drawn.toTensor((PtNDManager) manager)) {
            // Ids, then log-probabilities, in one piece: of an array that is not, DJL leaves a copy with the manager.
            double[] values = both.toDoubleArray();
            int[] ids = new int[uniforms.length];
            float[] logProbs = new float[uniforms.length];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = (int) values[i];
                logProbs[i] = (float) values[ids.length + i];
            }
            return new Drawn(ids, logProbs);
        }
    }

    // ---- how a kernel is called ----

    private NDArray products() {
        return bf16 ? bfloat16 : float32;
    }

    private long type() {
        return bf16 ? BFLOAT16 : FLOAT32;
    }

    private NDArray call(String name, NDArray... inputs) {
        return calls(name, inputs).get(0);
    }

    private NDList calls(String name, NDArray... inputs) {
        NDList list = new NDList(inputs.length + 1);
        for (NDArray input : inputs) {
            list.add(input);
        }
        list.add(names.computeIfAbsent(name, this::nameOf));
        Torch.prepareThread();
        // true: inside a collector gradients flow; outside, the thread's gradient mode is off
        return IValueUtils.forward(module, list, true);
    }

    private IValue run(String name, Arguments arguments) {
        Torch.prepareThread();
        return IValueUtils.runMethod(module, name, arguments.values());
    }

    private NDArray nameOf(String kernel) {
        NDArray marker = manager.create(0f);
        marker.setName("module_method:" + kernel);
        return marker;
    }

    // ---- how the module is made ----

    private PtSymbolBlock load() {
        RuntimeException refused = null;
        for (String products : PRODUCTS) {
            try {
                InputStream archive = new ByteArrayInputStream(pack(source(SOURCE), source(products)));
                return JniUtils.loadModule((PtNDManager) manager, archive, false, false);
            } catch (EngineException e) {
                refused = e;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        throw new IllegalStateException("libtorch does not load the kernels", refused);
    }

    private static byte[] source(String name) throws IOException {
        try (InputStream source = Kernels.class.getResourceAsStream(name)) {
            if (source == null) {
                throw new IllegalStateException("resource missing: " + name);
            }
            return source.readAllBytes();
        }
    }

    /** A TorchScript archive: four stored entries; the two pickles are an object without state and an empty tuple. */
    private static byte[] pack(byte[] source, byte[] more) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            store(zip, "version", "10\n".getBytes(StandardCharsets.US_ASCII));
            store(zip, "data.pkl", latin1("\u0080\u0002c__torch__\nKernels\n)\u0081}(X\u0008\0\0\0training\u0088ub."));
            store(zip, "constants.pkl", latin1("\u0080\u0002)."));
            byte[] whole = Arrays.copyOf(source, source.length + more.length);
            System.arraycopy(more, 0, whole, source.length, more.length);
            store(zip, "code/__torch__.py", whole);
        }
        return bytes.toByteArray();
    }

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry("kernels/" + name);
        CRC32 crc = new CRC32();
        crc.update(content);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    /** Arguments of a kernel without gradients: tensors, lists and plain numbers. */
    private static final class Arguments implements AutoCloseable {
        private final List<IValue> values = new ArrayList<>();

        Arguments tensor(NDArray array) {
            values.add(IValue.from((PtNDArray) array));
            return this;
        }

        Arguments tensors(List<NDArray> arrays) {
            values.add(IValue.listFrom(arrays.toArray(PtNDArray[]::new)));
            return this;
        }

        Arguments number(double number) {
            values.add(IValue.from(number));
            return this;
        }

        Arguments numbers(double... numbers) {
            values.add(IValue.listFrom(numbers));
            return this;
        }

        Arguments integers(long... numbers) {
            values.add(IValue.listFrom(numbers));
            return this;
        }

        Arguments flag(boolean flag) {
            values.add(IValue.from(flag));
            return this;
        }

        Arguments integer(long number) {
            values.add(IValue.from(number));
            return this;
        }

        IValue[] values() {
            return values.toArray(IValue[]::new);
        }

        @Override
        public void close() {
            values.forEach(IValue::close);
        }
    }
}

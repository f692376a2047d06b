package dev.heed.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
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
    private static final int LONGEST_UNFUSED = 256;

    private final NDManager manager;
    private final PtSymbolBlock module;
    private final Map<String, NDArray> names = new ConcurrentHashMap<>();
    private volatile boolean bf16;

    Kernels(NDManager manager) {
        this.manager = manager;
        try (InputStream source = Kernels.class.getResourceAsStream(SOURCE)) {
            if (source == null) {
                throw new IllegalStateException("resource missing: " + SOURCE);
            }
            byte[] archive = pack(source.readAllBytes());
            module = JniUtils.loadModule((PtNDManager) manager, new ByteArrayInputStream(archive), false, false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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

    /**
     * x · weightᵀ, the product in the chosen precision.
     *
     * @param x (…, in)
     * @param weight (out, in)
     * @return (…, out), float32
     */
    public NDArray linear(NDArray x, NDArray weight) {
        return call(bf16 ? "linear_bf16" : "linear_fp32", x, weight);
    }

    /**
     * (x / rms(x) · gain) · weightᵀ: the root-mean-square norm (Zhang and Sennrich 2019) with the product that follows it.
     * The gain is multiplied into the weight, which is smaller than x.
     *
     * @param x (…, in)
     * @param gain (in)
     * @param weight (out, in)
     * @param epsilon a scalar, added to the mean square
     * @return (…, out), float32
     */
    public NDArray normLinear(NDArray x, NDArray gain, NDArray weight, NDArray epsilon) {
        return call(bf16 ? "norm_linear_bf16" : "norm_linear_fp32", x, gain, weight, epsilon);
    }

    /** As {@link #normLinear}, its result in the precision of products, which only heads and attention read. */
    public NDArray qkv(NDArray x, NDArray gain, NDArray weight, NDArray epsilon) {
        return call(bf16 ? "qkv_bf16" : "qkv_fp32", x, gain, weight, epsilon);
    }

    /** As {@link #normLinear}, in float32 whatever the precision: for scores and values. */
    public NDArray normLinearExact(NDArray x, NDArray gain, NDArray weight, NDArray epsilon) {
        return call("norm_linear_fp32", x, gain, weight, epsilon);
    }

    /**
     * The gated feed-forward block behind its norm, down(silu(gate(x)) · up(x)) (Shazeer 2020).
     *
     * @param x (…, C)
     * @param gain (C), of the norm
     * @param gateUp (2·F, C), gate above up
     * @param down (C, F)
     * @param epsilon a scalar, of the norm
     * @return (…, C), float32
     */
    public NDArray feedForward(NDArray x, NDArray gain, NDArray gateUp, NDArray down, NDArray epsilon) {
        return call(bf16 ? "feed_forward_bf16" : "feed_forward_fp32", x, gain, gateUp, down, epsilon);
    }

    /**
     * Queries, keys and values by head, queries and keys turned by their position (Su et al. 2021, in the half-split
     * layout of Hugging Face).
     *
     * @param qkv (B, T, (H+2G)·D)
     * @param cos (S, D), S at least T
     * @param sin (S, D), its first half negated
     * @param counts [H, G], int64
     * @return q (B, H, T, D), k (B, G, T, D), v (B, G, T, D)
     */
    public NDList heads(NDArray qkv, NDArray cos, NDArray sin, NDArray counts) {
        return calls("heads", qkv, cos, sin, counts);
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
     * The matrices of a model as {@link #decode} wants them: norms' gains and the scale of attention multiplied in, in the
     * precision of products.
     *
     * @param scope owner of the result
     * @param weights six per layer: norm (C), qkv ((H+2G)·D, C), output (C, H·D), norm (C), gate and up (2·F, C), down (C,
     *     F); then norm (C) and head (V, C)
     * @param heads H
     * @param groups G
     */
    public List<NDArray> prepare(NDManager scope, List<NDArray> weights, int heads, int groups) {
        try (Arguments arguments =
                        new Arguments().tensors(weights).integers(heads, groups).flag(bf16);
                IValue ready = run("prepare", arguments)) {
            return List.of(ready.toTensorArray((PtNDManager) scope));
        }
    }

    /**
     * Writes keys or values of prompts into a cache.
     *
     * @param cache (L, B, G, D, S), of keys or values
     * @param x (b, G, T, D), T at most S
     * @param rows (B), int64, each in [0, b): which row of x goes to this row of the cache
     */
    public void remember(NDArray cache, int layer, NDArray x, NDArray rows) {
        try (Arguments arguments =
                new Arguments().tensor(cache).integer(layer).tensor(x).tensor(rows)) {
            run("remember", arguments).close();
        }
    }

    /**
     * Copies rows of a cache to other rows of it.
     *
     * @param cache (L, B, G, D, S)
     * @param source (n), int64
     * @param target (n), int64, none of them in source
     */
    public void moveRows(NDArray cache, NDArray source, NDArray target) {
        try (Arguments arguments = new Arguments().tensor(cache).tensor(source).tensor(target)) {
            run("move_rows", arguments).close();
        }
    }

    /**
     * What {@link #decode} needs of a model.
     *
     * @param table (V, C)
     * @param ready what {@link #prepare} made
     * @param cos (S, D)
     * @param sin (S, D), its first half negated
     * @param epsilon a scalar
     */
    public record Decoder(NDArray table, List<NDArray> ready, NDArray cos, NDArray sin, NDArray epsilon) {}

    /**
     * One token further for each row, all layers in one call: writes its keys and values at the row's length.
     *
     * @param scope owner of the result
     * @param ids (b), int64, the token that each row continues with; b at most B, the first rows of the cache
     * @param lengths (b), int64, how many tokens the cache holds of each row
     * @param keys (L, B, G, D, S): tokens last, which makes products with one query two to three times faster
     * @param values (L, B, G, D, S)
     * @param span one more than the greatest length; at most S
     * @return logits (b, V)
     */
    public NDArray decode(
            NDManager scope, Decoder decoder, NDArray ids, NDArray lengths, NDArray keys, NDArray values, int span) {
        try (Arguments arguments = new Arguments()
                        .tensor(ids)
                        .tensor(lengths)
                        .tensor(keys)
                        .tensor(values)
                        .integer(span)
                        .tensor(decoder.table())
                        .tensors(decoder.ready())
                        .tensor(decoder.cos())
                        .tensor(decoder.sin())
                        .tensor(decoder.epsilon());
                IValue logits = run("decode", arguments)) {
            return logits.toTensor((PtNDManager) scope);
        }
    }

    /** Drawn tokens with their log-probabilities under the whole distribution at its temperature. */
    public record Drawn(int[] ids, float[] logProbs) {}

    /**
     * One token per row: the first whose cumulative probability exceeds the row's uniform number.
     *
     * @param logits (B, V)
     * @param uniforms B numbers in [0, 1)
     * @param temperature 0: the most likely token, with log-probabilities at temperature 1
     * @param topK only the k most likely and their ties; 0: all
     * @param topP only the smallest set of most likely tokens with that mass; 1: all
     */
    public Drawn draw(NDArray logits, float[] uniforms, double temperature, int topK, double topP) {
        try (NDArray numbers = manager.create(uniforms);
                Arguments arguments = new Arguments()
                        .tensor(logits)
                        .tensor(numbers)
                        .number(temperature)
                        .integer(topK)
                        .number(topP);
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

    /** A TorchScript archive: four stored entries; the two pickles are an object without state and an empty tuple. */
    private static byte[] pack(byte[] source) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            store(zip, "version", "3\n".getBytes(StandardCharsets.US_ASCII));
            store(zip, "data.pkl", latin1("\u0080\u0002c__torch__\nKernels\n)\u0081}(X\u0008\0\0\0training\u0088ub."));
            store(zip, "constants.pkl", latin1("\u0080\u0002)."));
            store(zip, "code/__torch__.py", source);
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

package dev.heed.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import dev.heed.tensor.KernelModule.Arguments;
import java.util.List;

/**
 * The fused operations that DJL's arrays lack and a model needs that learns. Letters: B batch, T tokens, C width, H query heads, G key and value heads, D width of a head, V vocabulary,
 * N counted tokens.
 *
 * <p>Results are attached to the manager of the first argument. Those of the first group carry gradients while a {@link
 * Learner} collects them; those of the second never do.
 */
public final class Kernels {
    private static final int LONGEST_UNFUSED = 256;

    private final KernelModule module;
    private final NDManager manager;
    private final NDArray none;

    Kernels(KernelModule module, NDManager manager) {
        this.module = module;
        this.manager = manager;
        none = manager.zeros(new Shape(0));
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
        return module.call("embedding", ids, table);
    }

    /**
     * Some positions of a batch. As an embedding: the backward pass of an indexed selection takes them one by one.
     *
     * @param x (M, C) or (B, T, C)
     * @param places (…), int64, each in [0, M) or [0, B·T)
     * @return (…, C)
     */
    public NDArray select(NDArray x, NDArray places) {
        return module.call("select", x, places);
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
     * weight + scale · b a, a low-rank change (Hu et al. 2021) of some of its rows, in float32.
     *
     * @param scale a scalar, float32; its manager takes the result
     * @param weight (out, in)
     * @param b (rows, r)
     * @param a (r, in)
     * @param first the first of the rows that change, a scalar, int64
     * @return (out, in)
     */
    public NDArray adapted(NDArray scale, NDArray weight, NDArray b, NDArray a, NDArray first) {
        return module.call("adapted", scale, weight, b, a, first);
    }

    /**
     * x · weightᵀ + bias, the product in the chosen precision.
     *
     * @param x (…, in)
     * @return (…, out), float32
     */
    public NDArray linear(NDArray x, Linear map) {
        return module.call("linear", x, map.weight, map.bias, module.products());
    }

    /** As {@link #linear}, in that precision. */
    public NDArray linearIn(Precision precision, NDArray x, Linear map) {
        return module.call("linear", x, map.weight, map.bias, module.in(precision));
    }

    /**
     * The norm of x with the product that follows it. Gain and shift are multiplied into the map, which is smaller than x.
     *
     * @param x (…, in)
     * @param epsilon a scalar, added to the mean square
     * @return (…, out), float32
     */
    public NDArray normLinear(NDArray x, Norm norm, Linear map, NDArray epsilon) {
        return module.call("norm_linear", x, norm.gain, norm.shift, map.weight, map.bias, epsilon, module.products());
    }

    /** As {@link #normLinear}, its result in the precision of products, which only heads and attention read. */
    public NDArray qkv(NDArray x, Norm norm, Linear map, NDArray epsilon) {
        return module.call("qkv", x, norm.gain, norm.shift, map.weight, map.bias, epsilon, module.products());
    }

    /** As {@link #normLinear}, in float32 whatever the precision: for scores and values. */
    public NDArray normLinearExact(NDArray x, Norm norm, Linear map, NDArray epsilon) {
        return module.call(
                "norm_linear", x, norm.gain, norm.shift, map.weight, map.bias, epsilon, module.in(Precision.FP32));
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
        return module.call(
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
                module.products());
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
        return module.calls("heads", qkv, turns.cos, turns.sin, gains.queries, gains.keys, epsilon, counts);
    }

    /**
     * Causal attention, softmax(q kᵀ / √D) v. In bf16 as two products with the softmax between them, computed in float32 and
     * kept in bf16, as which the second product reads it; that takes less than two thirds of the fused kernel's time but memory
     * of T² a head, so long rows take the fused one; that in float32, for its backward pass is several times slower in bf16.
     *
     * @param q (B, H, T, D)
     * @param k (B, G, T, D), G divides H
     * @param v (B, G, T, D)
     * @return (B, T, H·D), in the precision of products
     */
    public NDArray attention(NDArray q, NDArray k, NDArray v) {
        return module.call(
                module.usesBf16() && q.getShape().get(2) <= LONGEST_UNFUSED ? "attention_bf16" : "attention_fused",
                q,
                k,
                v);
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
            return module.call("log_probs", logits, targets); // spares a pass over the logits, and one back
        }
        return module.call("log_probs_at", logits, targets, logits.getManager().create((float) temperature));
    }

    /**
     * −Σ p ln p of softmax(logits / temperature); carries no gradient.
     *
     * @param logits (N, V)
     * @param temperature above 0
     * @return (N), nats, in [0, ln V]
     */
    public NDArray entropy(NDArray logits, double temperature) {
        return module.call("entropy", logits, logits.getManager().create((float) temperature));
    }

    /**
     * ln Σ p² of softmax(logits): what a token drawn from it may expect of its own log-probability's exponential; carries no
     * gradient.
     *
     * @param logits (N, V)
     * @return (N), nats, in [−ln V, 0]
     */
    public NDArray certainty(NDArray logits) {
        return module.call("certainty", logits);
    }

    // ---- without gradients, in place ----

    /** Sets gradients to zero. */
    void clear(List<NDArray> gradients) {
        try (Arguments arguments = new Arguments().tensors(gradients)) {
            module.run("clear", arguments).close();
        }
    }

    /** Adds numbers to others and leaves zeros in their place. */
    void move(List<NDArray> from, List<NDArray> to) {
        try (Arguments arguments = new Arguments().tensors(to).tensors(from)) {
            module.run("move", arguments).close();
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
                IValue norm = module.run("clip", arguments);
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
                .numbers(
                        lr * group.pace().lr(),
                        config.beta1(),
                        config.beta2(),
                        config.weightDecay() * group.pace().decay(),
                        config.epsilon() * group.pace().epsilon())) {
            module.run("adamw", arguments).close();
        }
    }

    /** Copies the numbers of one array into another of its shape. */
    public void assign(NDArray target, NDArray source) {
        try (Arguments arguments = new Arguments().tensor(target).tensor(source)) {
            module.run("assign", arguments).close();
        }
    }
}

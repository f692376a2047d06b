package dev.heed.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import dev.heed.run.Draws;
import dev.heed.run.UserError;
import dev.heed.tensor.Checkpoint;
import dev.heed.tensor.Kernels;
import dev.heed.tensor.Parameters;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The arrays of a Transformer. In memory q, k, v are one matrix, and gate and up another, so that each is one product; in
 * files they stand apart under the names of Hugging Face.
 *
 * @param embedding (V, C)
 * @param norm (C), before the head
 * @param head (V, C), which may be the embedding itself, or (1, C)
 */
record Weights(Parameters parameters, NDArray embedding, List<Layer> layers, NDArray norm, NDArray head) {
    private static final double SPREAD = 0.02;
    private static final String EMBEDDING = "embedding";
    private static final String NORM = "norm";
    private static final String HEAD = "head";

    /**
     * One decoder layer.
     *
     * @param attentionNorm (C)
     * @param qkv ((H+2G)·D, C)
     * @param output (C, H·D)
     * @param feedNorm (C)
     * @param gateUp (2·F, C)
     * @param down (C, F)
     */
    record Layer(NDArray attentionNorm, NDArray qkv, NDArray output, NDArray feedNorm, NDArray gateUp, NDArray down) {}

    /** A tensor of a file and the rows of the parameter that it fills. */
    private record Part(String file, String parameter, Shape shape, long from) {}

    private static Weights of(Parameters parameters, ModelConfig config) {
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            String at = "layers." + i + ".";
            layers.add(new Layer(
                    parameters.expect(at + "attention_norm"),
                    parameters.expect(at + "qkv"),
                    parameters.expect(at + "output"),
                    parameters.expect(at + "feed_norm"),
                    parameters.expect(at + "gate_up"),
                    parameters.expect(at + "down")));
        }
        NDArray embedding = parameters.expect(EMBEDDING);
        NDArray head = parameters.names().contains(HEAD) ? parameters.expect(HEAD) : embedding;
        return new Weights(parameters, embedding, layers, parameters.expect(NORM), head);
    }

    /** New weights: N(0, 0.02²), those that write to the residual stream smaller by √(2·layers), norms one. */
    static Weights create(NDManager manager, ModelConfig config, Head head, long seed) {
        Parameters parameters = new Parameters(manager);
        shapes(config, head)
                .forEach((name, shape) -> parameters.add(name, initial(manager, name, shape, config, seed)));
        return of(parameters, config);
    }

    private static NDArray initial(NDManager manager, String name, Shape shape, ModelConfig config, long seed) {
        if (shape.dimension() == 1) {
            return manager.ones(shape);
        }
        double spread = SPREAD;
        if (name.endsWith("output") || name.endsWith("down")) {
            spread /= Math.sqrt(2.0 * config.layers());
        } else if (name.equals(HEAD) && shape.get(0) == 1) {
            spread = 1 / Math.sqrt(config.width() + 1.0); // Stiennon et al. 2020
        }
        return owned(
                manager, normals(Math.toIntExact(shape.size()), spread, Draws.of(seed, "weights " + name, 0)), shape);
    }

    /** Pairs of normal numbers by the method of Box and Muller, the same on every platform. */
    private static float[] normals(int n, double spread, SplittableRandom random) {
        float[] values = new float[n];
        for (int i = 0; i < n; i += 2) {
            double radius = spread * StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
            double angle = 2 * Math.PI * random.nextDouble();
            values[i] = (float) (radius * StrictMath.cos(angle));
            if (i + 1 < n) {
                values[i + 1] = (float) (radius * StrictMath.sin(angle));
            }
        }
        return values;
    }

    /** A copy in libtorch's own memory: what is created from Java's is a view of a Java buffer. */
    private static NDArray owned(NDManager manager, float[] values, Shape shape) {
        try (NDArray view = manager.create(values, shape)) {
            return view.duplicate();
        }
    }

    /** Every parameter's name and shape, in order. */
    private static Map<String, Shape> shapes(ModelConfig c, Head head) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        shapes.put(EMBEDDING, new Shape(c.vocabulary(), c.width()));
        for (int i = 0; i < c.layers(); i++) {
            String at = "layers." + i + ".";
            shapes.put(at + "attention_norm", new Shape(c.width()));
            shapes.put(at + "qkv", new Shape((long) (c.heads() + 2 * c.kvHeads()) * c.headWidth(), c.width()));
            shapes.put(at + "output", new Shape(c.width(), c.width()));
            shapes.put(at + "feed_norm", new Shape(c.width()));
            shapes.put(at + "gate_up", new Shape(2L * c.intermediate(), c.width()));
            shapes.put(at + "down", new Shape(c.width(), c.intermediate()));
        }
        shapes.put(NORM, new Shape(c.width()));
        if (head == Head.SCALAR) {
            shapes.put(HEAD, new Shape(1, c.width()));
        } else if (!c.tied()) {
            shapes.put(HEAD, new Shape(c.vocabulary(), c.width()));
        }
        return shapes;
    }

    // ---- files ----

    private static List<Part> parts(ModelConfig c, Head head) {
        List<Part> parts = new ArrayList<>();
        Shape gain = new Shape(c.width());
        parts.add(new Part("model.embed_tokens.weight", EMBEDDING, new Shape(c.vocabulary(), c.width()), 0));
        for (int i = 0; i < c.layers(); i++) {
            String file = "model.layers." + i + ".";
            String at = "layers." + i + ".";
            long own = c.width();
            long shared = (long) c.kvHeads() * c.headWidth();
            Shape narrow = new Shape(shared, c.width());
            Shape wide = new Shape(c.intermediate(), c.width());
            parts.add(new Part(file + "input_layernorm.weight", at + "attention_norm", gain, 0));
            parts.add(new Part(file + "self_attn.q_proj.weight", at + "qkv", new Shape(own, c.width()), 0));
            parts.add(new Part(file + "self_attn.k_proj.weight", at + "qkv", narrow, own));
            parts.add(new Part(file + "self_attn.v_proj.weight", at + "qkv", narrow, own + shared));
            parts.add(new Part(file + "self_attn.o_proj.weight", at + "output", new Shape(c.width(), own), 0));
            parts.add(new Part(file + "post_attention_layernorm.weight", at + "feed_norm", gain, 0));
            parts.add(new Part(file + "mlp.gate_proj.weight", at + "gate_up", wide, 0));
            parts.add(new Part(file + "mlp.up_proj.weight", at + "gate_up", wide, c.intermediate()));
            Shape down = new Shape(c.width(), c.intermediate());
            parts.add(new Part(file + "mlp.down_proj.weight", at + "down", down, 0));
        }
        parts.add(new Part("model.norm.weight", NORM, gain, 0));
        if (head == Head.SCALAR) {
            parts.add(new Part("score.weight", HEAD, new Shape(1, c.width()), 0));
        } else if (!c.tied()) {
            parts.add(new Part("lm_head.weight", HEAD, new Shape(c.vocabulary(), c.width()), 0));
        }
        return parts;
    }

    /**
     * Reads a folder.
     *
     * @param newHeadSeed where given, a file without a score head gets a new one of this seed
     * @throws UserError if the file is damaged, or its tensors are not exactly those of the configuration
     */
    static Weights read(NDManager manager, Path dir, ModelConfig config, Head head, @Nullable Long newHeadSeed) {
        try (Checkpoint saved = Checkpoint.open(dir)) {
            List<Part> parts = parts(config, head);
            boolean newHead =
                    head == Head.SCALAR && newHeadSeed != null && !saved.names().contains("score.weight");
            if (newHead) {
                parts.remove(parts.size() - 1);
            }
            check(saved.source(), saved, parts, head, config);
            Parameters parameters = new Parameters(manager);
            shapes(config, head).forEach((name, shape) -> {
                if (newHeadSeed != null && newHead && name.equals(HEAD)) {
                    parameters.add(name, initial(manager, name, shape, config, newHeadSeed));
                } else {
                    parameters.add(name, owned(manager, joined(saved, parts, name, shape), shape));
                }
            });
            return of(parameters, config);
        }
    }

    private static void check(Path file, Checkpoint saved, List<Part> parts, Head head, ModelConfig config) {
        Set<String> surplus = new LinkedHashSet<>(saved.names());
        for (Part part : parts) {
            saved.expect(part.file, part.shape);
            surplus.remove(part.file);
        }
        if (head == Head.SCALAR || config.tied()) {
            surplus.remove("lm_head.weight"); // unused by this head, or a copy of the embedding
        }
        surplus.removeIf(name -> name.endsWith("rotary_emb.inv_freq")); // files of 2023 hold this constant
        if (!surplus.isEmpty()) {
            throw new UserError("%s holds %d tensors that its config.json does not describe: %s"
                    .formatted(file, surplus.size(), surplus.iterator().next()));
        }
    }

    private static float[] joined(Checkpoint saved, List<Part> parts, String parameter, Shape shape) {
        float[] values = new float[Math.toIntExact(shape.size())];
        int stride = shape.dimension() == 1 ? 1 : Math.toIntExact(shape.get(1));
        for (Part part : parts) {
            if (part.parameter.equals(parameter)) {
                float[] floats = saved.expect(part.file).finiteFloats();
                System.arraycopy(floats, 0, values, Math.toIntExact(part.from * stride), floats.length);
            }
        }
        return values;
    }

    /** The tensors of a file, by name; attached to the scope. */
    Map<String, NDArray> named(NDManager scope, ModelConfig config, Head kind) {
        return named(scope, config, kind, UnaryOperator.identity());
    }

    /** As {@link #named}, of what a function makes of each parameter. */
    Map<String, NDArray> named(NDManager scope, ModelConfig config, Head kind, UnaryOperator<NDArray> of) {
        Map<String, NDArray> named = new LinkedHashMap<>();
        for (Part part : parts(config, kind)) {
            NDArray whole = of.apply(parameters.expect(part.parameter));
            NDArray rows = whole.get(scope, new NDIndex("{}:{}", part.from, part.from + part.shape.get(0)));
            rows.attach(scope);
            named.put(part.file, rows);
        }
        return named;
    }

    /** In the order that {@link Kernels#prepare} takes them. */
    List<NDArray> inOrder() {
        List<NDArray> all = new ArrayList<>();
        for (Layer layer : layers) {
            all.addAll(List.of(layer.attentionNorm, layer.qkv, layer.output, layer.feedNorm, layer.gateUp, layer.down));
        }
        all.add(norm);
        all.add(head);
        return all;
    }
}

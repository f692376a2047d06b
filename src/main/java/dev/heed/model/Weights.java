package dev.heed.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import dev.heed.run.Draws;
import dev.heed.run.UserError;
import dev.heed.tensor.Checkpoint;
import dev.heed.tensor.DecodingKernels;
import dev.heed.tensor.Kernels;
import dev.heed.tensor.Kernels.HeadGains;
import dev.heed.tensor.Kernels.Linear;
import dev.heed.tensor.Kernels.Norm;
import dev.heed.tensor.Parameters;
import dev.heed.tensor.SavedTensor;
import dev.heed.tensor.Torch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The arrays of a Transformer. In memory q, k, v are one matrix, and gate and up another, so that each is one product; in
 * files they lie as {@link Layout} says. What a family does not have is {@link Kernels#none}.
 *
 * @param embedding (V, C)
 * @param positions (S, C), where they are learned
 * @param norm before the head
 * @param head (V, C), which may be the embedding itself, or (1, C); no bias
 */
record Weights(
        Parameters parameters, NDArray embedding, NDArray positions, List<Layer> layers, Norm norm, Linear head) {
    static final String EMBEDDING = "embedding";
    static final String POSITIONS = "positions";
    static final String NORM = "norm";
    static final String HEAD = "head";
    static final String QKV = "qkv";
    static final String OUTPUT = "output";
    static final String DOWN = "down";

    /**
     * One decoder layer.
     *
     * @param qkv ((H+2G)·D, C)
     * @param output (C, H·D)
     * @param up (F, C), or (2·F, C) with gate above up
     * @param down (C, F)
     */
    record Layer(
            Norm attentionNorm, Linear qkv, HeadGains gains, Linear output, Norm feedNorm, Linear up, Linear down) {}

    /** Finds parameters by name. */
    private record Finder(Parameters parameters, NDArray none) {
        NDArray find(String name) {
            return parameters.names().contains(name) ? parameters.expect(name) : none;
        }

        Norm norm(String name) {
            return new Norm(parameters.expect(name), find(name + "_shift"));
        }

        Linear linear(String name) {
            return new Linear(parameters.expect(name), find(name + "_bias"));
        }
    }

    private static Weights of(Torch torch, Parameters parameters, ModelConfig config) {
        Finder finder = new Finder(parameters, torch.kernels().none());
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            String at = at(i);
            layers.add(new Layer(
                    finder.norm(at + "attention_norm"),
                    finder.linear(at + QKV),
                    new HeadGains(finder.find(at + "q_norm"), finder.find(at + "k_norm")),
                    finder.linear(at + OUTPUT),
                    finder.norm(at + "feed_norm"),
                    finder.linear(at + up(config)),
                    finder.linear(at + DOWN)));
        }
        NDArray embedding = parameters.expect(EMBEDDING);
        NDArray head = parameters.names().contains(HEAD) ? parameters.expect(HEAD) : embedding;
        return new Weights(
                parameters,
                embedding,
                finder.find(POSITIONS),
                layers,
                finder.norm(NORM),
                new Linear(head, finder.none));
    }

    /** What the names of a layer's parameters begin with. */
    static String at(int layer) {
        return "layers." + layer + ".";
    }

    static String up(ModelConfig config) {
        return config.family().gated() ? "gate_up" : "up";
    }

    /** New weights: normal, as wide as the parametrisation says; gains one, the rest zero. */
    static Weights create(
            Torch torch, NDManager manager, ModelConfig config, Head head, Parametrisation kind, long seed) {
        Parameters parameters = new Parameters(manager);
        shapes(config, head)
                .forEach((name, shape) -> parameters.add(name, initial(manager, name, shape, config, kind, seed)));
        return of(torch, parameters, config);
    }

    private static NDArray initial(
            NDManager manager, String name, Shape shape, ModelConfig config, Parametrisation kind, long seed) {
        if (shape.dimension() == 1) {
            return name.endsWith("norm") ? manager.ones(shape) : manager.zeros(shape);
        }
        double spread = name.equals(HEAD) && shape.get(0) == 1
                ? 1 / Math.sqrt(config.width() + 1.0) // Stiennon et al. 2020
                : kind.spread(name, config);
        float[] values = normals(Math.toIntExact(shape.size()), spread, Draws.of(seed, "weights " + name, 0));
        try (NDArray view = manager.create(values, shape)) { // a view of a Java buffer
            return view.duplicate();
        }
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

    /** Every parameter's name and shape, in order. */
    private static Map<String, Shape> shapes(ModelConfig c, Head head) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        for (Layout.Part part : Layout.of(c, head)) {
            long rows = part.from() + part.rows();
            Shape shape = part.shape().dimension() == 1 ? new Shape(rows) : new Shape(rows, part.columns());
            shapes.merge(part.parameter(), shape, (before, now) -> now);
        }
        return shapes;
    }

    // ---- files ----

    /**
     * Reads a folder's weights.
     *
     * @param newHeadSeed where given, a folder without a score head gets a new one of this seed
     * @throws UserError if a file is damaged, or its tensors are not exactly those of the configuration
     */
    static Weights read(
            Torch torch, NDManager manager, Path dir, ModelConfig config, Head head, @Nullable Long newHeadSeed) {
        try (Checkpoint saved = Checkpoint.open(dir)) {
            List<Layout.Part> parts = new ArrayList<>(Layout.of(config, head));
            boolean newHead = head == Head.SCALAR
                    && newHeadSeed != null
                    && !saved.names().contains(parts.get(parts.size() - 1).file());
            if (newHead) {
                parts.remove(parts.size() - 1);
            }
            Names names = new Names(saved.names(), config.family());
            check(saved, names, parts);
            Parameters parameters = new Parameters(manager);
            shapes(config, head)
                    .forEach((name, shape) -> parameters.add(
                            name,
                            newHead && newHeadSeed != null && name.equals(HEAD)
                                    ? initial(manager, name, shape, config, Parametrisation.PLAIN, newHeadSeed)
                                    : manager.zeros(shape)));
            for (Layout.Part part : parts) {
                fill(torch, saved.expect(names.of(part)), part, parameters.expect(part.parameter()));
            }
            return of(torch, parameters, config);
        }
    }

    private static void fill(Torch torch, SavedTensor tensor, Layout.Part part, NDArray parameter) {
        try (NDManager scope = torch.manager().newSubManager()) {
            NDArray rows = rows(scope, parameter, part);
            if (part.arrangement() instanceof Layout.Same) {
                tensor.into(torch, rows);
            } else {
                NDArray inFile = scope.zeros(part.shape());
                tensor.into(torch, inFile);
                torch.kernels().assign(rows, part.arrangement().toParameter(inFile));
            }
        }
    }

    /** The rows of a parameter that a part fills: a view. */
    private static NDArray rows(NDManager scope, NDArray parameter, Layout.Part part) {
        NDArray rows = parameter.get(scope, new NDIndex("{}:{}", part.from(), part.from() + part.rows()));
        rows.attach(scope);
        return rows;
    }

    /** What a file calls a part: some of the first files of GPT-2 lack the trunk's name in front. */
    private record Names(Set<String> inFile, Family family) {
        String of(Layout.Part part) {
            String bare = part.file().replaceFirst("^transformer\\.", "");
            return family == Family.GPT2 && !inFile.contains(part.file()) && inFile.contains(bare) ? bare : part.file();
        }
    }

    private static void check(Checkpoint saved, Names names, List<Layout.Part> parts) {
        Set<String> surplus = new LinkedHashSet<>(saved.names());
        for (Layout.Part part : parts) {
            saved.expect(names.of(part), part.shape());
            surplus.remove(names.of(part));
        }
        surplus.removeIf(Weights::carriesNothing);
        if (!surplus.isEmpty()) {
            throw new UserError("%s holds %d tensors that its config.json does not describe: %s"
                    .formatted(
                            saved.source(), surplus.size(), surplus.iterator().next()));
        }
    }

    /** Heads that are not this one or a copy of the embedding; and constants that files of earlier years hold. */
    private static boolean carriesNothing(String name) {
        return name.equals("lm_head.weight")
                || name.equals("embed_out.weight")
                || name.endsWith("rotary_emb.inv_freq")
                || name.endsWith(".attn.bias")
                || name.endsWith(".attention.bias")
                || name.endsWith(".masked_bias");
    }

    /**
     * The tensors of a file, by name; attached to the scope.
     *
     * @param array what stands for each parameter
     */
    static Map<String, NDArray> named(NDManager scope, ModelConfig config, Head kind, Function<String, NDArray> array) {
        Map<String, NDArray> named = new LinkedHashMap<>();
        for (Layout.Part part : Layout.of(config, kind)) {
            NDArray rows = rows(scope, array.apply(part.parameter()), part);
            named.put(part.file(), part.arrangement().toFile(rows));
        }
        return named;
    }

    /** In the order that {@link DecodingKernels#prepare} takes them, with such layers. */
    List<NDArray> inOrder(List<Layer> layers) {
        List<NDArray> all = new ArrayList<>();
        for (Layer layer : layers) {
            add(all, layer.attentionNorm);
            add(all, layer.qkv);
            all.add(layer.gains.queries());
            all.add(layer.gains.keys());
            add(all, layer.output);
            add(all, layer.feedNorm);
            add(all, layer.up);
            add(all, layer.down);
        }
        add(all, norm);
        all.add(head.weight());
        return all;
    }

    private static void add(List<NDArray> all, Norm norm) {
        all.add(norm.gain());
        all.add(norm.shift());
    }

    private static void add(List<NDArray> all, Linear map) {
        all.add(map.weight());
        all.add(map.bias());
    }
}

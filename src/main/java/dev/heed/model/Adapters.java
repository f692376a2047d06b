package dev.heed.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.heed.run.Draws;
import dev.heed.tensor.Kernels;
import dev.heed.tensor.Kernels.Linear;
import dev.heed.tensor.Parameters;
import dev.heed.tensor.Torch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What {@link Lora} learns of a model: A and B of each adapted matrix, and where the model scores its head, of its own. The
 * model's arrays are read and never changed. Without adapters, what is learned is the model itself.
 *
 * <p>Deviation 1: A is uniform in ±1/√in, as in the authors' code and PEFT; the paper draws it from a normal distribution.
 * Deviation 2: α/r · B A is added to W before W meets x, in place of α/r · B (A x) afterwards, so that what learns computes
 * just what its merged weights will, to the last bit and in bf16 too. It costs the gradient's product with x for all of W,
 * a third of a step, which the other order spares.
 */
final class Adapters {
    private final Kernels kernels;
    private final ModelConfig config;
    private final Weights base;
    private final Parameters parameters;
    private final Linear head;
    private final Map<String, List<Adapter>> byParameter = new LinkedHashMap<>();
    private final Map<Double, NDArray> scales = new ConcurrentHashMap<>();

    /**
     * The change of one matrix.
     *
     * @param part the matrix: in a file, and the rows of a parameter that it is here
     * @param a (r, in)
     * @param b (rows, r), these in the parameter's order
     */
    record Adapter(Layout.Part part, NDArray a, NDArray b, double alpha) {
        long rank() {
            return a.getShape().get(0);
        }
    }

    private Adapters(Torch torch, ModelConfig config, Weights base, Parameters parameters, Linear head) {
        this.kernels = torch.kernels();
        this.config = config;
        this.base = base;
        this.parameters = parameters;
        this.head = head;
    }

    /** Of a model that learns itself. */
    static Adapters none(Torch torch, ModelConfig config, Weights base) {
        return new Adapters(torch, config, base, base.parameters(), base.head());
    }

    /** Of a model to which adapters are about to be {@link #add added}; a head that scores is copied. */
    static Adapters on(Torch torch, NDManager manager, ModelConfig config, Weights base, Head kind) {
        Parameters learned = new Parameters(manager);
        Linear head = base.head();
        if (kind == Head.SCALAR) {
            NDArray copy = learned.add(
                    Weights.HEAD, learned.manager().zeros(head.weight().getShape()));
            torch.kernels().assign(copy, head.weight());
            head = new Linear(copy, head.bias());
        }
        return new Adapters(torch, config, base, learned, head);
    }

    /** New adapters, which change nothing yet: B is zero, and A depends on the seed alone. */
    void add(Lora lora, long seed) {
        NDManager manager = parameters.manager();
        for (Layout.Part part : lora.matrices(config)) {
            Shape shape = new Shape(lora.rank(), part.columns());
            float[] values = uniforms(shape, Draws.of(seed, "lora " + part.module(), 0));
            try (NDArray view = manager.create(values, shape)) { // a view of a Java buffer
                add(new Adapter(
                        part, view.duplicate(), manager.zeros(new Shape(part.rows(), lora.rank())), lora.alpha()));
            }
        }
    }

    private static float[] uniforms(Shape shape, SplittableRandom random) {
        double bound = 1 / Math.sqrt((double) shape.get(1));
        float[] values = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (bound * (2 * random.nextDouble() - 1));
        }
        return values;
    }

    /** Takes over the adapter's arrays. */
    void add(Adapter adapter) {
        parameters.add(adapter.part().module() + ".a", adapter.a());
        parameters.add(adapter.part().module() + ".b", adapter.b());
        byParameter
                .computeIfAbsent(adapter.part().parameter(), name -> new ArrayList<>())
                .add(adapter);
    }

    /** What a learner changes. */
    Parameters parameters() {
        return parameters;
    }

    /** The model's own, or the copy that is learned. */
    Linear head() {
        return head;
    }

    /** Whether the model itself stays as it is. */
    boolean present() {
        return parameters != base.parameters();
    }

    List<Adapter> all() {
        return byParameter.values().stream().flatMap(List::stream).toList();
    }

    // ---- adapted ----

    /** A parameter as the model computes with it: its own array, or an adapted one that belongs to the scope. */
    NDArray on(NDManager scope, String parameter) {
        return parameter.equals(Weights.HEAD)
                ? head.weight()
                : on(scope, parameter, base.parameters().expect(parameter));
    }

    private NDArray on(NDManager scope, String parameter, NDArray weight) {
        NDArray adapted = weight;
        boolean between = false;
        for (Adapter adapter : byParameter.getOrDefault(parameter, List.of())) {
            // Of the model, not of the scope: the backward pass reads it when a layer's scope is closed.
            NDArray scale = scales.computeIfAbsent(
                    adapter.alpha() / adapter.rank(), s -> parameters.manager().create(s.floatValue()));
            NDArray first = scope.create(adapter.part().from());
            NDArray next = kernels.adapted(scale, adapted, adapter.b(), adapter.a(), first);
            next.attach(scope);
            if (between) {
                adapted.close(); // nobody reads it again, the backward pass neither
            }
            adapted = next;
            between = true;
        }
        return adapted;
    }

    private Linear on(NDManager scope, String parameter, Linear map) {
        return new Linear(on(scope, parameter, map.weight()), map.bias());
    }

    /** A layer as the model computes with it. */
    Weights.Layer layer(NDManager scope, int index) {
        Weights.Layer layer = base.layers().get(index);
        if (byParameter.isEmpty()) {
            return layer;
        }
        String at = Weights.at(index);
        return new Weights.Layer(
                layer.attentionNorm(),
                on(scope, at + Weights.QKV, layer.qkv()),
                layer.gains(),
                on(scope, at + Weights.OUTPUT, layer.output()),
                layer.feedNorm(),
                on(scope, at + Weights.up(config), layer.up()),
                on(scope, at + Weights.DOWN, layer.down()));
    }
}

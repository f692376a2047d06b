package dev.heed.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.heed.run.UserError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019) as {@code torch.optim.AdamW} computes it: epsilon stands
 * outside the bias correction's root.
 */
public final class AdamW implements AutoCloseable {
    /**
     * Settings of the optimizer.
     *
     * @param maxGradNorm global norm to which gradients are clipped; 0: never
     * @param paces how fast each parameter goes, by name and shape
     */
    public record Config(
            double beta1,
            double beta2,
            double epsilon,
            double weightDecay,
            double maxGradNorm,
            BiFunction<String, Shape, Pace> paces) {
        /** Matrices decay; vectors, the gains of the norms, do not. */
        public Config(double beta1, double beta2, double epsilon, double weightDecay, double maxGradNorm) {
            this(beta1, beta2, epsilon, weightDecay, maxGradNorm, (name, shape) -> Pace.usual(shape));
        }

        public Config {
            if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1)) {
                throw new UserError("Adam's betas must lie in [0, 1), were %s and %s".formatted(beta1, beta2));
            }
            if (!(epsilon > 0 && weightDecay >= 0 && maxGradNorm >= 0)) {
                throw new UserError(
                        "Adam's epsilon must be above 0, weight decay and gradient norm at least 0, were %s, %s and %s"
                                .formatted(epsilon, weightDecay, maxGradNorm));
            }
        }
    }

    private final Kernels kernels;
    private final NDManager manager;
    private final Config config;
    private final List<NDArray> gradients = new ArrayList<>();
    private final List<Group> groups;
    private final List<NDArray> aside = new ArrayList<>();
    private long steps;

    /** Takes over parameters of which each has a gradient already: libtorch adds to it in place from then on. */
    AdamW(Torch torch, Parameters parameters, Config config) {
        this.kernels = torch.kernels();
        this.manager = torch.manager().newSubManager();
        this.config = config;
        Map<Pace, Group> byPace = new LinkedHashMap<>();
        for (String name : parameters.names()) {
            NDArray weight = parameters.expect(name);
            NDArray gradient = weight.getGradient(); // once: each call makes a new handle
            gradient.attach(manager);
            gradients.add(gradient);
            byPace.computeIfAbsent(config.paces().apply(name, weight.getShape()), Group::new)
                    .add(name, weight, gradient, manager);
        }
        groups = List.copyOf(byPace.values());
    }

    /** Parameters of one pace, with their gradients and first and second moments. */
    record Group(
            Pace pace,
            List<String> names,
            List<NDArray> weights,
            List<NDArray> gradients,
            List<NDArray> means,
            List<NDArray> squares) {
        Group(Pace pace) {
            this(pace, new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }

        void add(String name, NDArray weight, NDArray gradient, NDManager manager) {
            names.add(name);
            weights.add(weight);
            gradients.add(gradient);
            means.add(manager.zeros(weight.getShape()));
            squares.add(manager.zeros(weight.getShape()));
        }
    }

    /** Forgets the gradients, those put aside too. */
    void clear() {
        kernels.clear(gradients);
        if (!aside.isEmpty()) {
            kernels.clear(aside);
        }
    }

    /** Leaves zeros for others to add to; what was held comes back with {@link #bringBack}. */
    void putAside() {
        if (aside.isEmpty()) {
            gradients.forEach(gradient -> aside.add(manager.zeros(gradient.getShape())));
        }
        kernels.move(gradients, aside);
    }

    /** Adds what was put aside. */
    void bringBack() {
        if (!aside.isEmpty()) {
            kernels.move(aside, gradients);
        }
    }

    /** Clips and applies the gradients; returns their global norm before clipping. */
    float step(double lr) {
        float norm = kernels.clip(gradients, config.maxGradNorm());
        if (!Float.isFinite(norm)) {
            throw new Diverged(
                    "the gradient's norm is %s at optimizer step %d; a smaller learning rate or a longer warm-up may help"
                            .formatted(norm, steps + 1));
        }
        steps++;
        try (NDArray step = manager.create((float) steps)) {
            for (Group group : groups) {
                kernels.adamw(group, step, lr, config);
            }
        }
        return norm;
    }

    /** How many steps were taken. */
    long steps() {
        return steps;
    }

    /** The state by name; the arrays stay the optimizer's. */
    Map<String, NDArray> state() {
        Map<String, NDArray> state = new LinkedHashMap<>();
        for (Group group : groups) {
            for (int i = 0; i < group.names.size(); i++) {
                state.put("mean." + group.names.get(i), group.means.get(i));
                state.put("square." + group.names.get(i), group.squares.get(i));
            }
        }
        return state;
    }

    /** Continues after that many steps with the moments now in {@link #state}. */
    void resume(long steps) {
        this.steps = steps;
    }

    @Override
    public void close() {
        manager.close();
    }
}

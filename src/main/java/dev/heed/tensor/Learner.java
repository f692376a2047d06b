package dev.heed.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.heed.run.UserError;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The gradient step: a loss is computed in a scope of its own, its gradients are clipped and applied, and everything the
 * loss allocated is freed. A learner is for one thread; others may learn beside it.
 */
public final class Learner implements AutoCloseable {
    private static final String STATE = "optimizer.safetensors";
    private static final String STEPS = "steps";

    private final Torch torch;
    private final Parameters parameters;
    private final AdamW optimizer;
    private boolean held; // whether the gradients are of anything yet

    /** What a step did: the loss before it and the global gradient norm before clipping. */
    public record Step(float loss, float gradNorm) {}

    public Learner(Torch torch, Parameters parameters, AdamW.Config config) {
        this.torch = torch;
        this.parameters = parameters;
        for (NDArray weight : parameters.all()) {
            weight.setRequiresGradient(true);
        }
        touch();
        optimizer = new AdamW(torch, parameters, config);
        optimizer.clear();
    }

    /**
     * One step down the loss.
     *
     * @param loss from a scope that is closed afterwards to a scalar; called once
     * @throws Diverged if the loss or the gradient is not finite; the weights are then as before
     */
    public Step minimise(double lr, Function<NDManager, NDArray> loss) {
        return minimise(lr, 1, (scope, part) -> loss.apply(scope));
    }

    /** The same of a loss in parts, see {@link #accumulate(int, Parts, Learner...)}. */
    public Step minimise(double lr, int parts, Parts loss) {
        double value = accumulate(parts, loss);
        return new Step((float) value, step(lr));
    }

    /** Adds the loss's gradients to those already held; returns the loss. */
    public float accumulate(Function<NDManager, NDArray> loss) {
        return (float) accumulate(1, (scope, part) -> loss.apply(scope));
    }

    /** A loss in parts. */
    public interface Parts {
        /**
         * One of them, computed on any thread and beside another, so what it writes is its own.
         *
         * @param scope closed afterwards
         * @return scalar
         */
        NDArray loss(NDManager scope, int part);
    }

    /**
     * Adds the gradients of the parts of a loss to those already held; returns their sum. Parts 0 and 1 are computed beside each
     * other, then 2 and 3 and so on, where there are threads for it: libtorch adds what both find under a lock, and to zeros two
     * numbers may come in either order.
     *
     * @param others learners of whatever else the loss reaches
     * @throws Diverged if a part is not finite; nothing is held then
     */
    public double accumulate(int parts, Parts loss, Learner... others) {
        List<Learner> all = Stream.concat(Stream.of(this), Stream.of(others)).toList();
        float[] values = new float[parts];
        try {
            for (int part = 0; part < parts; ) {
                int first = part;
                if (part + 1 < parts && torch.halves()) {
                    all.forEach(Learner::putAside);
                    torch.both(
                            () -> values[first] = collect(scope -> finite(loss.loss(scope, first))),
                            () -> values[first + 1] = collect(scope -> finite(loss.loss(scope, first + 1))));
                    part += 2;
                } else {
                    values[part++] = collect(scope -> finite(loss.loss(scope, first)));
                }
                all.forEach(learner -> learner.held = true);
            }
            all.forEach(learner -> learner.optimizer.bringBack());
        } catch (Diverged e) {
            all.forEach(Learner::clear);
            throw e;
        }
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum;
    }

    private void putAside() {
        if (held) {
            optimizer.putAside();
        }
    }

    private void clear() {
        optimizer.clear();
        held = false;
    }

    private NDArray finite(NDArray loss) {
        float value = loss.getFloat();
        if (!Float.isFinite(value)) {
            throw new Diverged("the loss is %s at optimizer step %d".formatted(value, steps() + 1));
        }
        return loss;
    }

    /** Clips and applies the accumulated gradients, then forgets them; returns their global norm before clipping. */
    public float step(double lr) {
        try {
            return optimizer.step(lr);
        } finally {
            parameters.changed();
            clear();
        }
    }

    /** How many steps were taken, those before a resume included. */
    public long steps() {
        return optimizer.steps();
    }

    /** Writes the optimizer's moments and step count. */
    public void saveTo(Path dir) {
        Safetensors.write(dir.resolve(STATE), optimizer.state(), Map.of(STEPS, Long.toString(steps())));
    }

    /** Continues with the state that {@link #saveTo} wrote. */
    public void loadFrom(Path dir) {
        Path file = dir.resolve(STATE);
        try (Safetensors saved = Safetensors.open(file)) {
            Map<String, NDArray> state = optimizer.state();
            state.forEach((name, array) -> saved.expect(name, array.getShape())); // all are right before any changes
            long steps = Long.parseLong(saved.metadata().getOrDefault(STEPS, ""));
            state.forEach((name, array) -> saved.expect(name).into(torch, array));
            optimizer.resume(steps);
        } catch (NumberFormatException e) {
            throw new UserError(
                    "optimizer state %s does not say how many steps it took; start the run anew".formatted(file), e);
        }
    }

    /** Ends learning: the weights no longer record gradients. */
    @Override
    public void close() {
        for (NDArray weight : parameters.all()) {
            weight.setRequiresGradient(false);
        }
        optimizer.close();
    }

    private float collect(Function<NDManager, NDArray> loss) {
        Torch.prepareThread();
        try (NDManager scope = torch.manager().newSubManager()) {
            JniUtils.setGradMode(true); // of this thread; DJL's own collector lets only one thread of a process collect
            NDArray scalar = loss.apply(scope);
            JniUtils.backward((PtNDArray) scalar, (PtNDArray) scope.create(1f), false, false);
            return scalar.getFloat();
        } finally {
            JniUtils.setGradMode(false);
        }
    }

    /** A backward pass of zero, so that every weight has a gradient even where a loss does not reach it. */
    private void touch() {
        collect(scope -> {
            NDArray total = scope.create(0f);
            for (NDArray weight : parameters.all()) {
                NDArray sum = weight.sum();
                sum.attach(scope);
                total = total.add(Scaled.times(sum, 0));
            }
            return total;
        });
    }
}

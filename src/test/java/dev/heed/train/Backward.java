package dev.heed.train;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import dev.heed.tensor.Torch;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** A loss of plain numbers, and its gradients. */
final class Backward {
    private Backward() {}

    record LossAndGradients(float loss, List<float[]> gradients) {}

    /** @param loss of the inputs, flat arrays, to a scalar */
    static LossAndGradients of(Torch torch, Function<List<NDArray>, NDArray> loss, float[]... inputs) {
        try (NDManager scope = torch.manager().newSubManager();
                GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            List<NDArray> arrays = new ArrayList<>();
            for (float[] input : inputs) {
                NDArray array = scope.create(input, new Shape(input.length));
                array.setRequiresGradient(true);
                arrays.add(array);
            }
            NDArray scalar = loss.apply(arrays);
            collector.backward(scalar);
            return new LossAndGradients(
                    scalar.getFloat(),
                    arrays.stream()
                            .map(array -> array.getGradient().toFloatArray())
                            .toList());
        }
    }
}

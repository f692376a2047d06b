package dev.heed.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.run.UserError;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdamWTest {
    private static final Torch TORCH = Torch.start(2, Precision.FP32);
    private static final List<String> NAMES = List.of("w1", "w2", "norm", "bias");

    @Test
    void stepsAsTorchDoesAfterClipping() {
        List<Golden> ours = Golden.cases("optim", "adamw").stream()
                .filter(golden -> golden.config().path("weight_decay").asDouble() == 0
                        || golden.config().path("no_decay").size() == 2) // we never decay vectors
                .toList();
        assertThat(ours).hasSizeGreaterThan(5);
        for (Golden golden : ours) {
            try (Parameters parameters = parameters(golden);
                    Learner learner = new Learner(TORCH, parameters, config(golden.config()))) {
                float[] rates = golden.floats("out.lr");
                for (int step = 0; step < rates.length; step++) {
                    int at = step;
                    Learner.Step done =
                            learner.minimise(rates[at], scope -> lossWithGradients(scope, golden, parameters, at));
                    for (String name : NAMES) {
                        golden.expect(
                                "out.params." + name,
                                slice(golden, "out.params." + name, at),
                                parameters.expect(name).toFloatArray());
                    }
                    if (golden.has("out.grad_norm_before_clip")) {
                        float norm = golden.floats("out.grad_norm_before_clip")[at];
                        assertThat(done.gradNorm()).isCloseTo(norm, within(1e-5f * norm + 1e-6f));
                    }
                }
            }
        }
    }

    @Test
    void aResumedRunEndsWithTheSameBitsAsAnUninterruptedOne(@TempDir Path dir) {
        AdamW.Config config = new AdamW.Config(.9, .99, 1e-8, .1, 1);
        try (Parameters through = vector();
                Parameters cut = vector();
                Learner one = new Learner(TORCH, through, config)) {
            try (Learner first = new Learner(TORCH, cut, config)) {
                for (int i = 0; i < 3; i++) {
                    one.minimise(.1, scope -> loss(through));
                    first.minimise(.1, scope -> loss(cut));
                }
                first.saveTo(dir);
            }
            try (Learner second = new Learner(TORCH, cut, config)) {
                second.loadFrom(dir);
                for (int i = 0; i < 3; i++) {
                    one.minimise(.1, scope -> loss(through));
                    second.minimise(.1, scope -> loss(cut));
                }
                assertThat(second.steps()).isEqualTo(6);
            }
            assertThat(cut.expect("x").toFloatArray())
                    .containsExactly(through.expect("x").toFloatArray());
        }
    }

    @Test
    void aLossThatIsNotFiniteLeavesTheWeightsAsTheyWere() {
        try (Parameters parameters = vector();
                Learner learner = new Learner(TORCH, parameters, new AdamW.Config(.9, .99, 1e-8, 0, 1))) {
            assertThatThrownBy(() -> learner.minimise(.1, scope -> loss(parameters)
                            .div(0)
                            .sub(loss(parameters).div(0))))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the loss is NaN at optimizer step 1");
            assertThat(parameters.expect("x").toFloatArray()).containsExactly(3, -1, .5f);
        }
    }

    @Test
    void accumulatedGradientsAreThoseOfOneBigBatch() {
        AdamW.Config config = new AdamW.Config(.9, .99, 1e-8, 0, 0);
        try (Parameters together = vector();
                Parameters apart = vector();
                Learner one = new Learner(TORCH, together, config);
                Learner two = new Learner(TORCH, apart, config)) {
            float norm = one.minimise(.1, scope -> loss(together).mul(3)).gradNorm();
            two.accumulate(scope -> loss(apart));
            two.accumulate(scope -> loss(apart).mul(2));
            assertThat(two.step(.1)).isCloseTo(norm, within(1e-5f * norm));
            assertThat(apart.expect("x").toFloatArray())
                    .containsExactly(together.expect("x").toFloatArray(), within(1e-6f));
        }
    }

    @Test
    void refusesSettingsOutsideTheirRange() {
        assertThatThrownBy(() -> new AdamW.Config(1, .9, 1e-8, 0, 0))
                .isInstanceOf(UserError.class)
                .hasMessage("Adam's betas must lie in [0, 1), were 1.0 and 0.9");
    }

    private static NDArray loss(Parameters parameters) {
        return parameters.expect("x").square().sum();
    }

    private static Parameters vector() {
        Parameters parameters = new Parameters(TORCH.manager());
        parameters.add(
                "x", parameters.manager().create(new float[] {3, -1, .5f}).duplicate());
        return parameters;
    }

    private static AdamW.Config config(JsonNode config) {
        return new AdamW.Config(
                config.path("betas").get(0).asDouble(),
                config.path("betas").get(1).asDouble(),
                config.path("eps").asDouble(),
                config.path("weight_decay").asDouble(),
                config.path("max_grad_norm").asDouble(0));
    }

    private static Parameters parameters(Golden golden) {
        Parameters parameters = new Parameters(TORCH.manager());
        for (String name : NAMES) {
            long[] shape = Arrays.stream(golden.shape("in.init." + name))
                    .asLongStream()
                    .toArray();
            parameters.add(
                    name,
                    parameters
                            .manager()
                            .create(golden.floats("in.init." + name), new Shape(shape))
                            .duplicate());
        }
        return parameters;
    }

    /** Σ parameter · gradient, whose gradient is the given one. */
    private static NDArray lossWithGradients(NDManager scope, Golden golden, Parameters parameters, int step) {
        NDArray loss = scope.create(0f);
        for (String name : NAMES) {
            NDArray weight = parameters.expect(name);
            NDArray gradient = scope.create(slice(golden, "in.grads." + name, step), weight.getShape());
            loss = loss.add(gradient.mul(weight).sum());
        }
        return loss;
    }

    private static float[] slice(Golden golden, String tensor, int step) {
        float[] all = golden.floats(tensor);
        int size = all.length / golden.shape(tensor)[0];
        return Arrays.copyOfRange(all, step * size, (step + 1) * size);
    }
}

package dev.heed.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.heed.run.UserError;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdamWTest {
    private static final Torch TORCH = Torch.start(2, Precision.FP32);

    @Test
    void matricesDecayAndVectorsDoNot() {
        try (Parameters parameters = vector()) {
            parameters.add("m", parameters.manager().ones(new Shape(1, 2)));
            try (Learner learner = new Learner(TORCH, parameters, new AdamW.Config(.9, .99, 1e-8, .5, 0))) {
                learner.minimise(.1, scope -> loss(parameters).mul(0));
                assertThat(parameters.expect("x").toFloatArray()).containsExactly(3, -1, .5f);
                assertThat(parameters.expect("m").toFloatArray()).containsExactly(.95f, .95f);
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
}

package dev.heed.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heed.tensor.Precision;
import dev.heed.tensor.Torch;
import dev.heed.train.Backward.LossAndGradients;
import org.junit.jupiter.api.Test;

class PpoLossTest {
    private static final Torch TORCH = Torch.start(2, Precision.FP32);
    private static final double FLOAT = 1e-5;

    /** Of one token whose ratio to what sampled it is given. */
    private static LossAndGradients loss(double ratio, float advantage, double dualClip) {
        return Backward.of(
                TORCH,
                now -> PpoLoss.policy(
                                now.get(0),
                                now.get(0).getManager().create(new float[] {0}),
                                now.get(0).getManager().create(new float[] {advantage}),
                                0.2,
                                dualClip)
                        .sum(),
                new float[] {(float) Math.log(ratio)});
    }

    @Test
    void withoutDualClipABadTokenCostsAsMuchAsItHasBecomeLikely() {
        assertThat(loss(10, -2, 0).loss()).isCloseTo(20, within(1e-4f));
    }

    @Test
    void dualClipBoundsWhatABadTokenCostsAndItsGradientIsGone() {
        LossAndGradients bounded = loss(10, -2, 3);
        assertThat(bounded.loss()).isEqualTo(6); // -A * c
        assertThat(bounded.gradients().get(0)).containsExactly(0);
    }

    @Test
    void dualClipLeavesWhatIsWithinItsBoundAsItWas() {
        for (double ratio : new double[] {0.1, 0.9, 1, 1.1, 2.9}) {
            assertThat(loss(ratio, -2, 3)).usingRecursiveComparison().isEqualTo(loss(ratio, -2, 0));
        }
    }

    @Test
    void dualClipDoesNotTouchAGoodToken() {
        for (double ratio : new double[] {0.1, 1, 10}) {
            assertThat(loss(ratio, 2, 3)).usingRecursiveComparison().isEqualTo(loss(ratio, 2, 0));
        }
        assertThat((double) loss(10, 2, 3).loss()).isCloseTo(-2 * 1.2, within(FLOAT));
    }
}

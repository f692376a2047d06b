package dev.heed.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import dev.heed.tensor.Scaled;

/** The losses of PPO, a number a token (Schulman et al. 2017, equation 7). */
final class PpoLoss {
    private PpoLoss() {}

    /**
     * The clipped surrogate of each token, max(−A·ρ, −A·clip(ρ, 1 − ε, 1 + ε)) with ρ = π/π_old. With dual clip, where A is
     * below 0, it is at most −A·c (Ye et al. 2020, equation 5): a bad token that has meanwhile become very likely does not
     * outweigh all others.
     *
     * @param logProbs (N), log π; the gradient flows through it
     * @param old (N), log π_old
     * @param advantages (N), whitened
     * @param clip ε
     * @param dualClip c, above 1 + ε; 0 for none
     * @return (N)
     */
    static NDArray policy(NDArray logProbs, NDArray old, NDArray advantages, double clip, double dualClip) {
        NDArray ratio = logProbs.sub(old).exp();
        NDArray gain = advantages.neg();
        NDArray losses = NDArrays.maximum(gain.mul(ratio), gain.mul(ratio.clip(1 - clip, 1 + clip)));
        return dualClip == 0
                ? losses
                : NDArrays.where(gain.gt(0), NDArrays.minimum(losses, Scaled.times(gain, dualClip)), losses);
    }

    /**
     * Half the squared error of each value, clipped so that it cannot run away from what it was: ½·max((V − R)², (V_clip −
     * R)²).
     *
     * @param values (N), the critic's now; the gradient flows through it
     * @param old (N), the critic's when the completions were sampled
     * @param returns (N)
     * @return (N)
     */
    static NDArray value(NDArray values, NDArray old, NDArray returns, double clip) {
        NDArray low = old.sub(clip);
        NDArray high = old.add(clip);
        NDArray clipped = NDArrays.minimum(NDArrays.maximum(values, low), high);
        NDArray worse = NDArrays.maximum(
                values.sub(returns).square(), clipped.sub(returns).square());
        return Scaled.times(worse, 0.5);
    }
}

package dev.heed.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import dev.heed.tensor.Scaled;
import java.util.Arrays;
import java.util.stream.LongStream;

/** How unlikely a reward model finds what labelers said, nats: what reward models are taught to lower. */
final class RewardLoss {
    private RewardLoss() {}

    /**
     * What labelers said to each comparison.
     *
     * @param targets the share of them who chose the first, in [0, 1]
     * @param leads by how much the first must score higher before it counts as chosen; negative: the second
     * @param weights how much the comparison counts; their mean is 1
     */
    record Said(float[] targets, float[] leads, float[] weights) {
        /** Of comparisons that all count the same. */
        static Said of(float[] targets, float[] leads) {
            float[] ones = new float[targets.length];
            Arrays.fill(ones, 1);
            return new Said(targets, leads, ones);
        }
    }

    /**
     * Cross-entropy of the Bradley–Terry probability σ(first − second − lead) against the targets, and what keeps scores near
     * 0 (Eisenstein et al. 2023). With the weights of {@link Compared#weights} it is equation 1 of Ouyang et al. 2022.
     *
     * @param first (N), scores; the gradient flows through it
     * @param second (N), scores; the gradient flows through it
     * @param said of N comparisons
     * @param centering weight of mean((first + second)²)
     * @return scalar: mean of target·softplus(−margin) + (1 − target)·softplus(margin), nats, and the centering
     */
    static NDArray bradleyTerry(NDArray first, NDArray second, Said said, double centering) {
        NDArray target = first.getManager().create(said.targets());
        NDArray weight = first.getManager().create(said.weights());
        NDArray margin = first.sub(second).sub(first.getManager().create(said.leads()));
        NDArray won = Activation.softPlus(margin.neg()).mul(target);
        NDArray lost = Activation.softPlus(margin).mul(target.neg().add(1));
        NDArray loss = won.add(lost).mul(weight).mean();
        return centering == 0
                ? loss
                : loss.add(Scaled.times(first.add(second).square().mul(weight).mean(), centering));
    }

    /**
     * Plackett–Luce: a ranking is made from the top, each place given to one of those that are left with probability
     * softmax(scores). Texts that share a place are each drawn before any of them is taken away (Breslow 1974).
     *
     * @param scores (N), of all rankings' texts; the gradient flows through it
     * @param rankings (N), which ranking each text belongs to, from 0
     * @param standings (N), higher is better
     * @return scalar: mean over rankings of −Σ_i log(e^{r_i} / Σ_{j not above i} e^{r_j}), nats
     */
    static NDArray plackettLuce(NDArray scores, int[] rankings, float[] standings) {
        int n = rankings.length;
        float[] left = new float[n * n]; // added to the scores: only what is left when a text is drawn can be drawn
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                boolean isLeft = rankings[i] == rankings[j] && standings[j] <= standings[i];
                left[i * n + j] = isLeft ? 0 : Float.NEGATIVE_INFINITY;
            }
        }
        NDArray own = scores.getManager().create(LongStream.range(0, n).toArray(), new Shape(n, 1));
        NDArray drawn = scores.reshape(1, n)
                .add(scores.getManager().create(left, new Shape(n, n)))
                .logSoftmax(1);
        return Scaled.over(drawn.gather(own, 1).sum().neg(), (double)
                Arrays.stream(rankings).distinct().count());
    }

    /** Targets that allow for labelers who slip with this probability: (1 − ε)·target + ε·(1 − target). */
    static float[] smoothed(float[] targets, double slips) {
        float[] smoothed = new float[targets.length];
        for (int i = 0; i < targets.length; i++) {
            smoothed[i] = (float) (targets[i] + slips * (1 - 2 * targets[i]));
        }
        return smoothed;
    }
}

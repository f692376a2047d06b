package dev.heed.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.heed.tensor.Kernels;
import dev.heed.tensor.Scaled;
import dev.heed.train.PairObjective.Said;

/**
 * What a policy's logits come to: of the pairs of a batch, which may be a part of a step.
 *
 * @param losses (b), one a pair
 * @param surprise scalar, summed over the tokens that the objective counts
 */
record PairLoss(Said said, NDArray losses, NDArray surprise) {
    /**
     * @param logits (N, V), before each counted token of the batch; the gradient flows through it
     * @param reference two sums a pair
     * @param temperature at which all log-probabilities are taken
     */
    static PairLoss of(
            Kernels kernels,
            PairObjective objective,
            PairBatch batch,
            NDArray logits,
            float[][] reference,
            double temperature) {
        NDManager scope = logits.getManager();
        NDArray logProbs = kernels.logProbs(logits, scope.create(batch.batch().targets()), temperature);
        Said said = batch.said(scope, logProbs, reference, objective.tailWeight());
        NDArray losses = objective.losses(said);
        if (objective.weighted()) {
            NDArray drawn = temperature == 1 ? logits : Scaled.over(logits, temperature);
            float[] certainty = kernels.certainty(drawn).toFloatArray();
            losses = losses.mul(scope.create(batch.likelihoods(logProbs.toFloatArray(), certainty)));
        }
        return new PairLoss(said, losses, batch.surprise(logProbs));
    }

    /**
     * This part of a step's loss: of its pairs' mean, and of the mean surprise at a token.
     *
     * @param weight of the surprise
     * @param pairs of the whole step
     * @param tokens of the whole step
     */
    NDArray loss(double weight, int pairs, int tokens) {
        NDArray mean = Scaled.over(losses.sum(), pairs);
        return weight == 0 ? mean : mean.add(Scaled.times(surprise, weight / tokens));
    }
}

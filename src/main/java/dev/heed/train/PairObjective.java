package dev.heed.train;

import ai.djl.ndarray.NDArray;
import dev.heed.tensor.Scaled;

/**
 * What a direct method minimises: a loss of each pair, from what the policy and perhaps a frozen reference say of its two
 * completions. {@link DirectTraining} does the rest.
 */
public sealed interface PairObjective permits Dpo, Cpo, Orpo {
    /**
     * The loss of each pair.
     *
     * @return (B), nats where the source does not say otherwise
     */
    NDArray losses(Said said);

    /**
     * The reward that a pair's completions have in the method's eyes; carries no gradient of use.
     *
     * @return (B) each: of the chosen, of the rejected
     */
    NDArray[] rewards(Said said);

    /** What people call the method. */
    String method();

    /** Surprise at the chosen text that is added to the loss. */
    default Surprise surprise() {
        return Surprise.NONE;
    }

    /** Whether the log-probabilities of a reference are wanted. */
    default boolean refers() {
        return false;
    }

    /** Whether a pair's loss depends on the other pairs of its batch, so that a batch cannot be taken in parts. */
    default boolean coupled() {
        return false;
    }

    /** What a token beyond the shorter completion's length counts; 1: like any other. */
    default double tailWeight() {
        return 1;
    }

    /** Whether a pair counts by how probably the policy itself would have written it. */
    default boolean weighted() {
        return false;
    }

    /**
     * Mean negative log-probability of tokens of the chosen rows, and its weight.
     *
     * @param weight at least 0
     */
    record Surprise(double weight, Counted counted) {
        static final Surprise NONE = new Surprise(0, Counted.COMPLETION);

        /** Which tokens. */
        enum Counted {
            COMPLETION,
            PROMPT_TOO
        }
    }

    /**
     * What is said of B pairs; gradients flow through the policy's.
     *
     * @param chosen (B), log-probability of the chosen completion under the policy, summed over its tokens
     * @param rejected (B), of the rejected one
     * @param refChosen (B), the same under the reference; zeros where there is none
     * @param refRejected (B)
     * @param chosenTokens (B)
     * @param rejectedTokens (B)
     */
    record Said(
            NDArray chosen,
            NDArray rejected,
            NDArray refChosen,
            NDArray refRejected,
            NDArray chosenTokens,
            NDArray rejectedTokens) {

        /** log π/π_ref of the chosen completions, (B). */
        NDArray chosenRatio() {
            return chosen.sub(refChosen);
        }

        /** log π/π_ref of the rejected completions, (B). */
        NDArray rejectedRatio() {
            return rejected.sub(refRejected);
        }

        /** Log-probability a token of the chosen completions, (B). */
        NDArray chosenMean() {
            return chosen.div(chosenTokens);
        }

        /** Log-probability a token of the rejected completions, (B). */
        NDArray rejectedMean() {
            return rejected.div(rejectedTokens);
        }
    }

    /** ln σ(x), without overflow. */
    static NDArray logSigmoid(NDArray x) {
        return ai.djl.nn.Activation.softPlus(x.neg()).neg();
    }

    /** σ(x). */
    static NDArray sigmoid(NDArray x) {
        return ai.djl.nn.Activation.sigmoid(x);
    }

    /** −(1 − ε)·ln σ(z) − ε·ln σ(−z): cross-entropy where a share ε of the labels is thought to be flipped. */
    static NDArray smoothed(NDArray z, double flipped) {
        NDArray right = logSigmoid(z).neg();
        if (flipped == 0) {
            return right;
        }
        return Scaled.times(right, 1 - flipped)
                .add(Scaled.times(logSigmoid(z.neg()).neg(), flipped));
    }
}

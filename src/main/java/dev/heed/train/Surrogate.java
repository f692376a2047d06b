package dev.heed.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.nn.Activation;
import dev.heed.tensor.Scaled;
import dev.heed.train.ClipRatios.Range;

/**
 * What a token's loss is in the place of −ρ·A, with ρ = π/π_old and the completion's advantage A: each keeps the policy from
 * going far where it was not sampled.
 */
enum Surrogate {
    /** −min(ρ·A, clip(ρ, 1 − ε, 1 + ε_high)·A), the first ρ at most δ. */
    CLIPPED {
        @Override
        NDArray losses(GroupLoss loss, Terms terms) {
            NDArray advantages = terms.advantages();
            NDArray clipped = terms.ratios.clip(1 - loss.clip(), 1 + loss.clipHigh());
            NDArray free = loss.delta() == 0 ? terms.ratios : terms.ratios.clip(0, loss.delta());
            return NDArrays.minimum(free.mul(advantages), clipped.mul(advantages))
                    .neg();
        }

        @Override
        Range range(GroupLoss loss) {
            return new Range(1 - loss.clip(), 1 + loss.clipHigh());
        }
    },
    /** −min(ρ, cap)·A·log π, the ratio without a gradient. */
    CAPPED {
        @Override
        NDArray losses(GroupLoss loss, Terms terms) {
            NDArray weights = terms.ratios.stopGradient().clip(0, loss.cap());
            return weights.mul(terms.advantages()).mul(terms.logProbs).neg();
        }

        @Override
        Range range(GroupLoss loss) {
            return new Range(0, loss.cap());
        }
    },
    /** −(4/τ)·σ(τ(ρ − 1))·A: as steep as ρ at 1, and level far from it. */
    SOFT {
        @Override
        NDArray losses(GroupLoss loss, Terms terms) {
            float[] temperatures = new float[terms.part.count()];
            for (int i = 0; i < temperatures.length; i++) {
                temperatures[i] = (float)
                        (terms.part.advantages()[i] > 0
                                ? loss.sapo().positive()
                                : loss.sapo().negative());
            }
            NDArray temperature = terms.tokens(temperatures);
            NDArray gate = Activation.sigmoid(terms.ratios.sub(1).mul(temperature));
            return Scaled.times(gate, -4).div(temperature).mul(terms.advantages());
        }
    },
    /** −φ(w)·A·log π with w the ratio of the whole completion, the weight without a gradient. */
    GAMMA {
        @Override
        NDArray losses(GroupLoss loss, Terms terms) {
            float[] weights = loss.vespo().weights(terms.logProbs.toFloatArray(), terms.part);
            for (int i = 0; i < weights.length; i++) {
                weights[i] *= -terms.part.advantages()[i];
            }
            return terms.logProbs.mul(terms.tokens(weights));
        }
    };

    /** One a token, (N). */
    abstract NDArray losses(GroupLoss loss, Terms terms);

    /** Where the gradient flows. */
    Range range(GroupLoss loss) {
        return Range.ALL;
    }

    /**
     * What a surrogate is made of.
     *
     * @param logProbs (N), log π; the gradient flows through it
     * @param ratios (N), ρ; the gradient flows through it
     * @param part of N tokens
     */
    record Terms(NDArray logProbs, NDArray ratios, Completions part) {
        /** A of each token, (N). */
        NDArray advantages() {
            return tokens(part.advantages());
        }

        NDArray tokens(float[] perCompletion) {
            return logProbs.getManager().create(part.spans().spread(perCompletion));
        }
    }
}

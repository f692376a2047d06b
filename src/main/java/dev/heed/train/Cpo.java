package dev.heed.train;

import static dev.heed.train.PairObjective.smoothed;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import dev.heed.run.Knob;
import dev.heed.run.Knobs;
import dev.heed.tensor.Scaled;

/**
 * Preferences without a reference: SimPO (Meng et al. 2024, equation 6), whose reward is the log-probability a token and
 * whose margin must exceed γ, and contrastive preference optimisation (Xu et al. 2024, equation 3), on sums and with the
 * surprise at the chosen completion. With α, the reward (1 − p^−α)/α of AlphaPO (Gupta et al. 2025) takes the logarithm's
 * place.
 */
public record Cpo(
        @Knob(value = "simpo", help = "simpo (a token's mean, with a margin), sigmoid (sums: CPO), hinge (SLiC), ipo")
                Kind kind,
        @Knob(value = "2.0", help = "what a reward is multiplied by; Meng et al. 2024: 2 to 10, Xu et al. for sums 0.1")
                double beta,
        @Knob(value = "0.5", help = "margin that simpo's rewards must keep") double gamma,
        @Knob(value = "0.0", help = "AlphaPO's alpha; 0: the log-probability itself") double alpha,
        @Knob(value = "0.0", help = "share of preferences thought to be the wrong way round; below 0.5")
                double labelSmoothing,
        @Knob(value = "0.0", help = "weight of the surprise at the chosen completion; Xu et al. 2024: 1")
                double surpriseWeight)
        implements PairObjective {
    public Cpo {
        Knobs.above("beta", beta, 0);
        Knobs.atLeast("gamma", gamma, 0);
        Knobs.between("label-smoothing", labelSmoothing, 0, 0.499);
        Knobs.atLeast("surprise-weight", surpriseWeight, 0);
    }

    /** What is made of a pair's margin. */
    public enum Kind {
        SIMPO,
        SIGMOID,
        HINGE,
        IPO;

        /** Whether the reward is a mean over tokens. */
        boolean perToken() {
            return this == SIMPO || this == IPO;
        }
    }

    @Override
    public NDArray losses(Said said) {
        return losses(reward(chosen(said)).sub(reward(rejected(said))));
    }

    /** @param margin (B), reward of the chosen less reward of the rejected, before β */
    private NDArray losses(NDArray margin) {
        return switch (kind) {
            case SIMPO -> smoothed(Scaled.times(margin, beta).sub(gamma), labelSmoothing);
            case SIGMOID -> smoothed(Scaled.times(margin, beta), labelSmoothing);
            case HINGE -> Activation.relu(Scaled.times(margin, beta).neg().add(1));
            case IPO -> margin.sub(1 / (2 * beta)).square();
        };
    }

    @Override
    public NDArray[] rewards(Said said) {
        return new NDArray[] {
            Scaled.times(reward(chosen(said)), beta), Scaled.times(reward(rejected(said)), beta),
        };
    }

    @Override
    public String method() {
        return kind == Kind.SIMPO ? "simpo" : "cpo";
    }

    @Override
    public Surprise surprise() {
        return new Surprise(surpriseWeight, Surprise.Counted.COMPLETION);
    }

    private NDArray chosen(Said said) {
        return kind.perToken() ? said.chosenMean() : said.chosen();
    }

    private NDArray rejected(Said said) {
        return kind.perToken() ? said.rejectedMean() : said.rejected();
    }

    private NDArray reward(NDArray logProbs) {
        if (alpha == 0) {
            return logProbs;
        }
        return Scaled.over(Scaled.times(logProbs, -alpha).exp().neg().add(1), alpha);
    }
}

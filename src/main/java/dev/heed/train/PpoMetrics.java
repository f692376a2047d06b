package dev.heed.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a step of PPO reports. Means over completions, or over real tokens where a token has the quantity.
 *
 * @param loss policy and value loss together
 * @param score the reward's, in standard deviations from the reference's mean
 * @param reward score less the penalties for straying and for length
 * @param kl k1 estimate of KL(policy ‖ reference), nats a completion
 * @param klK3 k3 estimate of the same
 * @param ratio mean of π/π_old over all minibatches; near 1
 * @param firstRatioError largest |π/π_old − 1| before the first update of the step; 0 but for rounding
 * @param approxkl ½·mean((log π − log π_old)²), nats
 * @param clipfrac share of tokens whose ratio left the clip range
 * @param entropy of the sampling distribution, nats a token
 * @param length tokens a completion
 * @param eosRate share of completions that ended by themselves
 * @param ptxLoss surprise at a token of the text that is mixed in, nats; none where none is
 * @param rules what each rule of a rubric gave a completion, part of the score
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record PpoMetrics(
        double loss,
        double policyLoss,
        double valueLoss,
        double score,
        double reward,
        double kl,
        double klK3,
        double klCoef,
        double ratio,
        double firstRatioError,
        double approxkl,
        double clipfrac,
        double entropy,
        double explainedVariance,
        double length,
        double eosRate,
        double gradNorm,
        double valueGradNorm,
        @Nullable Double ptxLoss,
        Map<String, Double> rules,
        double lr)
        implements Steps.Report {

    /**
     * Of one step.
     *
     * @param klCoef that its rewards were told by
     */
    static PpoMetrics of(
            List<Rollout> sampled, Experience seen, Tally tally, double klCoef, Ppo.Config config, double lr) {
        double kl = mean(sampled, r -> r.divergence().k1());
        double tokens = sampled.stream().mapToInt(Rollout::length).sum();
        return new PpoMetrics(
                tally.policyLoss() + tally.valueLoss(),
                tally.policyLoss(),
                tally.valueLoss(),
                mean(sampled, config::scoreOf),
                mean(sampled, config::worthOf) - klCoef * kl,
                kl,
                mean(sampled, r -> r.divergence().k3()),
                klCoef,
                tally.ratio(),
                tally.firstRatioError(),
                tally.approxkl(),
                tally.clipfrac(),
                entropy(sampled) / tokens,
                seen.explainedVariance(),
                tokens / sampled.size(),
                mean(sampled, r -> r.ended() ? 1 : 0),
                tally.gradNorm(),
                tally.valueGradNorm(),
                tally.textLoss(),
                Worth.meanRules(sampled),
                lr);
    }

    private static double mean(List<Rollout> sampled, ToDoubleFunction<Rollout> of) {
        return sampled.stream().mapToDouble(of).average().orElseThrow();
    }

    private static double entropy(List<Rollout> sampled) {
        double entropy = 0;
        for (Rollout rollout : sampled) {
            for (float h : rollout.entropy()) {
                entropy += h;
            }
        }
        return entropy;
    }

    @Override
    public String note() {
        return String.format(
                Locale.ROOT, "score %+.2f  KL %.1f  entropy %.2f  ends %.0f %%", score, kl, entropy, 100 * eosRate);
    }
}

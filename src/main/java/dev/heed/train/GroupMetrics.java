package dev.heed.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a step of a method reports that learns from groups of completions, without a critic. The names are those of PPO's
 * metrics, and TRL's where PPO has no such quantity.
 *
 * @param loss mean over updates. Where a mean over completions weighs advantages alone it is 0 at the first update: what
 *     counts is its gradient
 * @param score the reward's, in standard deviations from the reference's mean
 * @param reward what advantages are told by: the score, and less the KL penalty where the method has it there
 * @param rewardStd its unbiased standard deviation over the step
 * @param fracRewardZeroStd share of groups whose rewards are all equal: they teach nothing
 * @param kl k1 estimate of KL(policy ‖ reference), nats a completion
 * @param klK3 k3 estimate of the same
 * @param ratio mean of π/π_old over all tokens of all updates; near 1
 * @param firstRatioError largest |π/π_old − 1| before the first update of the step; 0 but for rounding
 * @param approxkl ½·mean((log π − log π_old)²), nats
 * @param clipRatioLowMean share of ratios that a negative advantage pushed below the clip range
 * @param clipRatioLowMin the same of the completion with least
 * @param clipRatioHighMean share of ratios that a positive advantage pushed above it
 * @param clipRatioHighMax the same of the completion with most
 * @param clipRatioRegionMean of both
 * @param entropy of the sampling distribution, nats a token
 * @param length tokens a completion
 * @param eosRate share of completions that ended by themselves
 * @param gradNorm before clipping, mean over updates; 0 where there was nothing to learn
 * @param rules what each rule of a rubric gave a completion, part of the score
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record GroupMetrics(
        double loss,
        double score,
        double reward,
        double rewardStd,
        double fracRewardZeroStd,
        double kl,
        double klK3,
        double ratio,
        double firstRatioError,
        double approxkl,
        double clipRatioLowMean,
        double clipRatioLowMin,
        double clipRatioHighMean,
        double clipRatioHighMax,
        double clipRatioRegionMean,
        double entropy,
        double length,
        double eosRate,
        double gradNorm,
        Map<String, Double> rules,
        double lr)
        implements Steps.Report {
    @Override
    public String note() {
        String told = String.format(
                Locale.ROOT, "score %+.2f  KL %.1f  entropy %.2f  ends %.0f %%", score, kl, entropy, 100 * eosRate);
        return fracRewardZeroStd == 1 ? told + "  all rewards equal: nothing to learn" : told;
    }

    /**
     * Of one step.
     *
     * @param scores of the completions
     * @param rewards that advantages were told by
     * @param group completions a prompt
     */
    static GroupMetrics of(List<Rollout> sampled, float[] scores, float[] rewards, int group, Tally tally, double lr) {
        ClipRatios clips = tally.clips();
        Written written = Written.of(sampled);
        return new GroupMetrics(
                tally.policyLoss(),
                GroupAdvantages.mean(scores),
                GroupAdvantages.mean(rewards),
                GroupAdvantages.deviation(rewards),
                GroupAdvantages.shareEqual(rewards, group),
                written.kl(),
                written.klK3(),
                tally.ratio(),
                tally.firstRatioError(),
                tally.approxkl(),
                clips.lowMean(),
                clips.lowMin(),
                clips.highMean(),
                clips.highMax(),
                clips.regionMean(),
                written.entropy(),
                written.length(),
                written.eosRate(),
                tally.gradNorm(),
                Worth.meanRules(sampled),
                lr);
    }
}

package dev.heed.train;

import java.util.List;
import java.util.Locale;

/**
 * What a step of online DPO reports: of its completions, and means over the pairs that it learned from; 0 where there were
 * none. A reward in {@code rewards…} is the method's own, β·log π/π_ref.
 *
 * @param score the judge's, of all completions
 * @param scoreMargin how much better the chosen completion of a pair scores than the rejected
 * @param fracRewardZeroStd share of prompts whose completions all score the same: they are no pair
 * @param kl k1 estimate of KL(policy ‖ reference), nats a completion
 * @param klK3 k3 estimate of the same
 * @param entropy of the sampling distribution, nats a token
 * @param length tokens a completion
 * @param eosRate share of completions that ended by themselves
 */
public record OnlineDpoMetrics(
        double loss,
        double score,
        double scoreMargin,
        double fracRewardZeroStd,
        double kl,
        double klK3,
        double rewardsChosen,
        double rewardsRejected,
        double rewardsAccuracies,
        double rewardsMargins,
        double logpsChosen,
        double logpsRejected,
        double entropy,
        double length,
        double eosRate,
        double gradNorm,
        double lr)
        implements Steps.Report {
    @Override
    public String note() {
        String told = String.format(
                Locale.ROOT,
                "score %+.2f  KL %.1f  margin %+.2f  ends %.0f %%",
                score,
                kl,
                rewardsMargins,
                100 * eosRate);
        return fracRewardZeroStd == 1 ? told + "  all scores equal: nothing to learn" : told;
    }

    /**
     * Of one step.
     *
     * @param group completions a prompt
     */
    static OnlineDpoMetrics of(
            List<Rollout> sampled,
            float[] scores,
            int group,
            List<OnlineDpo.Judged> judged,
            PairTally tally,
            double loss,
            double gradNorm,
            double lr) {
        Written written = Written.of(sampled);
        return new OnlineDpoMetrics(
                loss,
                GroupAdvantages.mean(scores),
                judged.stream().mapToDouble(OnlineDpo.Judged::margin).average().orElse(0),
                GroupAdvantages.shareEqual(scores, group),
                written.kl(),
                written.klK3(),
                tally.chosenReward(),
                tally.rejectedReward(),
                tally.accuracy(),
                tally.margin(),
                tally.chosenLogProb(),
                tally.rejectedLogProb(),
                written.entropy(),
                written.length(),
                written.eosRate(),
                gradNorm,
                lr);
    }
}

package dev.heed.train;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What a step of rejection sampling reports.
 *
 * @param loss surprise at a token of the demonstrations, nats; mean over updates
 * @param score the reward's, of all completions
 * @param scoreKept of those that became demonstrations; 0 where none did
 * @param fracKept how many of the step's completions did
 * @param rewardStd the scores' unbiased standard deviation over the step
 * @param fracRewardZeroStd share of prompts whose completions all score the same, so that there is no best
 * @param kl k1 estimate of KL(policy ‖ reference), nats a completion
 * @param klK3 k3 estimate of the same
 * @param entropy of the sampling distribution, nats a token
 * @param length tokens a completion
 * @param eosRate share of completions that ended by themselves
 */
public record RejectionMetrics(
        double loss,
        double score,
        double scoreKept,
        double fracKept,
        double rewardStd,
        double fracRewardZeroStd,
        double kl,
        double klK3,
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
                "score %+.2f, of those kept %+.2f  KL %.1f  ends %.0f %%",
                score,
                scoreKept,
                kl,
                100 * eosRate);
        return fracKept == 0 ? told + "  none ends: nothing to learn" : told;
    }

    /**
     * Of one step.
     *
     * @param group completions a prompt
     * @param picked which became demonstrations
     */
    static RejectionMetrics of(List<Rollout> sampled, float[] scores, int group, int[] picked, Tally tally, double lr) {
        Written written = Written.of(sampled);
        return new RejectionMetrics(
                tally.policyLoss(),
                GroupAdvantages.mean(scores),
                Arrays.stream(picked).mapToDouble(i -> scores[i]).average().orElse(0),
                picked.length / (double) scores.length,
                GroupAdvantages.deviation(scores),
                GroupAdvantages.shareEqual(scores, group),
                written.kl(),
                written.klK3(),
                written.entropy(),
                written.length(),
                written.eosRate(),
                tally.gradNorm(),
                lr);
    }
}

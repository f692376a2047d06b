package dev.heed.eval;

import dev.heed.quality.Bootstrap;
import dev.heed.quality.Interval;
import java.util.ArrayList;
import java.util.List;

/**
 * How far people agree about what a reward model is measured on, and what follows for the best one.
 *
 * @param share mean over preferences of the share of other labelers who prefer the same of the two texts; unknown where no
 *     two answered the same
 * @param comparisons that two or more decided
 */
public record HumanAgreement(Interval share, int comparisons) {
    /** Ties are left out, as they are where a reward model's accuracy is measured. Intervals draw prompts. */
    static HumanAgreement of(List<HeldOut> all, Bootstrap bootstrap) {
        List<Double> shares = new ArrayList<>();
        List<String> prompts = new ArrayList<>();
        int comparisons = 0;
        for (HeldOut one : all) {
            int decided = one.forFirst() + one.forSecond();
            if (decided < 2) {
                continue;
            }
            comparisons++;
            for (int i = 0; i < decided; i++) {
                int alike = i < one.forFirst() ? one.forFirst() : one.forSecond();
                shares.add((alike - 1.0) / (decided - 1));
                prompts.add(one.prompt());
            }
        }
        double[] values = shares.stream().mapToDouble(Double::doubleValue).toArray();
        return new HumanAgreement(bootstrap.mean(values, prompts), comparisons);
    }

    /**
     * What no model can be expected to exceed, if any labeler may be taken for any other. Where labelers prefer the first text
     * with probability p, two agree with p² + (1 − p)² = (1 + d²)/2, d = |2p − 1|, and the best guess is right with
     * (1 + d)/2. Over all comparisons the mean of d is at most the root of the mean of d² (Jensen), so agreement a allows at
     * most (1 + √(2a − 1))/2; and as d is at least d², the best guess is right at least as often as two agree.
     */
    public Interval ceiling() {
        return share.known() ? new Interval(most(share.mean()), most(share.low()), most(share.high())) : Interval.NONE;
    }

    private static double most(double agreement) {
        return (1 + Math.sqrt(Math.max(0, 2 * agreement - 1))) / 2;
    }
}

package dev.heed.train;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What the completions of a step are like.
 *
 * @param kl k1 estimate of KL(policy ‖ reference), nats a completion
 * @param klK3 k3 estimate of the same
 * @param entropy of the sampling distribution, nats a token
 * @param length tokens a completion
 * @param eosRate share of completions that ended by themselves
 */
record Written(double kl, double klK3, double entropy, double length, double eosRate) {
    static Written of(List<Rollout> sampled) {
        double tokens = sampled.stream().mapToInt(Rollout::length).sum();
        return new Written(
                mean(sampled, r -> r.divergence().k1()),
                mean(sampled, r -> r.divergence().k3()),
                mean(sampled, Written::entropies) * sampled.size() / tokens,
                tokens / sampled.size(),
                mean(sampled, r -> r.ended() ? 1 : 0));
    }

    private static double entropies(Rollout rollout) {
        double sum = 0;
        for (float entropy : rollout.entropy()) {
            sum += entropy;
        }
        return sum;
    }

    private static double mean(List<Rollout> sampled, ToDoubleFunction<Rollout> of) {
        return sampled.stream().mapToDouble(of).average().orElseThrow();
    }
}

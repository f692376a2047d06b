package dev.heed.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a completion is worth.
 *
 * @param score all of it, in standard deviations from the reference's mean where a reward model says any
 * @param rules the part that each rule of a rubric gave
 */
public record Worth(float score, Map<String, Float> rules) {
    /** Without rules. */
    static Worth of(float score) {
        return new Worth(score, Map.of());
    }

    /** The mean of what each rule gave. */
    static Map<String, Double> meanRules(List<Rollout> rollouts) {
        Map<String, Double> means = new LinkedHashMap<>();
        for (Rollout rollout : rollouts) {
            rollout.worth()
                    .rules()
                    .forEach((rule, share) -> means.merge(rule, (double) share / rollouts.size(), Double::sum));
        }
        return means;
    }
}

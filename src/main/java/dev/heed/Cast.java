package dev.heed;

import dev.heed.run.Manifest;
import dev.heed.train.Ensemble;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * The models of an online method.
 *
 * @param policy what the policy starts as
 * @param reference what it may not stray from
 * @param rewards what it is scored by; PPO's critic starts as the first
 * @param rule what one score is made of several by
 * @param rules that score it, too
 */
record Cast(Path policy, Path reference, List<Path> rewards, Ensemble.Rule rule, Rules rules) {
    /** With one reward model. */
    Cast(Path policy, Path reference, Path reward) {
        this(policy, reference, List.of(reward), Ensemble.Rule.MEAN, Rules.NONE);
    }

    /** Several reward models, as a run's config tells them. */
    private record Several(List<String> models, Ensemble.Rule rule) {}

    /**
     * What the policy is scored by, as a run's config tells it: one reward model by its name alone.
     *
     * @param told a model's folder, as configs tell it
     */
    Object reward(Function<Path, String> told) {
        List<String> models = rewards.stream().map(told).toList();
        return rules.beside(models.size() == 1 ? models.get(0) : new Several(models, rule));
    }

    /** With these as what the model was made from. */
    Manifest parents(Manifest manifest) {
        Manifest all = manifest.from("policy", policy).from("reference", reference);
        for (int i = 0; i < rewards.size(); i++) {
            all = all.from(i == 0 ? "reward" : "reward-" + (i + 1), rewards.get(i));
        }
        return all;
    }
}

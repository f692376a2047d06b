package dev.heed.train;

import dev.heed.tensor.Learner;

/** What a policy learns from in each update beside its reward. */
@FunctionalInterface
public interface Beside {
    Beside NOTHING = (policy, update) -> {};

    /** Adds its gradients to those that the policy's learner holds. */
    void accumulate(Learner policy, ActorCritic.Update update);
}

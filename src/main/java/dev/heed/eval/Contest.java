package dev.heed.eval;

import java.util.List;

/**
 * What {@code heed compare --json} prints: methods that learned from one set of preferences, judged alike.
 *
 * @param preferences comparisons that the direct methods and the reward model learned from
 * @param baseline where all began
 */
public record Contest(long seed, String precision, long preferences, ModelCard baseline, List<Entrant> entrants) {
    public Contest {
        entrants = List.copyOf(entrants);
    }

    /**
     * A method over all its seeds.
     *
     * @param all the seeds' answers as one exam, with intervals over prompts
     * @param seeds one card a seed
     * @param along how far it had strayed and how well it did, while it learned; of all seeds
     * @param seconds to train one, on average
     * @param sampled completions that training one drew from the policy
     */
    public record Entrant(
            String method, ModelCard all, List<ModelCard> seeds, List<Reached> along, double seconds, long sampled) {
        public Entrant {
            seeds = List.copyOf(seeds);
            along = List.copyOf(along);
        }
    }

    /**
     * A point on the way.
     *
     * @param kl to the baseline, nats a completion
     * @param gold mean score by the judge
     */
    public record Reached(int seed, long step, double kl, double gold) {}
}

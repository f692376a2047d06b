package dev.heed.eval;

import java.util.List;

/**
 * What {@code heed compare --json} prints: methods that learned from one set of preferences, judged alike.
 *
 * @param preferences to learn from
 * @param baseline where all began
 * @param frontier how well each did over how far it had strayed, while it learned, on watched prompts
 */
public record Contest(
        long seed,
        String precision,
        long preferences,
        ModelCard baseline,
        List<Entrant> entrants,
        KlFrontier frontier) {
    public Contest {
        entrants = List.copyOf(entrants);
    }

    /**
     * A method over all its seeds.
     *
     * @param all the seeds' answers as one exam, with intervals over prompts
     * @param seeds one card a seed
     * @param seconds to train one, on average; NaN where that is not known
     * @param sampled completions that training one drew from the policy
     */
    public record Entrant(String method, ModelCard all, List<ModelCard> seeds, double seconds, long sampled) {
        public Entrant {
            seeds = List.copyOf(seeds);
        }
    }
}

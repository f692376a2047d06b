package dev.heed.eval;

import java.util.List;

/**
 * What {@code heed demo --json} prints.
 *
 * @param seconds wall clock of the whole loop
 * @param peakRssMb most resident memory, MiB
 * @param precision "fp32" or "bf16"
 * @param factsKnown share of the world's facts that the base model ranks first, in [0, 1]
 * @param models in the order base, sft, best-of-4, ppo-1, ppo-2
 */
public record DemoResult(
        long seed,
        double seconds,
        long peakRssMb,
        String precision,
        double factsKnown,
        Labels labels,
        RewardModel rewardModel,
        List<ModelCard> models) {
    public DemoResult {
        models = List.copyOf(models);
    }

    /**
     * @param count preferences that the reward models learned from, all rounds
     * @param agreement share of equal answers where two labelers were asked the same, in [0, 1]
     */
    public record Labels(long count, double agreement) {}

    /**
     * The last reward model, on held-out preferences.
     *
     * @param accuracy share of pairs where the chosen scores strictly higher
     * @param ceiling the accuracy that labeler noise allows
     * @param loss nats; a coin has ln 2
     * @param ece expected calibration error
     * @param lengthCorrelation Pearson's r of score and length
     * @param accuracyNewFacts accuracy where the prompts are about facts that no preference to learn from touched
     */
    public record RewardModel(
            double accuracy,
            double ceiling,
            double loss,
            double ece,
            double lengthCorrelation,
            double accuracyNewFacts,
            double ceilingNewFacts) {}
}

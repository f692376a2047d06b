package dev.heed;

import dev.heed.eval.DemoResult;
import dev.heed.eval.ModelCard;
import dev.heed.eval.RewardAccuracy;
import dev.heed.eval.Verdict;
import dev.heed.feedback.Prompt;
import java.util.List;

/**
 * What came of the loop.
 *
 * @param factsKnown share of the world's facts that the base model ranks first
 * @param reward the newest reward model on preferences of held-out prompts
 * @param ceiling the accuracy that labeler noise allows there
 * @param newFacts the same on prompts about facts that no preference to learn from touched
 * @param cards in the order base, sft, best-of-4, ppo-1, …
 * @param sat what each model wrote, in the same order
 * @param prompts of the exam
 */
record Outcome(
        int rounds,
        double factsKnown,
        DemoResult.Labels labels,
        RewardAccuracy reward,
        double ceiling,
        RewardAccuracy newFacts,
        double newFactsCeiling,
        List<ModelCard> cards,
        List<Sat> sat,
        List<Prompt> prompts) {

    /** A model's exam. */
    record Sat(String name, List<Verdict> verdicts, double bitsPerByte) {}

    /** As the demo prints it. */
    DemoResult result(long seed, double seconds, long peakRssMb, String precision) {
        return new DemoResult(
                seed,
                seconds,
                peakRssMb,
                precision,
                factsKnown,
                labels,
                new DemoResult.RewardModel(
                        reward.accuracy().mean(),
                        ceiling,
                        reward.loss(),
                        reward.calibration().ece(),
                        reward.lengthCorrelation(),
                        newFacts.accuracy().mean(),
                        newFactsCeiling),
                cards);
    }
}

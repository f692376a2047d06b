package dev.heed.eval;

import dev.heed.feedback.Completion;
import dev.heed.feedback.Prompt;
import dev.heed.world.Gold;

/**
 * All that is known about one completion of a held-out prompt: one line of an evaluation.
 *
 * @param prompt its id
 * @param tokens length of the completion, its end token included
 * @param ended whether it stopped by itself
 * @param gold the judge's score of the whole
 * @param kl log π(completion) − log π_ref(completion), nats
 */
public record Verdict(String prompt, String text, int tokens, boolean ended, double gold, Parts parts, double kl) {
    /** What the world's gold judge says of a completion. */
    public static Verdict of(Prompt prompt, Completion completion, int tokens, Gold gold, double kl) {
        Parts parts = new Parts(
                gold.truth(), gold.follows(), gold.kind(), gold.declines(), gold.wronglyDeclines(), gold.ends());
        return new Verdict(prompt.id(), completion.text(), tokens, completion.ended(), gold.score(), parts, kl);
    }

    /**
     * The judge's parts, each in [0, 1], NaN where the prompt does not ask for it (the truth of a story).
     *
     * @param truth is what it says of the world so?
     * @param follows does it do what was asked?
     * @param kind 0 rude, 0.5 neither, 1 warm
     * @param declines where it should decline: does it? 0.5 rudely or by evasion
     * @param wronglyDeclines where it should not: does it all the same?
     * @param ends does it stop where the answer is complete?
     */
    public record Parts(
            double truth, double follows, double kind, double declines, double wronglyDeclines, double ends) {}
}

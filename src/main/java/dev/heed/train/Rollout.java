package dev.heed.train;

import dev.heed.eval.Divergence;
import dev.heed.feedback.Prompt;

/**
 * A completion that the policy sampled, and what everyone thinks of it.
 *
 * @param row ids of prompt and completion, its end included where it ended
 * @param from where the completion begins
 * @param ended whether it stopped by itself
 * @param worth what a reward model and rules say of it
 * @param logProbs of each completion token under the policy that sampled it, nats
 * @param refLogProbs of the same under the reference
 * @param entropy of the distribution that each token was drawn from, nats
 */
public record Rollout(
        Prompt prompt,
        int[] row,
        int from,
        boolean ended,
        Worth worth,
        float[] logProbs,
        float[] refLogProbs,
        float[] entropy) {

    /** Scored without rules. */
    public Rollout(
            Prompt prompt,
            int[] row,
            int from,
            boolean ended,
            float score,
            float[] logProbs,
            float[] refLogProbs,
            float[] entropy) {
        this(prompt, row, from, ended, Worth.of(score), logProbs, refLogProbs, entropy);
    }

    /** All that it is worth, in standard deviations from the reference's mean. */
    public float score() {
        return worth.score();
    }

    /** Completion tokens. */
    public int length() {
        return row.length - from;
    }

    /** How far the policy has gone from the reference on this completion. */
    public Divergence divergence() {
        return Divergence.of(logProbs, refLogProbs);
    }
}

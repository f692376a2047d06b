package dev.heed.train;

import java.util.List;

/** What the settings of all methods have in common that learn from their own completions. */
public interface Online {
    /** Updates of sampling, scoring and learning. */
    int steps();

    /** Completions that are sampled to learn from, in all. */
    long sampled();

    /** The score of a completion that does not end, in standard deviations; NaN: as if it ended there. */
    double missingEosScore();

    /** Whether a completion that was cut off is scored like any other: where the task is to go on, not to end. */
    default boolean scoresCutOff() {
        return Double.isNaN(missingEosScore());
    }

    /** What a completion is worth: its score, unless it should have ended. */
    default double scoreOf(Rollout rollout) {
        return rollout.ended() || scoresCutOff() ? rollout.score() : missingEosScore();
    }

    /** What each completion is worth. */
    default float[] scoresOf(List<Rollout> rollouts) {
        float[] scores = new float[rollouts.size()];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = (float) scoreOf(rollouts.get(i));
        }
        return scores;
    }
}

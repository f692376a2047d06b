package dev.heed.train;

import java.util.List;

/** What completions are scored by, such as {@link dev.heed.model.RewardModel#scores}. */
@FunctionalInterface
public interface Reward {
    /**
     * The score of each whole text.
     *
     * @param rows ids of prompt, completion and its end
     * @return one a row; the higher the better, NaN where there is nothing to say
     */
    float[] scores(List<int[]> rows);
}

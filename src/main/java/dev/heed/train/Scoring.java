package dev.heed.train;

import dev.heed.feedback.Prompt;
import dev.heed.sample.Sampled;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * All that a policy is taught to want: what a reward says of the ids, plus what rules say of the text.
 *
 * @param reward none where rules are all
 * @param text of completion ids
 */
public record Scoring(@Nullable Reward reward, Rubric rubric, Function<int[], String> text) {
    /** Without rules. */
    public static Scoring by(Reward reward) {
        return new Scoring(reward, Rubric.NONE, ids -> "");
    }

    /**
     * What each completion is worth.
     *
     * @param rows ids of prompt, completion and its end
     */
    public List<Worth> of(List<Prompt> prompts, List<Sampled> sampled, List<int[]> rows) {
        float[] scores = reward == null ? new float[rows.size()] : reward.scores(rows);
        List<Worth> worths = new ArrayList<>();
        for (int i = 0; i < scores.length; i++) {
            worths.add(worth(scores[i], prompts.get(i), sampled.get(i)));
        }
        return worths;
    }

    private Worth worth(float score, Prompt prompt, Sampled sampled) {
        if (rubric.rules().isEmpty()) {
            return Worth.of(score);
        }
        Map<String, Float> shares = rubric.shares(new Answered(prompt, text.apply(sampled.ids()), sampled.ended()));
        float sum = score;
        for (float share : shares.values()) {
            sum += share;
        }
        return new Worth(sum, shares);
    }
}

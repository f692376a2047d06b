package dev.heed.eval;

import dev.heed.feedback.Prompt;

/** Says how good a completion is, independently of all that was trained. The built-in world's is the gold judge. */
@FunctionalInterface
public interface Judge {
    /**
     * @param ended whether the model stopped by itself
     */
    Opinion of(Prompt prompt, String completion, boolean ended);

    /**
     * @param gold in [0, 1]
     * @param parts NaN where the prompt does not ask for one
     */
    record Opinion(double gold, Verdict.Parts parts) {}
}

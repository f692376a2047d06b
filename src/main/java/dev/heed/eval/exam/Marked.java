package dev.heed.eval.exam;

import dev.heed.text.ExamItem;
import dev.heed.text.ExamItem.Choice;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A question and what a model made of it.
 *
 * @param scores of the options; null where there are none
 * @param keyLogProb log-probability of the answer that the key shows, nats; NaN where it shows none
 * @param answers what the model wrote, one a sample; none to a choice
 * @param points of each answer, from 0 to 1
 * @param tempted share of the answers that say what the question tempts to; NaN where it tempts to nothing
 */
public record Marked(
        ExamItem item,
        @Nullable OptionScores scores,
        double keyLogProb,
        List<String> answers,
        double[] points,
        double tempted) {

    /** A choice is right or not; else the mean over the samples. */
    public double points(Way way) {
        return item.key() instanceof Choice choice && scores != null
                ? scores.answer(way) == choice.right() ? 1 : 0
                : Arrays.stream(points).average().orElse(Double.NaN);
    }

    /** Share of the answers that say what the question tempts to; NaN where it tempts to nothing. */
    public double tempted(Way way) {
        if (item.key() instanceof Choice choice && scores != null && choice.lure() != Choice.NO_LURE) {
            return scores.answer(way) == choice.lure() ? 1 : 0;
        }
        return tempted;
    }

    /** How many samples are wholly right. */
    int right() {
        return (int) Arrays.stream(points).filter(p -> p == 1).count();
    }
}

package dev.heed.train;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One line of a {@link Rubric}.
 *
 * @param weight what an answer gains by which the check holds; below 0, what it loses
 * @param when stands in the prompts that the rule is for; for all where there is none
 */
public record Rule(String name, double weight, @Nullable Pattern when, Check check) {
    /** What is asked of an answer. */
    @FunctionalInterface
    public interface Check {
        boolean holds(Answered answer);
    }

    /** What the rule gives an answer: its weight or nothing. */
    float share(Answered answer) {
        boolean meant = when == null || when.matcher(answer.prompt().text()).find();
        return meant && check.holds(answer) ? (float) weight : 0;
    }
}

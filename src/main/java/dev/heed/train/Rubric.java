package dev.heed.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Named rules that score an answer by what it says, so that a refusal in the wrong place, or in the wrong words, costs what
 * its author wants (rule-based reward models; OpenAI 2023, GPT-4 technical report, section 6).
 *
 * <p>Deviation 1: rules are checked by patterns and expected answers, not by a language model that reads a rubric.
 */
public record Rubric(List<Rule> rules) {
    /** Asks nothing. */
    public static final Rubric NONE = new Rubric(List.of());

    public Rubric {
        rules = List.copyOf(rules);
    }

    /** What each rule gives the answer, in the order of the rules. */
    public Map<String, Float> shares(Answered answer) {
        Map<String, Float> shares = new LinkedHashMap<>();
        rules.forEach(rule -> shares.put(rule.name(), rule.share(answer)));
        return shares;
    }

    /** Every weight times a factor. */
    public Rubric times(double factor) {
        return new Rubric(rules.stream()
                .map(rule -> new Rule(rule.name(), factor * rule.weight(), rule.when(), rule.check()))
                .toList());
    }
}

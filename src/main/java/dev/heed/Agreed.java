package dev.heed;

import dev.heed.feedback.Pair;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.text.ChatTemplate;
import dev.heed.train.PairExample;
import dev.heed.train.RewardTraining;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A comparison and what its labelers said of it: several noisy answers teach more than one, at the price of one.
 *
 * @param share of labelers who chose the first text, ties as half
 * @param strength how much better they found it, the mean: from -3, the second is much better, to 3
 * @param group of the ranking that it is part of; "" where it is of none
 */
record Agreed(Prompt prompt, String first, String second, double share, double strength, String group) {
    /** Each comparison to learn from. */
    static List<Agreed> of(List<Pair> pairs) {
        Map<List<String>, List<Pair>> byQuestion = pairs.stream()
                .filter(pair -> pair.prompt().split() == Split.TRAIN)
                .collect(Collectors.groupingBy(Agreed::question, LinkedHashMap::new, Collectors.toList()));
        List<Agreed> agreed = new ArrayList<>();
        byQuestion.forEach((question, answers) -> {
            double first = answers.stream()
                    .mapToDouble(
                            pair -> pair.strength() == 0 ? 0.5 : pair.chosen().equals(question.get(1)) ? 1 : 0)
                    .average()
                    .orElseThrow();
            double strength = answers.stream()
                    .mapToInt(pair -> pair.chosen().equals(question.get(1)) ? pair.strength() : -pair.strength())
                    .average()
                    .orElseThrow();
            String group = answers.stream()
                    .map(Pair::group)
                    .filter(one -> !one.isEmpty())
                    .findFirst()
                    .orElse("");
            agreed.add(new Agreed(answers.get(0).prompt(), question.get(1), question.get(2), first, strength, group));
        });
        return agreed;
    }

    /** What a reward model learns of it. */
    RewardTraining.Example example(ChatTemplate template) {
        int[] asked = template.prompt(prompt);
        return new RewardTraining.Example(
                prompt.id(),
                ChatTemplate.row(asked, template.completion(first)),
                ChatTemplate.row(asked, template.completion(second)),
                (float) share,
                (float) strength,
                group);
    }

    /** Whether more labelers chose one text than the other. */
    boolean decided() {
        return share != 0.5;
    }

    /** The completion that more labelers chose, and the other one. */
    PairExample pair(ChatTemplate template) {
        int[] asked = template.prompt(prompt);
        boolean firstIsBetter = share > 0.5;
        int[] better = ChatTemplate.row(asked, template.completion(firstIsBetter ? first : second));
        int[] worse = ChatTemplate.row(asked, template.completion(firstIsBetter ? second : first));
        return new PairExample(better, asked.length, worse, asked.length);
    }

    /** A prompt and two texts in an order of their own, whoever was chosen. */
    static List<String> question(Pair pair) {
        boolean inOrder = pair.chosen().compareTo(pair.rejected()) < 0;
        return List.of(
                pair.prompt().id(),
                inOrder ? pair.chosen() : pair.rejected(),
                inOrder ? pair.rejected() : pair.chosen());
    }
}

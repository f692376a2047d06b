package dev.heed;

import dev.heed.db.Feedback;
import dev.heed.eval.HeldOut;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Message;
import dev.heed.feedback.Pair;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.model.RewardModel;
import dev.heed.run.Draws;
import dev.heed.run.RunDir;
import dev.heed.tensor.Torch;
import dev.heed.text.ChatTemplate;
import dev.heed.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** A reward model asked what it says to comparisons. */
record Judging(RewardModel reward, ChatTemplate template) {

    /** What it says to both texts of a comparison. */
    record Sides(HeldOut.Side first, HeldOut.Side second) {}

    /**
     * Writes what a run's reward model says to the preferences that nothing learns from, as training would read them: without
     * skips and without those who were left out. Of more than {@link HeldOut#MOST} comparisons so many are drawn.
     */
    static void write(RunDir run, Torch torch, Feedback feedback) {
        Map<List<String>, List<Pair>> said = feedback.pairs().stream()
                .filter(pair -> pair.prompt().split() == Split.HELD_OUT)
                .collect(Collectors.groupingBy(
                        pair -> question(pair.prompt(), pair.chosen(), pair.rejected()),
                        LinkedHashMap::new,
                        Collectors.toList()));
        Map<List<String>, Comparison> asked = new LinkedHashMap<>(); // what is asked again is one question
        for (Comparison comparison : feedback.comparisons()) {
            for (Comparison pair : comparison.pairs()) {
                List<String> question = question(
                        pair.prompt(), pair.first().text(), pair.second().text());
                if (said.containsKey(question)) {
                    asked.putIfAbsent(question, pair);
                }
            }
        }
        List<Comparison> some = some(List.copyOf(asked.values()));
        try (Tokenizer tokenizer = Tokenizer.load(run.model());
                RewardModel reward = RewardModel.load(torch, run.model())) {
            Map<Comparison, Sides> sides = new Judging(reward, ChatTemplate.of(tokenizer)).of(some);
            HeldOut.write(
                    run,
                    some.stream()
                            .map(one -> heldOut(one, said, Objects.requireNonNull(sides.get(one))))
                            .toList());
        }
    }

    private static List<Comparison> some(List<Comparison> all) {
        int[] drawn = Draws.permutation(all.size(), 0, "held-out", 0);
        Set<Integer> kept = Arrays.stream(drawn).limit(HeldOut.MOST).boxed().collect(Collectors.toSet());
        List<Comparison> some = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            if (kept.contains(i)) {
                some.add(all.get(i));
            }
        }
        return some;
    }

    /** A prompt and two texts, whichever comes first. */
    private static List<String> question(Prompt prompt, String one, String other) {
        boolean inOrder = one.compareTo(other) < 0;
        return List.of(prompt.id(), inOrder ? one : other, inOrder ? other : one);
    }

    private static HeldOut heldOut(Comparison one, Map<List<String>, List<Pair>> said, Sides sides) {
        Prompt prompt = one.prompt();
        String first = one.first().text();
        List<HeldOut.Said> answers = said
                .getOrDefault(question(prompt, first, one.second().text()), List.of())
                .stream()
                .map(pair -> new HeldOut.Said(
                        pair.labeler(), pair.chosen().equals(first) ? pair.strength() : -pair.strength()))
                .toList();
        return new HeldOut(one.id(), prompt.id(), prompt.kind(), shown(prompt), sides.first(), sides.second(), answers);
    }

    private static String shown(Prompt prompt) {
        return prompt.messages().size() == 1
                ? prompt.text()
                : prompt.messages().stream().map(Judging::turn).collect(Collectors.joining("\n"));
    }

    private static String turn(Message message) {
        return message.role().wire() + ": " + message.content();
    }

    /** Of each comparison of two. */
    Map<Comparison, Sides> of(List<Comparison> comparisons) {
        List<int[]> rows = new ArrayList<>();
        List<Integer> lengths = new ArrayList<>();
        for (Comparison comparison : comparisons) {
            int[] prompt = template.prompt(comparison.prompt());
            for (String text :
                    List.of(comparison.first().text(), comparison.second().text())) {
                int[] completion = template.completion(text);
                rows.add(ChatTemplate.row(prompt, completion));
                lengths.add(completion.length);
            }
        }
        float[] scores = reward.scores(rows);
        double scale = reward.scale().std(); // back to the scale that the probability of a preference is on
        Map<Comparison, Sides> sides = new LinkedHashMap<>();
        for (int i = 0; i < comparisons.size(); i++) {
            Comparison one = comparisons.get(i);
            sides.put(
                    one,
                    new Sides(
                            new HeldOut.Side(one.first().text(), scores[2 * i] * scale, lengths.get(2 * i)),
                            new HeldOut.Side(one.second().text(), scores[2 * i + 1] * scale, lengths.get(2 * i + 1))));
        }
        return sides;
    }
}

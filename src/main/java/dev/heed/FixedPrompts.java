package dev.heed;

import dev.heed.feedback.Prompt;
import dev.heed.model.Transformer;
import dev.heed.sample.Decoding;
import dev.heed.sample.Sampler;
import dev.heed.text.ChatTemplate;
import dev.heed.train.Experience;
import dev.heed.train.Rollout;
import dev.heed.train.Rollouts;
import dev.heed.train.Scoring;
import dev.heed.train.Steps;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The same prompts answered again and again with the same draws, so that a person can watch a policy change, and so that
 * score, divergence and what each token did can be told along the way: the lines of samples.jsonl.
 */
record FixedPrompts(List<Prompt> prompts, Sampler sampler, ChatTemplate template, Decoding decoding) {

    private static final int TIMES = 6;

    /** What each token of completions is worth to a method that says so. */
    @FunctionalInterface
    interface Credit {
        Experience of(List<Rollout> rollouts);
    }

    /**
     * A watch that answers them at the first step, some times on the way and at the last.
     *
     * @param scoring scores the answers; none where nothing does
     * @param credit none where a method does not tell tokens apart
     */
    Steps.Watch along(
            long total, Transformer policy, Transformer reference, @Nullable Scoring scoring, @Nullable Credit credit) {
        long every = Math.max(1, total / TIMES);
        Rollouts rollouts = new Rollouts(
                policy,
                reference,
                scoring == null ? Scoring.by(rows -> new float[rows.size()]) : scoring,
                template::prompt,
                sampler,
                decoding,
                0);
        return (step, log) -> {
            if (step % every == 0 || step == total - 1) {
                List<Rollout> answers = rollouts.of(prompts, 0);
                Experience seen = credit == null ? null : credit.of(answers);
                for (int i = 0; i < answers.size(); i++) {
                    log.sample(step, line(answers.get(i), scoring != null, seen, i));
                }
            }
            return Map.of();
        };
    }

    private Map<String, Object> line(Rollout answer, boolean scored, @Nullable Experience seen, int number) {
        Map<String, Object> line = new LinkedHashMap<>();
        int[] completion = Arrays.copyOfRange(answer.row(), answer.from(), answer.row().length);
        line.put("prompt", answer.prompt().text());
        line.put("completion", template.text(completion));
        line.put("ended", answer.ended());
        if (scored) {
            line.put("score", answer.score());
        }
        if (scored && !answer.worth().rules().isEmpty()) {
            line.put("rules", answer.worth().rules());
        }
        line.put("kl", answer.divergence().k1());
        line.put(
                "tokens",
                Arrays.stream(completion)
                        .mapToObj(id -> template.text(new int[] {id}))
                        .toList());
        line.put("log_probs", rounded(answer.logProbs()));
        line.put("ref_log_probs", rounded(answer.refLogProbs()));
        if (seen != null) {
            line.put("rewards", rounded(seen.rewards()[number]));
            line.put("advantages", rounded(seen.advantages()[number]));
        }
        return line;
    }

    /** To four decimals: people look at them. */
    private static double[] rounded(float[] values) {
        return IntStream.range(0, values.length)
                .mapToDouble(i -> Math.round(values[i] * 1e4) / 1e4)
                .toArray();
    }
}

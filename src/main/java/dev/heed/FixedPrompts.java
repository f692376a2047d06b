package dev.heed;

import dev.heed.eval.Divergence;
import dev.heed.feedback.Prompt;
import dev.heed.model.Forward;
import dev.heed.model.Transformer;
import dev.heed.run.RunLog;
import dev.heed.sample.Decoding;
import dev.heed.sample.Sampled;
import dev.heed.sample.Sampler;
import dev.heed.text.ChatTemplate;
import dev.heed.train.Scoring;
import dev.heed.train.Steps;
import dev.heed.train.Worth;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The same prompts answered again and again with the same draws, so that a person can watch a policy change, and so that
 * score and divergence can be told along the way: the lines of samples.jsonl.
 */
record FixedPrompts(List<Prompt> prompts, Sampler sampler, ChatTemplate template, Decoding decoding) {

    private static final int TIMES = 6;

    /**
     * A watch that answers them at the first step, some times on the way and at the last.
     *
     * @param scoring scores the answers; none where nothing does
     */
    Steps.Watch along(long total, Transformer policy, Transformer reference, @Nullable Scoring scoring) {
        long every = Math.max(1, total / TIMES);
        return (step, log) -> {
            if (step % every == 0 || step == total - 1) {
                answer(step, log, policy, reference, scoring);
            }
            return Map.of();
        };
    }

    private void answer(long step, RunLog log, Transformer policy, Transformer reference, @Nullable Scoring scoring) {
        long[] keys = new long[prompts.size()];
        Arrays.setAll(keys, i -> i);
        List<int[]> starts = prompts.stream().map(template::prompt).toList();
        List<Sampled> sampled = sampler.sample(starts, decoding, 0, keys);
        List<int[]> ids = new ArrayList<>();
        for (int i = 0; i < keys.length; i++) {
            ids.add(Stages.joined(starts.get(i), sampled.get(i).ids()));
        }
        Forward.Rows rows =
                new Forward.Rows(ids, starts.stream().mapToInt(s -> s.length).toArray());
        float[][] ours = Forward.logProbs(policy, rows, decoding.temperature());
        float[][] theirs = Forward.logProbs(reference, rows, decoding.temperature());
        List<Worth> worths = scoring == null ? List.of() : scoring.of(prompts, sampled, ids);
        for (int i = 0; i < keys.length; i++) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("prompt", prompts.get(i).text());
            line.put("completion", template.text(sampled.get(i).ids()));
            line.put("ended", sampled.get(i).ended());
            if (!worths.isEmpty()) {
                line.put("score", worths.get(i).score());
            }
            if (!worths.isEmpty() && !worths.get(i).rules().isEmpty()) {
                line.put("rules", worths.get(i).rules());
            }
            line.put("kl", Divergence.of(ours[i], theirs[i]).k1());
            log.sample(step, line);
        }
    }
}

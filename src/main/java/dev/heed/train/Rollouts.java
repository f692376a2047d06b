package dev.heed.train;

import dev.heed.feedback.Prompt;
import dev.heed.model.Forward;
import dev.heed.model.RewardModel;
import dev.heed.model.Transformer;
import dev.heed.sample.Decoding;
import dev.heed.sample.Sampled;
import dev.heed.sample.Sampler;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Prompts in, sampled and scored completions out: what every method that learns online begins with. */
public final class Rollouts {
    private final Transformer policy;
    private final Transformer reference;
    private final Scoring scoring;
    private final Function<Prompt, int[]> starts;
    private final Sampler sampler;
    private final Decoding decoding;
    private final long seed;

    /**
     * @param reference the policy itself where nobody asks how far it has gone: it is then read once
     * @param starts ids of a prompt, up to where its completion begins
     */
    public Rollouts(
            Transformer policy,
            Transformer reference,
            RewardModel reward,
            Function<Prompt, int[]> starts,
            Sampler sampler,
            Decoding decoding,
            long seed) {
        this(policy, reference, reward::scores, starts, sampler, decoding, seed);
    }

    /** With any other reward than a model's. */
    public Rollouts(
            Transformer policy,
            Transformer reference,
            Reward reward,
            Function<Prompt, int[]> starts,
            Sampler sampler,
            Decoding decoding,
            long seed) {
        this(policy, reference, Scoring.by(reward), starts, sampler, decoding, seed);
    }

    /** With rules beside it, or instead of it. */
    public Rollouts(
            Transformer policy,
            Transformer reference,
            Scoring scoring,
            Function<Prompt, int[]> starts,
            Sampler sampler,
            Decoding decoding,
            long seed) {
        this.policy = policy;
        this.reference = reference;
        this.scoring = scoring;
        this.starts = starts;
        this.sampler = sampler;
        this.decoding = decoding;
        this.seed = seed;
    }

    /**
     * One completion for each prompt.
     *
     * @param step names the draws: the same step samples the same completions
     */
    public List<Rollout> of(List<Prompt> prompts, long step) {
        return of(prompts, step, (rows, sampled) -> Forward.logProbsAndEntropy(policy, rows, decoding.temperature()));
    }

    /**
     * As {@link #of}, but the policy does not read what it wrote: log-probabilities are the sampler's own, whose one-token products
     * are rounded in another way, and entropies are estimated by them: −log p of what was drawn.
     */
    List<Rollout> unread(List<Prompt> prompts, long step) {
        return of(prompts, step, (rows, sampled) -> kept(sampled));
    }

    private List<Rollout> of(
            List<Prompt> prompts, long step, BiFunction<Forward.Rows, List<Sampled>, Forward.LogProbsAndEntropy> said) {
        List<int[]> begun = prompts.stream().map(starts).toList();
        long[] keys = new long[prompts.size()];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = step * keys.length + i;
        }
        List<Sampled> sampled = sampler.sample(begun, decoding, seed, keys);
        Forward.Rows rows = rows(begun, sampled);
        Forward.LogProbsAndEntropy ours = said.apply(rows, sampled);
        float[][] theirs =
                reference == policy ? ours.logProbs() : Forward.logProbs(reference, rows, decoding.temperature());
        List<Worth> worths = scoring.of(prompts, sampled, rows.ids());
        List<Rollout> rollouts = new ArrayList<>();
        for (int i = 0; i < keys.length; i++) {
            rollouts.add(new Rollout(
                    prompts.get(i),
                    rows.ids().get(i),
                    rows.from()[i],
                    sampled.get(i).ended(),
                    worths.get(i),
                    ours.logProbs()[i],
                    theirs[i],
                    ours.entropy()[i]));
        }
        return rollouts;
    }

    /** At which completions are drawn, and so at which every log-probability of them must be taken. */
    public double temperature() {
        return decoding.temperature();
    }

    /** Longest completion. */
    public int maxTokens() {
        return decoding.maxTokens();
    }

    private static Forward.LogProbsAndEntropy kept(List<Sampled> sampled) {
        float[][] logProbs = sampled.stream().map(Sampled::logProbs).toArray(float[][]::new);
        float[][] entropy = new float[logProbs.length][];
        for (int i = 0; i < entropy.length; i++) {
            entropy[i] = new float[logProbs[i].length];
            for (int t = 0; t < entropy[i].length; t++) {
                entropy[i][t] = -logProbs[i][t];
            }
        }
        return new Forward.LogProbsAndEntropy(logProbs, entropy);
    }

    private static Forward.Rows rows(List<int[]> starts, List<Sampled> sampled) {
        List<int[]> rows = new ArrayList<>();
        int[] from = new int[starts.size()];
        for (int i = 0; i < from.length; i++) {
            int[] prompt = starts.get(i);
            int[] completion = sampled.get(i).ids();
            int[] row = java.util.Arrays.copyOf(prompt, prompt.length + completion.length);
            System.arraycopy(completion, 0, row, prompt.length, completion.length);
            rows.add(row);
            from[i] = prompt.length;
        }
        return new Forward.Rows(rows, from);
    }
}

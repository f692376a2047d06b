package dev.heed.eval;

import dev.heed.feedback.Prompt;
import dev.heed.model.Forward;
import dev.heed.model.RewardModel;
import dev.heed.model.Transformer;
import dev.heed.sample.Decoding;
import dev.heed.sample.Sampled;
import dev.heed.sample.Sampler;
import dev.heed.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * One set of held-out prompts that several models sit under the same conditions: the same decoding and the same draws.
 *
 * @param prompts each answered {@code samples} times
 * @param reference KL is measured to it
 * @param seed of the draws
 */
public record Examination(
        List<Prompt> prompts,
        int samples,
        Tokenizer tokenizer,
        Transformer reference,
        Judge judge,
        Decoding decoding,
        long seed) {

    /** A completion in ids: the row with its prompt, where it begins, whether it ended. */
    private record Written(Prompt prompt, int[] row, int from, boolean ended) {
        int tokens() {
            return row.length - from;
        }
    }

    /** What the model writes, judged; {@code ids} is how this model is asked. */
    public List<Verdict> of(Transformer model, Function<Prompt, int[]> ids) {
        return verdicts(write(model, ids, samples), model);
    }

    /**
     * For each prompt the best of n by the reward model, as often as others answer it. The log-ratio of a chosen completion is
     * not its divergence, so {@code kl} holds the bound log n − (n − 1)/n.
     */
    public List<Verdict> bestOf(int n, Transformer model, RewardModel reward, Function<Prompt, int[]> ids) {
        List<Written> written = write(model, ids, samples * n);
        float[] scores = reward.scores(written.stream().map(Written::row).toList());
        List<Written> best = new ArrayList<>();
        for (int start = 0; start < written.size(); start += n) {
            int top = start;
            for (int i = start + 1; i < start + n; i++) {
                top = scores[i] > scores[top] ? i : top;
            }
            best.add(written.get(top));
        }
        double bound = BestOfN.klBound(n);
        return verdicts(best, model).stream()
                .map(v -> new Verdict(v.prompt(), v.text(), v.tokens(), v.ended(), v.gold(), v.parts(), bound))
                .toList();
    }

    /**
     * Several answers to each prompt, scored by a proxy and by the judge.
     *
     * @param proxy (prompts, answers)
     * @param gold (prompts, answers)
     */
    public record Candidates(double[][] proxy, double[][] gold) {}

    /** What best-of-n for every n up to this many would pick from. */
    public Candidates candidates(int n, Transformer model, RewardModel reward, Function<Prompt, int[]> ids) {
        List<Written> written = write(model, ids, n);
        float[] scores = reward.scores(written.stream().map(Written::row).toList());
        List<Verdict> verdicts = verdicts(written, model);
        double[][] proxy = new double[prompts.size()][n];
        double[][] gold = new double[prompts.size()][n];
        for (int i = 0; i < scores.length; i++) {
            proxy[i / n][i % n] = scores[i];
            gold[i / n][i % n] = verdicts.get(i).gold();
        }
        return new Candidates(proxy, gold);
    }

    /** The proxy's scores of the same completions: what over-optimisation is seen against. */
    public double meanScore(Transformer model, RewardModel reward, Function<Prompt, int[]> ids) {
        float[] scores = reward.scores(
                write(model, ids, samples).stream().map(Written::row).toList());
        double sum = 0;
        for (float score : scores) {
            sum += score;
        }
        return sum / scores.length;
    }

    private List<Written> write(Transformer model, Function<Prompt, int[]> ids, int each) {
        List<Prompt> asked = new ArrayList<>();
        List<int[]> starts = new ArrayList<>();
        for (Prompt prompt : prompts) {
            int[] start = ids.apply(prompt);
            for (int s = 0; s < each; s++) {
                asked.add(prompt);
                starts.add(start);
            }
        }
        long[] keys = new long[asked.size()];
        Arrays.setAll(keys, i -> i);
        List<Sampled> sampled = new Sampler(model, tokenizer.eos()).sample(starts, decoding, seed, keys);
        List<Written> written = new ArrayList<>();
        for (int i = 0; i < keys.length; i++) {
            int[] start = starts.get(i);
            int[] row = Arrays.copyOf(start, start.length + sampled.get(i).ids().length);
            System.arraycopy(
                    sampled.get(i).ids(), 0, row, start.length, sampled.get(i).ids().length);
            written.add(
                    new Written(asked.get(i), row, start.length, sampled.get(i).ended()));
        }
        return written;
    }

    private List<Verdict> verdicts(List<Written> written, Transformer model) {
        Forward.Rows rows = new Forward.Rows(
                written.stream().map(Written::row).toList(),
                written.stream().mapToInt(Written::from).toArray());
        float[][] ours = Forward.logProbs(model, rows, decoding.temperature());
        float[][] theirs = model == reference ? ours : Forward.logProbs(reference, rows, decoding.temperature());
        List<Verdict> verdicts = new ArrayList<>();
        for (int i = 0; i < ours.length; i++) {
            Written one = written.get(i);
            String text = tokenizer
                    .decode(Arrays.copyOfRange(one.row(), one.from(), one.row().length))
                    .strip();
            Judge.Opinion opinion = judge.of(one.prompt(), text, one.ended());
            double kl = Divergence.of(ours[i], theirs[i]).k1();
            verdicts.add(new Verdict(
                    one.prompt().id(), text, one.tokens(), one.ended(), opinion.gold(), opinion.parts(), kl));
        }
        return verdicts;
    }
}

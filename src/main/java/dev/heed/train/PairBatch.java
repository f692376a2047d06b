package dev.heed.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.heed.model.Batch;
import dev.heed.train.PairObjective.Said;
import dev.heed.train.PairObjective.Surprise;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Pairs as the rows of one batch: the chosen texts, then the rejected ones. Of the flat log-probabilities of its tokens,
 * sums over completions are products with a matrix of what each token counts.
 */
final class PairBatch {
    private final List<PairExample> pairs;
    private final Batch batch;

    /** @param counted which tokens of the chosen rows are wanted beside the completions */
    PairBatch(List<PairExample> pairs, Surprise.Counted counted) {
        this.pairs = List.copyOf(pairs);
        int n = pairs.size();
        int[][] rows = new int[2 * n][];
        int[] from = new int[2 * n];
        for (int i = 0; i < n; i++) {
            PairExample pair = pairs.get(i);
            rows[i] = pair.chosen();
            rows[n + i] = pair.rejected();
            from[i] = counted == Surprise.Counted.PROMPT_TOO ? 1 : pair.chosenFrom();
            from[n + i] = pair.rejectedFrom();
        }
        batch = new Batch(rows, from);
    }

    /** What a model is asked. */
    Batch batch() {
        return batch;
    }

    /** How many tokens the surprise is a mean over. */
    int surprisingTokens() {
        return IntStream.range(0, pairs.size())
                .map(i -> batch.rows()[i].length - batch.from()[i])
                .sum();
    }

    /**
     * Log-probabilities of the tokens as sums over completions.
     *
     * @param logProbs (N), of the batch's counted tokens; the gradient flows through it
     * @param reference of each pair, or two zeros
     * @param tailWeight what a token beyond the shorter completion counts
     */
    Said said(NDManager scope, NDArray logProbs, float[][] reference, double tailWeight) {
        int n = pairs.size();
        NDArray weights = scope.create(weights(tailWeight), new Shape(2L * n, batch.count()));
        NDArray sums = weights.matMul(logProbs.reshape(-1, 1)).squeeze(1);
        float[] refChosen = new float[n];
        float[] refRejected = new float[n];
        float[] chosenTokens = new float[n];
        float[] rejectedTokens = new float[n];
        for (int i = 0; i < n; i++) {
            refChosen[i] = reference[i][0];
            refRejected[i] = reference[i][1];
            chosenTokens[i] = pairs.get(i).chosenTokens();
            rejectedTokens[i] = pairs.get(i).rejectedTokens();
        }
        return new Said(
                sums.get("0:" + n),
                sums.get(n + ":"),
                scope.create(refChosen),
                scope.create(refRejected),
                scope.create(chosenTokens),
                scope.create(rejectedTokens));
    }

    /** Sum of −log-probability over the chosen rows' counted tokens, a scalar. */
    NDArray surprise(NDArray logProbs) {
        return logProbs.get("0:" + surprisingTokens()).sum().neg();
    }

    /** The same sums of numbers without gradients, such as a reference's: two a pair. */
    float[][] sums(float[] logProbs, double tailWeight) {
        float[] weights = weights(tailWeight);
        float[][] sums = new float[pairs.size()][2];
        for (int row = 0; row < 2 * pairs.size(); row++) {
            double sum = 0;
            for (int k = 0; k < logProbs.length; k++) {
                sum += (double) weights[row * logProbs.length + k] * logProbs[k];
            }
            sums[row % pairs.size()][row / pairs.size()] = (float) sum;
        }
        return sums;
    }

    /**
     * How likely the policy is to write each pair, a token's geometric mean, next to what it is to expect of itself.
     * Source: Zhou et al. 2024, WPO, equation 2 and section 3.3.
     *
     * @param logProbs (N)
     * @param certainty (N), ln Σ p² of the distribution at each token
     * @return one a pair, in the product of its two completions
     */
    float[] likelihoods(float[] logProbs, float[] certainty) {
        float[] likelihoods = new float[pairs.size()];
        int token = 0;
        double[] logs = new double[pairs.size()];
        for (int row = 0; row < 2 * pairs.size(); row++) {
            PairExample pair = pairs.get(row % pairs.size());
            int tokens = row < pairs.size() ? pair.chosenTokens() : pair.rejectedTokens();
            for (int t = batch.from()[row]; t < batch.rows()[row].length; t++, token++) {
                logs[row % pairs.size()] += t < begin(row) ? 0 : (logProbs[token] - certainty[token]) / tokens;
            }
        }
        for (int i = 0; i < likelihoods.length; i++) {
            likelihoods[i] = (float) Math.exp(logs[i]);
        }
        return likelihoods;
    }

    /** What each of N tokens counts in each of 2B sums. */
    private float[] weights(double tailWeight) {
        int n = pairs.size();
        float[] weights = new float[2 * n * batch.count()];
        int column = 0;
        for (int row = 0; row < 2 * n; row++) {
            PairExample pair = pairs.get(row % n);
            int from = begin(row);
            int shorter = from + Math.min(pair.chosenTokens(), pair.rejectedTokens());
            for (int t = batch.from()[row]; t < batch.rows()[row].length; t++) {
                boolean prompt = t < from;
                weights[row * batch.count() + column++] = prompt ? 0 : t < shorter ? 1 : (float) tailWeight;
            }
        }
        return weights;
    }

    /** Where the row's completion begins. */
    private int begin(int row) {
        int n = pairs.size();
        return row < n ? pairs.get(row).chosenFrom() : pairs.get(row - n).rejectedFrom();
    }
}

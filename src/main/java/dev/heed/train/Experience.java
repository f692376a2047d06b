package dev.heed.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.heed.model.Batch;
import dev.heed.model.Forward;
import dev.heed.tensor.Torch;
import java.util.Arrays;
import java.util.List;

/**
 * What PPO learns from in one step: plain numbers, one array a completion.
 *
 * @param rows prompt and completion ids
 * @param logProbs log π_old of each completion token, nats
 * @param values the critic's, before the update
 * @param rewards −β·(log π_old − log π_ref), and on the last token the score less the penalty for length
 * @param advantages whitened over all tokens of the batch
 * @param returns what the critic should have said
 */
public record Experience(
        Forward.Rows rows,
        float[][] logProbs,
        float[][] values,
        float[][] rewards,
        float[][] advantages,
        float[][] returns) {

    /**
     * Rewards, advantages and returns of rollouts.
     *
     * @param values one a completion token, see {@link Forward#values}
     * @param klCoefficient β, per nat
     */
    public static Experience of(List<Rollout> rollouts, float[][] values, double klCoefficient, Ppo.Config config) {
        int n = rollouts.size();
        float[][] rewards = new float[n][];
        for (int i = 0; i < n; i++) {
            Rollout rollout = rollouts.get(i);
            rewards[i] = rewards(rollout.logProbs(), rollout.refLogProbs(), config.worthOf(rollout), klCoefficient);
        }
        if (config.whitenRewards()) {
            rewards = whitened(rewards, Whitening.Shift.KEEP_MEAN);
        }
        float[][] advantages = new float[n][];
        float[][] returns = new float[n][];
        for (int i = 0; i < n; i++) {
            advantages[i] = Gae.advantages(rewards[i], values[i], config.gamma(), config.lambda());
            returns[i] = Gae.returns(advantages[i], values[i]);
        }
        Forward.Rows rows = new Forward.Rows(
                rollouts.stream().map(Rollout::row).toList(),
                rollouts.stream().mapToInt(Rollout::from).toArray());
        return new Experience(
                rows,
                rollouts.stream().map(Rollout::logProbs).toArray(float[][]::new),
                values,
                rewards,
                whitened(advantages, Whitening.Shift.ZERO_MEAN),
                returns);
    }

    /**
     * What each token receives: r_t = −β·(log π_old − log π_ref), and the score once, on the last token.
     *
     * @param score of the whole completion
     * @param klCoefficient β, per nat
     */
    static float[] rewards(float[] logProbs, float[] refLogProbs, double score, double klCoefficient) {
        float[] rewards = new float[logProbs.length];
        for (int t = 0; t < rewards.length; t++) {
            rewards[t] = (float) (-klCoefficient * (logProbs[t] - refLogProbs[t]));
        }
        rewards[rewards.length - 1] += (float) score;
        return rewards;
    }

    /**
     * Completions that are read together, flat: a number a token.
     *
     * @param logProbs log π_old, nats
     * @param values the critic's, before the update
     */
    record Part(Batch batch, float[] logProbs, float[] values, float[] advantages, float[] returns) {
        /** @param now (N), log π; the gradient flows through it */
        NDArray policyLosses(NDArray now, Ppo.Config config) {
            NDManager scope = now.getManager();
            return PpoLoss.policy(
                    now, scope.create(logProbs), scope.create(advantages), config.clip(), config.dualClip());
        }

        /** @param now (N), the critic's; the gradient flows through it */
        NDArray valueLosses(NDArray now, Ppo.Config config) {
            NDManager scope = now.getManager();
            return PpoLoss.value(now, scope.create(values), scope.create(returns), config.valueClip());
        }
    }

    /** These completions in parts that fit into memory and are computed beside each other, each in exactly one. */
    List<Part> parts(Torch torch, int[] minibatch) {
        List<int[]> ids = Arrays.stream(minibatch).mapToObj(rows.ids()::get).toList();
        return Forward.parts(torch, ids, Forward.MAX_TOKENS).stream()
                .map(group -> part(Arrays.stream(group).map(i -> minibatch[i]).toArray()))
                .toList();
    }

    private Part part(int[] chosen) {
        return new Part(
                rows.batch(chosen),
                flat(logProbs, chosen),
                flat(values, chosen),
                flat(advantages, chosen),
                flat(returns, chosen));
    }

    /** Completion tokens of these. */
    int tokens(int[] minibatch) {
        return Arrays.stream(minibatch).map(i -> logProbs[i].length).sum();
    }

    /** Of one quantity, the numbers of these completions one after the other: as flat as a model's output. */
    static float[] flat(float[][] perRow, int[] chosen) {
        int count = 0;
        for (int row : chosen) {
            count += perRow[row].length;
        }
        float[] flat = new float[count];
        int start = 0;
        for (int row : chosen) {
            System.arraycopy(perRow[row], 0, flat, start, perRow[row].length);
            start += perRow[row].length;
        }
        return flat;
    }

    /** 1 − Var(return − value) / Var(return): 1 for a critic that foresaw all, 0 for one that knew only the mean. */
    double explainedVariance() {
        double[] left = new double[2];
        double[] all = new double[2];
        int count = 0;
        for (int i = 0; i < returns.length; i++) {
            for (int t = 0; t < returns[i].length; t++) {
                double residual = returns[i][t] - values[i][t];
                left[0] += residual;
                left[1] += residual * residual;
                all[0] += returns[i][t];
                all[1] += returns[i][t] * returns[i][t];
                count++;
            }
        }
        double variance = all[1] / count - Math.pow(all[0] / count, 2);
        return variance < 1e-12 ? 0 : 1 - (left[1] / count - Math.pow(left[0] / count, 2)) / variance;
    }

    private static float[][] whitened(float[][] perRow, Whitening.Shift shift) {
        float[] flat = Whitening.of(flat(perRow, everything(perRow.length)), shift);
        float[][] rows = new float[perRow.length][];
        int start = 0;
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOfRange(flat, start, start + perRow[i].length);
            start += perRow[i].length;
        }
        return rows;
    }

    private static int[] everything(int n) {
        return java.util.stream.IntStream.range(0, n).toArray();
    }
}

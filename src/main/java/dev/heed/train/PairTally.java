package dev.heed.train;

import ai.djl.ndarray.NDArray;
import dev.heed.train.PairObjective.Said;

/** What pairs learned from add up to; means of none are 0. A reward is the method's own, for DPO β·log π/π_ref. */
final class PairTally {
    private int pairs;
    private long tokens;
    private double surprise;
    private double chosenRewards;
    private double rejectedRewards;
    private double right;
    private double chosenLogProbs;
    private double rejectedLogProbs;

    /** @param counted tokens that the surprise is summed over */
    void add(PairLoss loss, NDArray[] rewards, int counted) {
        float[] chosen = rewards[0].toFloatArray();
        float[] rejected = rewards[1].toFloatArray();
        for (int i = 0; i < chosen.length; i++) {
            chosenRewards += chosen[i];
            rejectedRewards += rejected[i];
            right += chosen[i] > rejected[i] ? 1 : 0;
        }
        Said said = loss.said();
        for (float sum : said.chosen().toFloatArray()) {
            chosenLogProbs += sum;
        }
        for (float sum : said.rejected().toFloatArray()) {
            rejectedLogProbs += sum;
        }
        surprise += loss.surprise().getFloat();
        pairs += chosen.length;
        tokens += counted;
    }

    /** Adds what others add up to. */
    void add(PairTally other) {
        pairs += other.pairs;
        tokens += other.tokens;
        surprise += other.surprise;
        chosenRewards += other.chosenRewards;
        rejectedRewards += other.rejectedRewards;
        right += other.right;
        chosenLogProbs += other.chosenLogProbs;
        rejectedLogProbs += other.rejectedLogProbs;
    }

    /** Nats a token. */
    double surprise() {
        return surprise / Math.max(1, tokens);
    }

    double chosenReward() {
        return mean(chosenRewards);
    }

    double rejectedReward() {
        return mean(rejectedRewards);
    }

    /** Share of pairs whose chosen completion has strictly the greater reward. */
    double accuracy() {
        return mean(right);
    }

    double margin() {
        return mean(chosenRewards - rejectedRewards);
    }

    double chosenLogProb() {
        return mean(chosenLogProbs);
    }

    double rejectedLogProb() {
        return mean(rejectedLogProbs);
    }

    private double mean(double sum) {
        return sum / Math.max(1, pairs);
    }
}

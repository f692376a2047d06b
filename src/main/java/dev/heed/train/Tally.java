package dev.heed.train;

import org.jspecify.annotations.Nullable;

/** What a policy's updates of one step add up to; of none, 0 and a ratio of 1. Ratios count each real token once a pass. */
final class Tally {
    private final ClipRatios clips = new ClipRatios();
    private double policyLoss;
    private double valueLoss;
    private double gradNorm;
    private double valueGradNorm;
    private double textLoss;
    private int policyUpdates;
    private int valueUpdates;
    private int textUpdates;
    private double ratio;
    private double squares;
    private double clipped;
    private double firstRatioError;
    private long tokens;

    /** @param clip ε: a ratio outside 1 ± ε counts as clipped */
    void ratios(float[] logProbs, float[] old, double clip) {
        for (int t = 0; t < logProbs.length; t++) {
            double difference = logProbs[t] - old[t];
            double r = Math.exp(difference);
            ratio += r;
            squares += difference * difference;
            clipped += Math.abs(r - 1) > clip ? 1 : 0;
            if (policyUpdates == 0) {
                firstRatioError = Math.max(firstRatioError, Math.abs(r - 1));
            }
        }
        tokens += logProbs.length;
    }

    void policy(double loss, double norm) {
        policyLoss += loss;
        gradNorm += norm;
        policyUpdates++;
    }

    void value(double loss, double norm) {
        valueLoss += loss;
        valueGradNorm += norm;
        valueUpdates++;
    }

    /** @param loss surprise at a token of text that is mixed in, nats */
    void text(double loss) {
        textLoss += loss;
        textUpdates++;
    }

    /** Ratios that clipping stopped, by the sign of the advantage. */
    ClipRatios clips() {
        return clips;
    }

    double policyLoss() {
        return policyLoss / Math.max(1, policyUpdates);
    }

    double valueLoss() {
        return valueLoss / Math.max(1, valueUpdates);
    }

    double gradNorm() {
        return gradNorm / Math.max(1, policyUpdates);
    }

    double valueGradNorm() {
        return valueGradNorm / Math.max(1, valueUpdates);
    }

    /** None where no text is mixed in. */
    @Nullable
    Double textLoss() {
        return textUpdates == 0 ? null : textLoss / textUpdates;
    }

    double ratio() {
        return tokens == 0 ? 1 : ratio / tokens;
    }

    double approxkl() {
        return squares / Math.max(1, tokens) / 2;
    }

    double clipfrac() {
        return clipped / Math.max(1, tokens);
    }

    double firstRatioError() {
        return firstRatioError;
    }
}

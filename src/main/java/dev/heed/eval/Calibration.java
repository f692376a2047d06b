package dev.heed.eval;

import dev.heed.quality.Finite;
import dev.heed.rating.Logistic;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether probabilities can be taken at their word. Source: Guo et al. 2017, arXiv:1706.04599.
 *
 * @param ece expected calibration error: mean over predictions of |accuracy − confidence| of their bin
 * @param mce the largest such gap of any bin
 * @param brier mean squared error of the probabilities
 * @param nll mean negative log-likelihood, nats
 * @param bins of equal width, empty ones included
 */
public record Calibration(double ece, double mce, double brier, double nll, List<Bin> bins) {
    public Calibration {
        bins = List.copyOf(bins);
    }

    /**
     * Predictions in (low, high]; the lowest bin includes its low end.
     *
     * @param confidence their mean probability; 0 where the bin is empty
     * @param accuracy their mean outcome; 0 where the bin is empty
     */
    public record Bin(double low, double high, int count, double confidence, double accuracy) {}

    /**
     * @param probabilities in [0, 1], at least one
     * @param outcomes what came: 1, 0, or between for a tie
     * @param bins how many, over [0, 1]
     */
    public static Calibration of(double[] probabilities, double[] outcomes, int bins) {
        return over(0, probabilities, outcomes, bins);
    }

    /**
     * A reward model's σ(|margin|), which says how sure it is, against how often it was right. Bins lie over [0.5, 1], as no
     * choice between two can be less sure than a coin.
     *
     * @param margins score of the chosen minus score of the rejected; 0 counts as half right
     */
    public static Calibration ofMargins(double[] margins, int bins) {
        double[] sure = new double[margins.length];
        double[] right = new double[margins.length];
        for (int i = 0; i < margins.length; i++) {
            sure[i] = Logistic.sigmoid(Math.abs(margins[i]));
            right[i] = (1 + Math.signum(margins[i])) / 2;
        }
        return over(0.5, sure, right, bins);
    }

    private static Calibration over(double from, double[] probabilities, double[] outcomes, int bins) {
        if (probabilities.length != outcomes.length || bins < 1) {
            throw new IllegalArgumentException("one outcome per probability and at least 1 bin: got %d, %d, %d bins"
                    .formatted(probabilities.length, outcomes.length, bins));
        }
        Finite.expectAtLeast(1, "predictions", probabilities.length);
        Finite.expectShares("probabilities", probabilities);
        Finite.expectShares("outcomes", outcomes);
        int[] counts = new int[bins];
        double[] confidence = new double[bins];
        double[] accuracy = new double[bins];
        double brier = 0;
        double nll = 0;
        for (int i = 0; i < probabilities.length; i++) {
            double p = probabilities[i];
            int bin = Math.min(bins - 1, Math.max(0, (int) Math.ceil((p - from) / (1 - from) * bins) - 1));
            counts[bin]++;
            confidence[bin] += p;
            accuracy[bin] += outcomes[i];
            brier += (p - outcomes[i]) * (p - outcomes[i]);
            nll -= xLogY(outcomes[i], p) + xLogY(1 - outcomes[i], 1 - p);
        }
        return ofSums(from, counts, confidence, accuracy, new double[] {brier, nll});
    }

    private static Calibration ofSums(
            double from, int[] counts, double[] confidence, double[] accuracy, double[] brierAndNll) {
        double width = (1 - from) / counts.length;
        double gaps = 0;
        double widest = 0;
        int all = 0;
        List<Bin> bins = new ArrayList<>();
        for (int b = 0; b < counts.length; b++) {
            int n = Math.max(counts[b], 1);
            Bin bin = new Bin(from + b * width, from + (b + 1) * width, counts[b], confidence[b] / n, accuracy[b] / n);
            double gap = Math.abs(bin.accuracy() - bin.confidence());
            gaps += gap * counts[b];
            widest = Math.max(widest, gap);
            all += counts[b];
            bins.add(bin);
        }
        return new Calibration(gaps / all, widest, brierAndNll[0] / all, brierAndNll[1] / all, bins);
    }

    private static double xLogY(double x, double y) {
        return x == 0 ? 0 : x * Math.log(y);
    }
}

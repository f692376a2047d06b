package dev.heed.quality;

import java.util.SplittableRandom;

/** Random numbers of successes: exact, and as fast for a million trials as for a hundred. */
final class Binomial {
    /** Below so many expected successes, adding up probabilities is faster. */
    private static final double FEW = 10;

    private static final double[] SMALL = new double[10];

    static {
        for (int k = 2; k < SMALL.length; k++) {
            SMALL[k] = SMALL[k - 1] + Math.log(k);
        }
    }

    private Binomial() {}

    /** @param p probability of a success, in [0, 1] */
    static int draw(SplittableRandom random, int trials, double p) {
        if (p > 0.5) {
            return trials - draw(random, trials, 1 - p);
        }
        return trials * p < FEW ? inverted(random, trials, p) : rejected(random, trials, p);
    }

    private static int inverted(SplittableRandom random, int trials, double p) {
        double odds = p / (1 - p);
        double probability = Math.pow(1 - p, trials);
        double u = random.nextDouble();
        int k = 0;
        while (u > probability && k < trials) {
            u -= probability;
            k++;
            probability *= odds * (trials - k + 1) / k;
        }
        return k;
    }

    /**
     * Transformed rejection, algorithm BTRS of Hörmann 1993, "The generation of binomial random variates"; its constants are
     * fitted there.
     */
    private static int rejected(SplittableRandom random, int n, double p) {
        double deviation = Math.sqrt(n * p * (1 - p));
        double b = 1.15 + 2.53 * deviation;
        double a = -0.0873 + 0.0248 * b + 0.01 * p;
        double alpha = (2.83 + 5.1 / b) * deviation;
        double logOdds = Math.log(p / (1 - p));
        int mode = (int) ((n + 1) * p);
        while (true) {
            double u = random.nextDouble() - 0.5;
            double v = random.nextDouble();
            double edge = 0.5 - Math.abs(u);
            double at = Math.floor((2 * a / edge + b) * u + n * p + 0.5);
            if (edge >= 0.07 && v <= 0.92 - 4.2 / b) {
                return (int) at;
            }
            if (at >= 0 && at <= n) {
                int k = (int) at;
                double relative = logFactorial(mode) + logFactorial(n - mode) - logFactorial(k) - logFactorial(n - k);
                if (Math.log(v * alpha / (a / (edge * edge) + b)) <= relative + (k - mode) * logOdds) {
                    return k;
                }
            }
        }
    }

    /** By Stirling's series from 10 on: wrong by less than 1e-8. */
    static double logFactorial(int k) {
        if (k < SMALL.length) {
            return SMALL[k];
        }
        double square = (double) k * k;
        return (k + 0.5) * Math.log(k)
                - k
                + 0.5 * Math.log(2 * Math.PI)
                + (1.0 / 12 - (1.0 / 360 - 1 / (1260 * square)) / square) / k;
    }
}

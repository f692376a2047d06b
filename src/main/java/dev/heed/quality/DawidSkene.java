package dev.heed.quality;

import java.util.Arrays;
import java.util.List;

/**
 * What is true, and how often each labeler says so, found together: a labeler is believed as far as the others, believed
 * likewise, bear them out. Source: Dawid and Skene 1979, "Maximum likelihood estimation of observer error-rates using the EM
 * algorithm". Deviation 1: {@code smoothing} more answers of each labeler in each cell, so that few answers do not make
 * anyone infallible. Deviation 2: items with the same answers are computed once.
 *
 * @param posterior (items, classes), how probably each class is an item's true one
 * @param prior (classes), how common each is
 * @param confusion (labelers, classes, classes), how often each labeler gives an answer, the columns, where a class is true
 * @param steps of EM that were made
 */
public record DawidSkene(double[][] posterior, double[] prior, double[][][] confusion, int steps) {
    private static final int MOST_STEPS = 100;
    private static final double SETTLED = 5e-4; // how far an item's posteriors may still move, on average
    private static final double UNDERFLOW = 1e-200; // a product of many answers must not become 0

    /** An answer: which labeler gave which class. */
    public record Said(int labeler, int said) {}

    /**
     * @param items at least one, each with the answers to it, at least one; several of the same labeler count each
     * @param smoothing at least 0
     */
    public static DawidSkene fit(List<List<Said>> items, int labelers, int classes, double smoothing) {
        Counted counted = Counted.of(items.stream().map(item -> item.stream()
                .mapToInt(one -> one.labeler() * classes + one.said())
                .sorted()
                .toArray()));
        double[][] posterior =
                counted.kinds().stream().map(kind -> shares(kind, classes)).toArray(double[][]::new);
        DawidSkene fit = settled(counted, maximized(counted, posterior, labelers, smoothing, 0), smoothing);
        double[][] ofItems = Arrays.stream(counted.kindOf())
                .mapToObj(kind -> fit.posterior[kind])
                .toArray(double[][]::new);
        return new DawidSkene(ofItems, fit.prior, fit.confusion, fit.steps);
    }

    private static DawidSkene settled(Counted counted, DawidSkene start, double smoothing) {
        DawidSkene fit = start;
        for (double moved = 1; moved > SETTLED && fit.steps < MOST_STEPS; ) {
            double[][] next = fit.expected(counted);
            moved = distance(counted, fit.posterior, next);
            fit = maximized(counted, next, fit.confusion.length, smoothing, fit.steps + 1);
        }
        return fit;
    }

    /** How probably a labeler says what is true. */
    public double reliability(int labeler) {
        double right = 0;
        for (int c = 0; c < prior.length; c++) {
            right += prior[c] * confusion[labeler][c][c];
        }
        return right;
    }

    /** Where EM begins: the share of the answers that each class has. */
    private static double[] shares(int[] kind, int classes) {
        double[] shares = new double[classes];
        for (int said : kind) {
            shares[said % classes] += 1.0 / kind.length;
        }
        return shares;
    }

    /** The M-step, the paper's equations 2.3 and 2.4. */
    private static DawidSkene maximized(
            Counted counted, double[][] posterior, int labelers, double smoothing, int steps) {
        int classes = posterior[0].length;
        double[] prior = new double[classes];
        double[][][] confusion = new double[labelers][classes][classes];
        for (double[][] of : confusion) {
            Arrays.stream(of).forEach(row -> Arrays.fill(row, smoothing));
        }
        for (int i = 0; i < posterior.length; i++) {
            for (int c = 0; c < classes; c++) {
                double weight = counted.counts()[i] * posterior[i][c];
                prior[c] += weight;
                for (int said : counted.kinds().get(i)) {
                    confusion[said / classes][c][said % classes] += weight;
                }
            }
        }
        normalize(prior);
        for (double[][] of : confusion) {
            Arrays.stream(of).forEach(DawidSkene::normalize);
        }
        return new DawidSkene(posterior, prior, confusion, steps);
    }

    private static void normalize(double[] shares) {
        double sum = 0;
        for (double share : shares) {
            sum += share;
        }
        for (int i = 0; i < shares.length; i++) {
            shares[i] = sum == 0 ? 1.0 / shares.length : shares[i] / sum;
        }
    }

    /** The E-step, equation 2.5. */
    private double[][] expected(Counted counted) {
        int classes = prior.length;
        double[][] likelihood = new double[confusion.length * classes][classes]; // (answers, classes)
        for (int said = 0; said < likelihood.length; said++) {
            for (int c = 0; c < classes; c++) {
                likelihood[said][c] = confusion[said / classes][c][said % classes];
            }
        }
        double[][] expected = new double[counted.kinds().size()][];
        for (int i = 0; i < expected.length; i++) {
            double[] joint = prior.clone();
            for (int said : counted.kinds().get(i)) {
                double sum = 0;
                for (int c = 0; c < classes; c++) {
                    joint[c] *= likelihood[said][c];
                    sum += joint[c];
                }
                if (sum < UNDERFLOW) {
                    normalize(joint);
                }
            }
            normalize(joint);
            expected[i] = joint;
        }
        return expected;
    }

    /** How far the posteriors of an item moved, the mean. */
    private static double distance(Counted counted, double[][] a, double[][] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            for (int c = 0; c < a[i].length; c++) {
                sum += counted.counts()[i] * Math.abs(a[i][c] - b[i][c]);
            }
        }
        return sum / counted.total();
    }
}

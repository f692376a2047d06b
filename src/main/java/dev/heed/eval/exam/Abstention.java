package dev.heed.eval.exam;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What accuracy a model would have if it answered only where it is surest. Source: Geifman and El-Yaniv 2017,
 * arXiv:1705.08500. Answers that are equally sure are given together, each then as right as their mean.
 *
 * @param points by rising coverage
 * @param area mean accuracy over all coverages: 1 less the area under the risk–coverage curve
 */
public record Abstention(List<Point> points, double area) {
    private static final int SHOWN = 20;

    public Abstention {
        points = List.copyOf(points);
    }

    /**
     * A place on the curve.
     *
     * @param coverage share of questions that are answered
     * @param confidence the least at which it still answers
     * @param accuracy of what is answered
     */
    public record Point(double coverage, double confidence, double accuracy) {}

    /**
     * Measures.
     *
     * @param confidence of each answer
     * @param right 1 or 0 each, at least one
     */
    static Abstention of(double[] confidence, double[] right) {
        double[] accuracies = accuracies(confidence, right);
        int[] order = surestFirst(confidence);
        int n = right.length;
        List<Point> points = new ArrayList<>();
        for (int i = 1; i <= SHOWN; i++) {
            int answered = Math.max(1, (int) Math.round((double) i * n / SHOWN));
            points.add(new Point((double) answered / n, confidence[order[answered - 1]], accuracies[answered - 1]));
        }
        return new Abstention(points.stream().distinct().toList(), area(accuracies));
    }

    /** The accuracy of the surest one, two, … answers. */
    static double[] accuracies(double[] confidence, double[] right) {
        int[] order = surestFirst(confidence);
        double[] accuracies = new double[right.length];
        double sum = 0;
        for (int from = 0; from < order.length; ) {
            int to = from;
            double tied = 0;
            while (to < order.length && confidence[order[to]] == confidence[order[from]]) {
                tied += right[order[to++]];
            }
            for (int i = from; i < to; i++) {
                sum += tied / (to - from);
                accuracies[i] = sum / (i + 1);
            }
            from = to;
        }
        return accuracies;
    }

    static double area(double[] accuracies) {
        return IntStream.range(0, accuracies.length)
                .mapToDouble(i -> accuracies[i])
                .average()
                .orElse(Double.NaN);
    }

    private static int[] surestFirst(double[] confidence) {
        return IntStream.range(0, confidence.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -confidence[i]))
                .mapToInt(i -> i)
                .toArray();
    }
}

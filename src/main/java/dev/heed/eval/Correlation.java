package dev.heed.eval;

import dev.heed.quality.Bootstrap;
import java.util.Arrays;
import java.util.List;

/** How far two numbers go together, in [−1, 1]; NaN where one of them never changes. */
public final class Correlation {
    private Correlation() {}

    /** Pearson's r. */
    public static double pearson(double[] x, double[] y) {
        if (x.length != y.length) {
            throw new IllegalArgumentException("one y per x: got %d, %d".formatted(x.length, y.length));
        }
        double meanX = Arrays.stream(x).average().orElse(Double.NaN);
        double meanY = Arrays.stream(y).average().orElse(Double.NaN);
        double xy = 0;
        double xx = 0;
        double yy = 0;
        for (int i = 0; i < x.length; i++) {
            xy += (x[i] - meanX) * (y[i] - meanY);
            xx += (x[i] - meanX) * (x[i] - meanX);
            yy += (y[i] - meanY) * (y[i] - meanY);
        }
        return xx == 0 || yy == 0 ? Double.NaN : xy / Math.sqrt(xx * yy);
    }

    /** Pearson's r after each group's mean is taken away: among answers to the same prompt, say. */
    public static double within(double[] x, double[] y, List<?> groups) {
        int[][] members = Bootstrap.members(groups, x.length);
        return pearson(centred(x, members), centred(y, members));
    }

    /** Correlation of x and y that a third number does not explain: of score and length at equal quality, say. */
    public static double partial(double[] x, double[] y, double[] control) {
        double xy = pearson(x, y);
        double xc = pearson(x, control);
        double yc = pearson(y, control);
        return (xy - xc * yc) / Math.sqrt((1 - xc * xc) * (1 - yc * yc));
    }

    private static double[] centred(double[] values, int[][] members) {
        double[] centred = values.clone();
        for (int[] group : members) {
            double mean =
                    Arrays.stream(group).mapToDouble(i -> values[i]).average().orElse(0);
            for (int i : group) {
                centred[i] -= mean;
            }
        }
        return centred;
    }
}

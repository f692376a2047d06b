package dev.heed.quality;

import dev.heed.quality.Sheet.Given;
import dev.heed.quality.Sheet.Item;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How much more often each labeler takes the longer text than the others do on the same comparisons. A choice is 1 where it is
 * for the longer text, else 0, and stands for the comparison's share plus the labeler's taste, found by least squares; so a
 * labeler is not held against one with a strong taste. The middle labeler's taste counts as none: a few with a bias do not make
 * all others look biased to the other side.
 */
final class LengthTaste {
    private static final int MOST_ROUNDS = 100;
    private static final double SETTLED = 1e-4;
    private static final double Z = 1.959963984540054;

    /** Choices of a comparison that two or more decided, by labeler. */
    private record Choices(int[] labelers, double[] longer) {
        /** What is left of a choice when the others' choices, less their tastes, are taken away. */
        double beside(int own, double[] tastes) {
            double others = 0;
            for (int j = 0; j < labelers.length; j++) {
                others += j == own ? 0 : longer[j] - tastes[labelers[j]];
            }
            return longer[own] - others / (labelers.length - 1);
        }
    }

    private LengthTaste() {}

    /** A difference of shares for each labeler; the interval is the normal one of a mean. */
    static List<Figure> of(Sheet sheet) {
        List<Choices> all = sheet.items().stream()
                .map(LengthTaste::choices)
                .filter(choices -> choices.labelers().length > 1)
                .toList();
        int labelers = sheet.labelers().size();
        double[] tastes = new double[labelers];
        Moments moments = new Moments(labelers);
        for (double moved = 1, round = 0; moved > SETTLED && round < MOST_ROUNDS; round++) {
            moments = Moments.of(all, tastes, labelers);
            moved = 0;
            for (int l = 0; l < labelers; l++) {
                moved = Math.max(moved, Math.abs(moments.mean(l) - tastes[l]));
                tastes[l] += (moments.mean(l) - tastes[l]) / 2; // half, as a whole step to and fro would never settle
            }
        }
        Moments last = moments;
        double middle = middle(last);
        return IntStream.range(0, labelers)
                .mapToObj(l -> last.figure(l, middle))
                .toList();
    }

    private static Choices choices(Item item) {
        List<Given> decided =
                item.given().stream().filter(one -> item.longer(one) != 0).toList();
        return new Choices(
                decided.stream().mapToInt(Given::labeler).toArray(),
                decided.stream()
                        .mapToDouble(one -> item.longer(one) > 0 ? 1 : 0)
                        .toArray());
    }

    private static double middle(Moments moments) {
        double[] means = IntStream.range(0, moments.counts.length)
                .filter(l -> moments.counts[l] >= Agreed.FEWEST)
                .mapToDouble(moments::mean)
                .sorted()
                .toArray();
        return means.length == 0 ? 0 : Bootstrap.quantile(means, 0.5);
    }

    /** Counts, sums and sums of squares by labeler. */
    private record Moments(int[] counts, double[] sums, double[] squares) {
        Moments(int labelers) {
            this(new int[labelers], new double[labelers], new double[labelers]);
        }

        static Moments of(List<Choices> all, double[] tastes, int labelers) {
            Moments moments = new Moments(labelers);
            for (Choices choices : all) {
                for (int own = 0; own < choices.labelers().length; own++) {
                    int labeler = choices.labelers()[own];
                    double beside = choices.beside(own, tastes);
                    moments.counts[labeler]++;
                    moments.sums[labeler] += beside;
                    moments.squares[labeler] += beside * beside;
                }
            }
            return moments;
        }

        double mean(int labeler) {
            return counts[labeler] == 0 ? 0 : sums[labeler] / counts[labeler];
        }

        Figure figure(int labeler, double middle) {
            int n = counts[labeler];
            if (n < Agreed.FEWEST) {
                return Figure.undefined(n, Agreed.tooFew(n, "this labeler and others for one of two unequal lengths"));
            }
            double variance = squares[labeler] / n - mean(labeler) * mean(labeler);
            double half = Z * Math.sqrt(Math.max(0, variance) / n);
            double mean = mean(labeler) - middle;
            return Figure.of(n, new Interval(mean, mean - half, mean + half));
        }
    }
}

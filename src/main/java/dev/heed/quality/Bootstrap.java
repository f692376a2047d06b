package dev.heed.quality;

import dev.heed.run.Draws;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * 95 % percentile bootstrap. Resample b draws from (seed, "bootstrap", b), so two models judged on the same prompts meet
 * the same resamples. Source: Efron 1979; with clusters, whole clusters are drawn (Field and Welsh 2007).
 *
 * @param seed of the draws
 * @param resamples how many; at least 40, below which the 2.5 % quantile is the smallest value
 */
public record Bootstrap(long seed, int resamples) {
    public Bootstrap {
        if (resamples < 40) {
            throw new IllegalArgumentException("resamples must be at least 40, was " + resamples);
        }
    }

    /** With 2,000 resamples. */
    public Bootstrap(long seed) {
        this(seed, 2_000);
    }

    /** Mean of independent values; {@link Interval#NONE} of no values. */
    public Interval mean(double[] values) {
        return of(values.length, drawn -> {
            double sum = 0;
            for (int i : drawn) {
                sum += values[i];
            }
            return sum / drawn.length;
        });
    }

    /**
     * Mean of values that come in clusters, say several completions of one prompt: clusters are drawn, and all values of a
     * drawn cluster count.
     *
     * @param clusters which cluster each value is of, by equals
     */
    public Interval mean(double[] values, List<?> clusters) {
        int[][] members = members(clusters, values.length);
        double[] sums = new double[members.length];
        for (int c = 0; c < members.length; c++) {
            sums[c] = Arrays.stream(members[c]).mapToDouble(i -> values[i]).sum();
        }
        return of(members.length, drawn -> {
            double sum = 0;
            int count = 0;
            for (int c : drawn) {
                sum += sums[c];
                count += members[c].length;
            }
            return sum / count;
        });
    }

    /**
     * Any statistic of a sample.
     *
     * @param units how many independent units the sample has
     * @param statistic from the indices of the drawn units, each in [0, units), as many as there are units, some drawn more
     *     than once; called once with each unit once, for the estimate
     */
    public Interval of(int units, ToDoubleFunction<int[]> statistic) {
        if (units == 0) {
            return Interval.NONE;
        }
        return all(units, drawn -> new double[] {statistic.applyAsDouble(drawn)})
                .get(0);
    }

    /**
     * Several statistics of a sample at once, all from the same resamples.
     *
     * @param units at least 1
     * @param statistics as in {@link #of}, always equally many
     * @return an interval for each
     */
    public List<Interval> all(int units, Function<int[], double[]> statistics) {
        Finite.expectAtLeast(1, "units to draw from", units);
        double[] estimates = statistics.apply(IntStream.range(0, units).toArray());
        double[][] resampled = new double[estimates.length][resamples];
        int[] drawn = new int[units];
        for (int b = 0; b < resamples; b++) {
            SplittableRandom random = Draws.of(seed, "bootstrap", b);
            for (int i = 0; i < units; i++) {
                drawn[i] = random.nextInt(units);
            }
            double[] values = statistics.apply(drawn);
            for (int s = 0; s < estimates.length; s++) {
                resampled[s][b] = values[s];
            }
        }
        return IntStream.range(0, estimates.length)
                .mapToObj(s -> around(estimates[s], resampled[s]))
                .toList();
    }

    /**
     * The same of a sample many of whose units are alike: it costs as much for a million of them as for a thousand. Resamples
     * in which a statistic is NaN do not count for it.
     *
     * @param counts how many units there are of each kind; at least 1 in all
     * @param statistics from how many are drawn of each kind; called once with {@code counts}, for the estimates. The array is
     *     the next resample's too
     */
    public List<Interval> ofCounts(int[] counts, Function<int[], double[]> statistics) {
        Multinomial units = Multinomial.of(counts);
        Finite.expectAtLeast(1, "units to draw from", units.total());
        double[] estimates = statistics.apply(counts.clone());
        double[][] resampled = new double[estimates.length][resamples];
        int[] drawn = new int[counts.length];
        for (int b = 0; b < resamples; b++) {
            units.draw(Draws.of(seed, "bootstrap", b), drawn);
            double[] values = statistics.apply(drawn);
            for (int s = 0; s < estimates.length; s++) {
                resampled[s][b] = values[s];
            }
        }
        return IntStream.range(0, estimates.length)
                .mapToObj(s -> around(estimates[s], known(resampled[s])))
                .toList();
    }

    private static double[] known(double[] values) {
        double[] known = Arrays.stream(values).filter(v -> !Double.isNaN(v)).toArray();
        return known.length == 0 ? new double[] {Double.NaN} : known;
    }

    private static Interval around(double estimate, double[] resampled) {
        Arrays.sort(resampled);
        return new Interval(estimate, quantile(resampled, 0.025), quantile(resampled, 0.975));
    }

    /** The indices of each cluster's members, clusters in the order in which they first occur. */
    public static int[][] members(List<?> clusters, int values) {
        if (clusters.size() != values) {
            throw new IllegalArgumentException(
                    "one cluster per value: got %d values, %d clusters".formatted(values, clusters.size()));
        }
        Map<Object, IntStream.Builder> members = new LinkedHashMap<>();
        for (int i = 0; i < values; i++) {
            members.computeIfAbsent(clusters.get(i), c -> IntStream.builder()).add(i);
        }
        return members.values().stream().map(m -> m.build().toArray()).toArray(int[][]::new);
    }

    /** Linear between the two nearest of the sorted values (Hyndman and Fan's type 7). */
    public static double quantile(double[] sorted, double share) {
        double at = share * (sorted.length - 1);
        int below = (int) at;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }
}

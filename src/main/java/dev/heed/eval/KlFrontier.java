package dev.heed.eval;

import dev.heed.quality.Bootstrap;
import dev.heed.quality.Interval;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Methods compared by what they bought at which distance from the model that all of them began with: a method is better where
 * it reaches the same score with less KL, not where it merely went further. Source: Gao et al. 2022, arXiv:2210.10760, figure 1.
 *
 * @param judge who scored, as it stands in a sentence: "the gold judge"; none of the methods may have learned from it
 * @param unit of the scores, which are above the start's mean: "standard deviations above the SFT model"
 */
public record KlFrontier(String judge, String unit, List<Method> methods) {
    public KlFrontier {
        methods = List.copyOf(methods);
    }

    /**
     * One way to optimise a policy, at several strengths or moments.
     *
     * @param name "ppo"
     * @param form which of the two curves it is expected to follow; {@code RL} for whatever moves the weights (Rafailov et al.
     *     2024, arXiv:2406.02900, use it for direct preference optimisation as well)
     * @param points ordered by distance
     */
    public record Method(String name, OverOptimization.Form form, List<Point> points) {
        /** Two unknowns pass through two points whatever they are. */
        private static final int FEWEST_TO_FIT = 3;

        public Method {
            points = points.stream()
                    .sorted(Comparator.comparingDouble(Point::kl))
                    .toList();
        }

        /** The curve through the points; empty where fewer than three different distances above 0 were measured. */
        public Optional<OverOptimization> fit() {
            // In thousandths: what is nearer together than that tells nothing of a curve.
            return Arrays.stream(distances())
                                    .map(d -> Math.rint(1_000 * d))
                                    .filter(d -> d > 0)
                                    .distinct()
                                    .count()
                            < FEWEST_TO_FIT
                    ? Optional.empty()
                    : Optional.of(OverOptimization.fit(form, distances(), scores()));
        }

        /** What share of the scores' variance the curve explains, at most 1; empty where there is no curve. */
        public Optional<Double> determination() {
            return fit().map(curve -> curve.determination(distances(), scores()));
        }

        /** The largest distance measured, √nats; 0 of no points. */
        public double reach() {
            return Arrays.stream(distances()).max().orElse(0);
        }

        private double[] distances() {
            return points.stream().mapToDouble(Point::distance).toArray();
        }

        private double[] scores() {
            return points.stream().mapToDouble(p -> p.score().mean()).toArray();
        }
    }

    /**
     * One model.
     *
     * @param name "step 40", "best of 4"
     * @param kl to the start, nats a completion; an estimate may be a little below 0
     * @param score above the start's mean
     */
    public record Point(String name, double kl, Interval score) {
        public Point {
            if (!Double.isFinite(kl) || !Double.isFinite(score.mean())) {
                throw new IllegalArgumentException(
                        "kl and score of %s must be finite, were %s, %s".formatted(name, kl, score.mean()));
            }
        }

        /** √KL, √nats; 0 where the estimate is below 0. */
        public double distance() {
            return Math.sqrt(Math.max(0, kl));
        }

        /** At least as high a score for no more KL, and better in one of them. */
        private boolean beats(Point other) {
            boolean noWorse = kl <= other.kl && score.mean() >= other.score.mean();
            return noWorse && (kl < other.kl || score.mean() > other.score.mean());
        }
    }

    /**
     * What the best of n answers of the start would be, picked by a proxy. Deviation 1: at the upper bound of its KL.
     *
     * @param proxy (prompts, answers) the scores to pick by
     * @param gold (prompts, answers) the judge's
     * @param counts each n, from 1 to the number of answers
     * @param yardstick that measures the judge's scores from the start's mean
     */
    public static Method bestOf(
            double[][] proxy, double[][] gold, int[] counts, Standard yardstick, Bootstrap bootstrap) {
        if (proxy.length != gold.length || proxy.length == 0) {
            throw new IllegalArgumentException(
                    "both score the same prompts, at least 1: got %d, %d".formatted(proxy.length, gold.length));
        }
        List<Point> points = Arrays.stream(counts)
                .mapToObj(n -> new Point(
                        "best of " + n,
                        BestOfN.klBound(n),
                        yardstick.measure(bootstrap.mean(IntStream.range(0, proxy.length)
                                .mapToDouble(p -> BestOfN.expected(proxy[p], gold[p], n))
                                .toArray()))))
                .toList();
        return new Method("best of n", OverOptimization.Form.BEST_OF_N, points);
    }

    /** The points that no other beats: none has as high a score for as little KL. By distance. */
    public List<Point> unbeaten() {
        return all().filter(p -> all().noneMatch(other -> other.beats(p)))
                .sorted(Comparator.comparingDouble(Point::kl))
                .toList();
    }

    private Stream<Point> all() {
        return methods.stream().flatMap(m -> m.points().stream());
    }
}

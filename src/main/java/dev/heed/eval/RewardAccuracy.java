package dev.heed.eval;

import dev.heed.quality.Bootstrap;
import dev.heed.quality.Interval;
import dev.heed.rating.Logistic;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A reward model against preferences it has not seen. Preferences without a winner (strength 0) count nowhere.
 *
 * @param accuracy share of pairs where the chosen scores strictly higher; equal scores are wrong
 * @param equalScores share of pairs with equal scores: where it is high, accuracy and loss mean little
 * @param loss mean −log σ(score of chosen − score of rejected), nats
 * @param lossBelowChance ln 2 − loss: 0 for a model that knows nothing, negative for one that is surer than it is right
 * @param calibration how far σ(margin) can be believed
 * @param refit the same after all margins were divided by one number
 * @param byStrength accuracy by how strongly it was preferred
 * @param byLabeler accuracy by who preferred it
 * @param byLength accuracy by which of the two was longer, and by how much
 * @param alwaysLonger what "the longer one is better" would get, equal lengths as half
 * @param lengthCorrelation Pearson's r of score and length over all completions
 * @param lengthCorrelationWithinPrompt the same among completions of one prompt
 */
public record RewardAccuracy(
        Interval accuracy,
        double equalScores,
        double loss,
        double lossBelowChance,
        Calibration calibration,
        Refit refit,
        List<Slice> byStrength,
        List<Slice> byLabeler,
        List<Slice> byLength,
        Interval alwaysLonger,
        double lengthCorrelation,
        double lengthCorrelationWithinPrompt) {
    private static final int BINS = 10;

    /** A part of the pairs, and the accuracy there. */
    public record Slice(String name, int count, Interval accuracy) {}

    /**
     * Margins over a temperature. Preferences of every second prompt are measured at the temperature that the others have.
     *
     * @param temperature of all preferences: what to divide by; above 1 where the model is too sure
     * @param loss nats
     */
    public record Refit(double temperature, double loss, Calibration calibration) {
        private static Refit of(List<Judged> pairs) {
            List<String> prompts = pairs.stream().map(Judged::prompt).distinct().toList();
            Set<String> second = IntStream.range(0, prompts.size())
                    .filter(i -> i % 2 == 1)
                    .mapToObj(prompts::get)
                    .collect(Collectors.toSet());
            Map<Boolean, List<Judged>> halves =
                    pairs.stream().collect(Collectors.partitioningBy(p -> second.contains(p.prompt())));
            double all = temperature(pairs);
            double[] margins = Stream.of(true, false)
                    .flatMapToDouble(half -> over(halves, half))
                    .toArray();
            return new Refit(all, nats(margins), Calibration.ofMargins(margins, BINS));
        }

        /** One half's margins over the other half's temperature; of a single prompt, as they are. */
        private static DoubleStream over(Map<Boolean, List<Judged>> halves, boolean half) {
            List<Judged> others = halves.getOrDefault(!half, List.of());
            double temperature = others.isEmpty() ? 1 : temperature(others);
            return halves.getOrDefault(half, List.of()).stream().mapToDouble(p -> p.margin() / temperature);
        }

        private static double temperature(List<Judged> pairs) {
            return TemperatureFit.of(
                    pairs.stream().map(p -> new double[] {p.margin(), 0}).toList(), new int[pairs.size()]);
        }
    }

    /** A preference and what the reward model says to it. */
    public record Judged(String prompt, String labeler, int strength, Scored chosen, Scored rejected) {
        double margin() {
            return chosen.score() - rejected.score();
        }

        int longerBy() {
            return chosen.length() - rejected.length();
        }
    }

    /**
     * @throws IllegalArgumentException if no preference has a winner
     */
    public static RewardAccuracy of(List<Judged> preferences, Bootstrap bootstrap) {
        List<Judged> pairs = preferences.stream().filter(p -> p.strength() > 0).toList();
        if (pairs.isEmpty()) {
            throw new IllegalArgumentException("none of %d preferences has a winner".formatted(preferences.size()));
        }
        double[] margins = pairs.stream().mapToDouble(Judged::margin).toArray();
        double loss = nats(margins);
        List<Scored> completions =
                pairs.stream().flatMap(p -> Stream.of(p.chosen(), p.rejected())).toList();
        double[] scores = completions.stream().mapToDouble(Scored::score).toArray();
        double[] lengths = completions.stream().mapToDouble(Scored::length).toArray();
        List<String> prompts =
                pairs.stream().flatMap(p -> Stream.of(p.prompt(), p.prompt())).toList();
        return new RewardAccuracy(
                accuracy(pairs, bootstrap),
                Arrays.stream(margins).filter(m -> m == 0).count() / (double) margins.length,
                loss,
                Math.log(2) - loss,
                Calibration.ofMargins(margins, BINS),
                Refit.of(pairs),
                slices(pairs, p -> STRENGTHS.get(Math.min(p.strength(), 3) - 1), bootstrap),
                slices(pairs, Judged::labeler, bootstrap),
                slices(pairs, RewardAccuracy::lengthBucket, bootstrap),
                mean(pairs, p -> (1.0 + Integer.signum(p.longerBy())) / 2, bootstrap),
                Correlation.pearson(scores, lengths),
                Correlation.within(scores, lengths, prompts));
    }

    private static double nats(double[] margins) {
        return Arrays.stream(margins).map(m -> Logistic.softplus(-m)).average().orElseThrow();
    }

    /**
     * The accuracy that no model can beat in expectation where labelers err: mean of max(p, 1 − p).
     *
     * @param probabilities how probably the labelers prefer the first of each pair
     */
    public static double ceiling(double[] probabilities) {
        return DoubleStream.of(probabilities)
                .map(p -> Math.max(p, 1 - p))
                .average()
                .orElse(Double.NaN);
    }

    private static final List<String> STRENGTHS = List.of("slightly better", "better", "much better");
    private static final List<String> LENGTHS =
            List.of("chosen much shorter", "chosen shorter", "equally long", "chosen longer", "chosen much longer");

    /** Much: by more than a quarter of the longer one. */
    private static String lengthBucket(Judged pair) {
        int longer = Math.max(pair.chosen().length(), pair.rejected().length());
        int much = 4 * Math.abs(pair.longerBy()) > longer ? 2 : 1;
        return LENGTHS.get(2 + much * Integer.signum(pair.longerBy()));
    }

    private static List<Slice> slices(List<Judged> pairs, Function<Judged, String> name, Bootstrap bootstrap) {
        Map<String, List<Judged>> parts = pairs.stream()
                .collect(
                        Collectors.groupingBy(name, () -> new TreeMap<>(RewardAccuracy::inOrder), Collectors.toList()));
        return parts.entrySet().stream()
                .map(e -> new Slice(e.getKey(), e.getValue().size(), accuracy(e.getValue(), bootstrap)))
                .toList();
    }

    /** Strengths and lengths in their own order, labelers by name. */
    private static int inOrder(String a, String b) {
        return Stream.of(STRENGTHS, LENGTHS)
                .filter(order -> order.contains(a) && order.contains(b))
                .map(order -> Integer.compare(order.indexOf(a), order.indexOf(b)))
                .findFirst()
                .orElseGet(() -> a.compareTo(b));
    }

    static Interval accuracy(List<Judged> pairs, Bootstrap bootstrap) {
        return mean(pairs, p -> p.margin() > 0 ? 1.0 : 0.0, bootstrap);
    }

    private static Interval mean(List<Judged> pairs, ToDoubleFunction<Judged> value, Bootstrap bootstrap) {
        return bootstrap.mean(
                pairs.stream().mapToDouble(value).toArray(),
                pairs.stream().map(Judged::prompt).toList());
    }
}

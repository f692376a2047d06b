package dev.heed.quality;

import dev.heed.quality.Agreement.Level;
import dev.heed.quality.Sheet.Item;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How far labelers say the same, over the comparisons that two or more answered; intervals by drawing comparisons.
 *
 * @param percent share of equal votes among all pairs of answers to one comparison
 * @param cohen Cohen's kappa of two labelers, the mean over all pairs of them, each weighing as the comparisons that both
 *     answered, of those with at least 50
 * @param fleiss Fleiss' kappa, over the comparisons with as many answers as most have
 * @param alphaNominal Krippendorff's alpha of votes
 * @param alphaOrdinal Krippendorff's alpha of strengths, from −3 to 3
 */
public record Agreed(Figure percent, Figure cohen, Figure fleiss, Figure alphaNominal, Figure alphaOrdinal) {
    /** With fewer comparisons, resamples say little of how another sample might look. */
    static final int FEWEST = 10;

    static Agreed of(Sheet sheet, Pairings pairings, Bootstrap bootstrap) {
        List<Item> shared = sheet.shared();
        if (shared.size() < FEWEST) {
            Figure none = Figure.undefined(shared.size(), tooFew(shared.size(), "two or more labelers"));
            return new Agreed(none, none, none, none, none);
        }
        Counted votes = Counted.of(shared.stream().map(Item::votes));
        Counted strengths = Counted.of(shared.stream().map(Item::strengths));
        return new Agreed(
                Figure.drawnShare(votes.total(), votes.estimate(bootstrap, drawn -> equal(votes, drawn))),
                pairings.meanKappa(bootstrap),
                fleiss(shared, bootstrap),
                alpha(votes, Level.NOMINAL, bootstrap),
                alpha(strengths, Level.ORDINAL, bootstrap));
    }

    static String tooFew(int comparisons, String by) {
        return "%d comparisons were answered by %s; %d are needed".formatted(comparisons, by, FEWEST);
    }

    private static double equal(Counted votes, int[] drawn) {
        double equal = 0;
        double all = 0;
        for (int k = 0; k < drawn.length; k++) {
            double answers = 0;
            for (int votesOf : votes.kinds().get(k)) {
                answers += votesOf;
                equal += drawn[k] * votesOf * (votesOf - 1.0);
            }
            all += drawn[k] * answers * (answers - 1);
        }
        return equal / all;
    }

    private static Figure fleiss(List<Item> shared, Bootstrap bootstrap) {
        int usual = shared.stream()
                .collect(Collectors.groupingBy(item -> item.given().size(), Collectors.counting()))
                .entrySet()
                .stream()
                .max(Map.Entry.<Integer, Long>comparingByValue()
                        .thenComparing(Map.Entry.comparingByKey(Comparator.naturalOrder())))
                .orElseThrow()
                .getKey();
        Counted votes = Counted.of(
                shared.stream().filter(item -> item.given().size() == usual).map(Item::votes));
        if (votes.total() < FEWEST) {
            return Figure.undefined(votes.total(), tooFew(votes.total(), usual + " labelers"));
        }
        int[][] kinds = votes.kinds().toArray(int[][]::new);
        return Figure.beyondChance(
                votes.total(), votes.estimate(bootstrap, drawn -> Kappa.fleiss(kinds, drawn, usual)));
    }

    private static Figure alpha(Counted counted, Level level, Bootstrap bootstrap) {
        double[] values = IntStream.range(0, counted.kinds().get(0).length)
                .asDoubleStream()
                .toArray();
        return Figure.beyondChance(
                counted.total(),
                oneAnswerOnly(counted) // of which Krippendorff's convention makes 1
                        ? Interval.NONE
                        : counted.estimate(
                                bootstrap, drawn -> Agreement.alpha(values, coincidences(counted, drawn), level)));
    }

    /** As {@link Agreement} counts them: ordered pairs of answers to one comparison weigh 1 / (its answers − 1). */
    private static double[][] coincidences(Counted counted, int[] drawn) {
        int classes = counted.kinds().get(0).length;
        double[][] pairs = new double[classes][classes];
        for (int k = 0; k < drawn.length; k++) {
            int[] given = counted.kinds().get(k);
            double weight = drawn[k] / (Arrays.stream(given).sum() - 1.0);
            for (int i = 0; i < classes && drawn[k] > 0; i++) {
                for (int j = 0; j < classes && given[i] > 0; j++) {
                    pairs[i][j] += weight * given[i] * (i == j ? given[j] - 1 : given[j]);
                }
            }
        }
        return pairs;
    }

    private static boolean oneAnswerOnly(Counted counted) {
        return IntStream.range(0, counted.kinds().get(0).length)
                        .filter(c -> counted.kinds().stream().anyMatch(kind -> kind[c] > 0))
                        .count()
                == 1;
    }
}

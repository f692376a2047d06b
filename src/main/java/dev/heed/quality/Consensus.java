package dev.heed.quality;

import dev.heed.feedback.Answer;
import dev.heed.quality.Sheet.Item;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What the labelers together say to a comparison of two, each believed as far as the others bear them out.
 *
 * @param vote the most probable
 * @param posterior its probability, by {@link DawidSkene}; 1 where a lead decided
 * @param first how many prefer the first
 * @param neither how many prefer none
 * @param second how many prefer the second
 */
public record Consensus(long comparison, Vote vote, double posterior, int first, int neither, int second) {
    /** The most pairs of opposite answers first, then the most that are undecided beside others. */
    private static final Comparator<Consensus> DISPUTED = Comparator.<Consensus>comparingLong(c -> -c.opposed())
            .thenComparing(c -> -(long) c.neither * (c.first + c.second))
            .thenComparing(Consensus::comparison);

    static List<Consensus> of(List<Item> items, DawidSkene truth) {
        return IntStream.range(0, items.size())
                .filter(i -> items.get(i).alone())
                .mapToObj(i -> of(items.get(i), truth.posterior()[i]))
                .toList();
    }

    private static Consensus of(Item item, double[] posterior) {
        int best = IntStream.range(0, posterior.length)
                .boxed()
                .max(Comparator.comparingDouble(c -> posterior[c]))
                .orElseThrow();
        int[] votes = item.votes();
        return new Consensus(
                item.comparison().id(), Vote.ofColumn(best), posterior[best], votes[0], votes[1], votes[2]);
    }

    /** What holds where a lead decided; what the labelers said stays. */
    public Consensus decided(Answer answer) {
        return new Consensus(comparison, Vote.of(answer), 1, first, neither, second);
    }

    /** How many pairs of answers prefer different sides. */
    private long opposed() {
        return (long) first * second;
    }

    /** Those that want a third opinion: some prefer the one, some the other, or some none. */
    static List<Consensus> disputed(List<Consensus> all, int most) {
        return all.stream()
                .filter(c -> Math.max(c.first, Math.max(c.neither, c.second)) < c.first + c.neither + c.second)
                .sorted(DISPUTED)
                .limit(most)
                .toList();
    }
}

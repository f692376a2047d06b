package dev.heed.quality;

import dev.heed.quality.Kappa.Weight;
import dev.heed.quality.Sheet.Given;
import dev.heed.quality.Sheet.Item;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Every two labelers who answered the same comparisons, and what they said there.
 *
 * @param pairs indices of two labelers, the lesser first
 * @param cells of each shared comparison, for each two answers: pair · 9 + vote of the one · 3 + vote of the other
 */
record Pairings(List<Pair> pairs, Counted cells) {
    private static final int VOTES = Vote.COUNT;
    private static final int[] GRADES = IntStream.range(0, VOTES).toArray();
    private static final int TABLE = VOTES * VOTES;

    /** A kappa of fewer is drawn down in resamples, as some comparisons then count twice; a mean of many would show it. */
    private static final int FEWEST_FOR_A_MEAN = 50;

    /** Two labelers. */
    record Pair(int one, int other) {}

    static Pairings of(Sheet sheet) {
        Map<Pair, Integer> numbers = new LinkedHashMap<>();
        Counted cells = Counted.of(sheet.shared().stream().map(item -> cells(item, numbers)));
        return new Pairings(List.copyOf(numbers.keySet()), cells);
    }

    private static int[] cells(Item item, Map<Pair, Integer> numbers) {
        List<Given> given = item.given();
        int[] cells = new int[given.size() * (given.size() - 1) / 2];
        int at = 0;
        for (int i = 0; i < given.size(); i++) {
            for (int j = 0; j < i; j++) {
                boolean inOrder = given.get(j).labeler() < given.get(i).labeler();
                Given one = given.get(inOrder ? j : i);
                Given other = given.get(inOrder ? i : j);
                int pair = numbers.computeIfAbsent(new Pair(one.labeler(), other.labeler()), p -> numbers.size());
                cells[at++] = pair * TABLE
                        + one.vote().column() * VOTES
                        + other.vote().column();
            }
        }
        Arrays.sort(cells); // so that the order of answers makes no other kind
        return cells;
    }

    /** How often each cell came: (pairs · 9). */
    private int[] tables(int[] drawn) {
        int[] tables = new int[pairs.size() * TABLE];
        for (int k = 0; k < drawn.length; k++) {
            if (drawn[k] > 0) {
                for (int cell : cells.kinds().get(k)) {
                    tables[cell] += drawn[k];
                }
            }
        }
        return tables;
    }

    /** Light's kappa (1971), but each pair weighs as the comparisons that both answered; who only ever agree are left out. */
    Figure meanKappa(Bootstrap bootstrap) {
        int shared = cells.total();
        int[] tables = tables(cells.counts());
        int[] often = IntStream.range(0, pairs.size())
                .filter(pair -> shared(tables, pair) >= FEWEST_FOR_A_MEAN)
                .toArray();
        if (often.length == 0) {
            return Figure.undefined(
                    shared, "no two labelers answered %d of the same comparisons".formatted(FEWEST_FOR_A_MEAN));
        }
        return Figure.beyondChance(shared, cells.estimate(bootstrap, drawn -> meanKappa(tables(drawn), often)));
    }

    private static double meanKappa(int[] tables, int[] pairs) {
        double sum = 0;
        double weights = 0;
        for (int pair : pairs) {
            double kappa = kappa(tables, pair);
            if (!Double.isNaN(kappa)) {
                int weight = shared(tables, pair);
                sum += weight * kappa;
                weights += weight;
            }
        }
        return sum / weights;
    }

    /** NaN of nothing, and where both only ever gave the same one answer. */
    private static double kappa(int[] tables, int pair) {
        double[][] square = new double[VOTES][VOTES];
        for (int cell = 0; cell < TABLE; cell++) {
            square[cell / VOTES][cell % VOTES] = tables[pair * TABLE + cell];
        }
        return Kappa.cohen(square, GRADES, Weight.EQUAL);
    }

    /** Those who share most, first. */
    List<PairAgreement> agreements(List<String> labelers, int most, Bootstrap bootstrap) {
        int[] tables = tables(cells.counts());
        return IntStream.range(0, pairs.size())
                .boxed()
                .sorted(Comparator.comparingInt(pair -> -shared(tables, pair)))
                .limit(most)
                .map(pair -> agreement(labelers, pair, tables, bootstrap))
                .toList();
    }

    private static int shared(int[] tables, int pair) {
        return Arrays.stream(tables, pair * TABLE, (pair + 1) * TABLE).sum();
    }

    private PairAgreement agreement(List<String> labelers, int pair, int[] tables, Bootstrap bootstrap) {
        int[] table = Arrays.copyOfRange(tables, pair * TABLE, (pair + 1) * TABLE);
        int shared = shared(tables, pair);
        int equal = IntStream.range(0, VOTES).map(v -> table[v * VOTES + v]).sum();
        Figure kappa = shared < Agreed.FEWEST
                ? Figure.undefined(shared, Agreed.tooFew(shared, "both"))
                : Figure.beyondChance(
                        shared,
                        bootstrap
                                .ofCounts(table, drawn -> new double[] {kappa(drawn, 0)})
                                .get(0));
        return new PairAgreement(
                labelers.get(pairs.get(pair).one()),
                labelers.get(pairs.get(pair).other()),
                Figure.share(equal, shared, ""),
                kappa);
    }
}

package dev.heed.quality;

import dev.heed.feedback.Known;
import dev.heed.quality.Kappa.Weight;
import dev.heed.quality.Sheet.Own;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * Measures one labeler.
 *
 * @param own the labeler's answers
 * @param bootstrap draws comparisons
 */
record LabelerStatistics(List<Own> own, Bootstrap bootstrap) {
    /** Nobody reads two texts in less. */
    static final long FAST_MS = 2_000;

    private static final int VOTES = Vote.COUNT;
    private static final int[] GRADES = {0, 1, 2};

    /**
     * @param repeats see {@link Repeats}
     * @param taste for length, see {@link LengthTaste}
     */
    LabelerQuality measure(
            String name,
            int skipped,
            Figure repeats,
            Figure taste,
            Map<Long, Known> gold,
            @Nullable Double reliability) {
        Beside beside = others();
        LabelerQuality measured = new LabelerQuality(
                name,
                own.size(),
                medianSeconds(),
                fast(),
                sided(one -> one.given().left(), "no answer prefers a side"),
                sided(Own::longer, "no answer prefers one of two texts of unequal length"),
                taste,
                Figure.share(count(one -> one.given().vote() == Vote.NEITHER ? 1 : 0), own.size(), "no answers"),
                Figure.share(skipped, own.size() + skipped, "no answers"),
                gold(gold),
                repeats,
                beside.agreement(),
                beside.kappa(),
                reliability,
                List.of());
        return measured.flagged(Flags.of(measured));
    }

    private @Nullable Double medianSeconds() {
        long[] times = own.stream()
                .mapToLong(one -> one.given().shownMs())
                .filter(ms -> ms > 0)
                .sorted()
                .toArray();
        int half = times.length / 2;
        if (times.length == 0) {
            return null;
        }
        return (times.length % 2 == 1 ? times[half] : (times[half - 1] + times[half]) / 2.0) / 1000;
    }

    private Figure fast() {
        return Figure.share(
                count(one -> {
                    long ms = one.given().shownMs();
                    return ms > 0 && ms < FAST_MS ? 1 : 0;
                }),
                count(one -> one.given().shownMs() > 0 ? 1 : 0),
                "no time was measured");
    }

    /** @param side 1, −1, or 0 for no part in this */
    private Figure sided(ToIntFunction<Own> side, String none) {
        return Figure.share(
                count(one -> side.applyAsInt(one) > 0 ? 1 : 0), count(one -> Math.abs(side.applyAsInt(one))), none);
    }

    private int count(ToIntFunction<Own> number) {
        return own.stream().mapToInt(number).sum();
    }

    private Figure gold(Map<Long, Known> gold) {
        Shares right = new Shares();
        for (Own one : own) {
            Known known = gold.get(one.item().asked().comparison());
            if (known != null) {
                right.add(
                        one.item().asked().comparison(),
                        one.given().vote() == one.item().right(known));
            }
        }
        return right.figure("no comparison whose right answer is known");
    }

    private record Beside(Figure agreement, Figure kappa) {}

    private Beside others() {
        Counted counted = besideOthers();
        int all = counted.total();
        if (all < Agreed.FEWEST) {
            Figure none = Figure.undefined(all, Agreed.tooFew(all, "this labeler and others"));
            return new Beside(none, none);
        }
        List<Interval> drawn = counted.estimates(bootstrap, times -> {
            double[][] table = table(counted, times);
            return new double[] {equal(table), Kappa.cohen(table, GRADES, Weight.EQUAL)};
        });
        return new Beside(Figure.drawnShare(all, drawn.get(0)), Figure.beyondChance(all, drawn.get(1)));
    }

    private static double equal(double[][] table) {
        double equal = 0;
        double all = 0;
        for (int v = 0; v < VOTES; v++) {
            equal += table[v][v];
            all += DoubleStream.of(table[v]).sum();
        }
        return equal / all;
    }

    private Counted besideOthers() {
        return Counted.of(
                own.stream().filter(one -> one.item().given().size() > 1).map(one -> {
                    int[] others = one.others();
                    return new int[] {one.given().vote().column(), others[0], others[1], others[2]};
                }));
    }

    /** (this labeler's votes, the others'). */
    private static double[][] table(Counted counted, int[] drawn) {
        double[][] table = new double[VOTES][VOTES];
        for (int k = 0; k < drawn.length; k++) {
            int[] kind = counted.kinds().get(k);
            for (int v = 0; v < VOTES; v++) {
                table[kind[0]][v] += (double) drawn[k] * kind[1 + v];
            }
        }
        return table;
    }
}

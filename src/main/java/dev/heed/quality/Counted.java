package dev.heed.quality;

import java.nio.IntBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Things of which many are alike, counted: a bootstrap then draws how often each kind comes, which costs nothing more for a
 * hundred times as many things.
 *
 * @param kinds what tells a thing from others, in the order in which they first came
 * @param counts how many there are of each
 * @param kindOf the kind of each thing
 */
record Counted(List<int[]> kinds, int[] counts, int[] kindOf) {
    static Counted of(Stream<int[]> things) {
        Map<IntBuffer, Integer> numbers = new LinkedHashMap<>();
        int[] kindOf = things.mapToInt(thing -> numbers.computeIfAbsent(IntBuffer.wrap(thing), kind -> numbers.size()))
                .toArray();
        int[] counts = new int[numbers.size()];
        for (int kind : kindOf) {
            counts[kind]++;
        }
        return new Counted(numbers.keySet().stream().map(IntBuffer::array).toList(), counts, kindOf);
    }

    /** How many things there are. */
    int total() {
        return kindOf.length;
    }

    /**
     * Statistics with their intervals.
     *
     * @param statistics from how often each kind was drawn
     */
    List<Interval> estimates(Bootstrap bootstrap, Function<int[], double[]> statistics) {
        return bootstrap.ofCounts(counts, statistics);
    }

    /** One statistic with its interval. */
    Interval estimate(Bootstrap bootstrap, ToDoubleFunction<int[]> statistic) {
        return estimates(bootstrap, drawn -> new double[] {statistic.applyAsDouble(drawn)})
                .get(0);
    }
}

package dev.heed.world;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Means of the judge's parts over completions. */
final class Tally {
    private final Map<String, double[]> sums = new TreeMap<>();

    void add(Gold gold) {
        add("score", gold.score());
        gold.parts().forEach(this::add);
    }

    private void add(String name, double value) {
        double[] sum = sums.computeIfAbsent(name, n -> new double[2]);
        sum[0] += value;
        sum[1]++;
    }

    double mean(String name) {
        double[] sum = sums.getOrDefault(name, new double[2]);
        return sum[0] / sum[1];
    }

    @Override
    public String toString() {
        StringBuilder line = new StringBuilder();
        sums.keySet().forEach(name -> line.append(String.format(Locale.ROOT, "%s %.2f  ", name, mean(name))));
        return line.toString();
    }
}

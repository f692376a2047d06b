package dev.heed.quality;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * How often each kind comes when as many things are drawn, with replacement, as there are.
 *
 * @param counts how many there are of each kind
 * @param total of all kinds
 * @param kinds the kind of each thing, where things are drawn one by one; empty where kinds are drawn by binomials
 */
record Multinomial(int[] counts, int total, int[] kinds) {
    /** With fewer things of a kind than this on average, it is faster to draw them one by one. */
    private static final int FEW_OF_A_KIND = 8;

    static Multinomial of(int[] counts) {
        int total = Arrays.stream(counts).sum();
        boolean oneByOne = total < FEW_OF_A_KIND * counts.length;
        int[] kinds = IntStream.range(0, oneByOne ? counts.length : 0)
                .flatMap(k -> IntStream.generate(() -> k).limit(counts[k]))
                .toArray();
        return new Multinomial(counts, total, kinds);
    }

    /** Fills {@code drawn}, as long as {@link #counts}. */
    void draw(SplittableRandom random, int[] drawn) {
        Arrays.fill(drawn, 0);
        if (kinds.length > 0) {
            for (int i = 0; i < total; i++) {
                drawn[kinds[random.nextInt(total)]]++;
            }
            return;
        }
        int left = total; // things still to be drawn
        int among = total; // things of the kinds not yet drawn
        for (int k = 0; left > 0; k++) {
            drawn[k] = counts[k] == among ? left : Binomial.draw(random, left, (double) counts[k] / among);
            left -= drawn[k];
            among -= counts[k];
        }
    }
}

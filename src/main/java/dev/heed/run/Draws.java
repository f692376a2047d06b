package dev.heed.run;

import java.util.SplittableRandom;

/**
 * Everything random is drawn from (seed, purpose, index), never from one shared stream, so a resumed or re-ordered run
 * draws the same numbers.
 */
public final class Draws {
    private Draws() {}

    /** A generator of its own for one purpose and one index of it. */
    public static SplittableRandom of(long seed, String purpose, long index) {
        return new SplittableRandom(key(seed, purpose, index));
    }

    /** One number in [0, 1). */
    public static double uniform(long seed, String purpose, long index) {
        return (key(seed, purpose, index) >>> 11) * 0x1.0p-53;
    }

    /** A permutation of 0 … n−1. */
    public static int[] permutation(int n, long seed, String purpose, long index) {
        SplittableRandom random = of(seed, purpose, index);
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    /** 64 well mixed bits for (seed, purpose, index). */
    public static long key(long seed, String purpose, long index) {
        long hash = 0xcbf29ce484222325L; // FNV-1a over the purpose
        for (int i = 0; i < purpose.length(); i++) {
            hash = (hash ^ purpose.charAt(i)) * 0x100000001b3L;
        }
        return mix(mix(mix(seed + 0x9e3779b97f4a7c15L) ^ hash) + index * 0x9e3779b97f4a7c15L);
    }

    /** The finalizer of SplitMix64 (Steele, Lea and Flood 2014). */
    public static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}

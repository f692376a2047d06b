package dev.heed.quality;

import java.util.stream.IntStream;

/** Numbers that came from outside, looked at before anything is computed of them. */
public final class Finite {
    private Finite() {}

    /** @throws IllegalArgumentException if one is NaN or infinite */
    public static void expect(String name, double[] values) {
        expectWithin(name, values, -Double.MAX_VALUE, Double.MAX_VALUE, "finite");
    }

    /** @throws IllegalArgumentException if one is NaN, infinite or below 0 */
    public static void expectNotNegative(String name, double[] values) {
        expectWithin(name, values, 0, Double.MAX_VALUE, "finite and at least 0");
    }

    /** @throws IllegalArgumentException if one is NaN or outside [0, 1] */
    public static void expectShares(String name, double[] values) {
        expectWithin(name, values, 0, 1, "from 0 to 1");
    }

    private static void expectWithin(String name, double[] values, double low, double high, String allowed) {
        IntStream.range(0, values.length)
                .filter(i -> !(values[i] >= low && values[i] <= high)) // so that NaN is caught
                .findFirst()
                .ifPresent(i -> {
                    throw new IllegalArgumentException(
                            "%s must be %s, was %s at index %d".formatted(name, allowed, values[i], i));
                });
    }

    /** @throws IllegalArgumentException if there are fewer than that many */
    public static void expectAtLeast(int least, String name, int count) {
        if (count < least) {
            throw new IllegalArgumentException("at least %d %s are needed, got %d".formatted(least, name, count));
        }
    }
}

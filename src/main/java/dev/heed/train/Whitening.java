package dev.heed.train;

/** Rescales numbers to variance 1, and mean 0 unless asked otherwise. */
public final class Whitening {
    /** Keeps a constant array finite; inside the root, as in TRL. */
    private static final double EPSILON = 1e-8;

    private Whitening() {}

    /**
     * (x − mean) / √(var + 1e-8), with the unbiased variance.
     *
     * @param shift what becomes of the mean
     * @return a new array; the input itself where it has fewer than two numbers
     */
    public static float[] of(float[] numbers, Shift shift) {
        if (numbers.length < 2) {
            return numbers;
        }
        double mean = 0;
        for (float x : numbers) {
            mean += x;
        }
        mean /= numbers.length;
        double squares = 0;
        for (float x : numbers) {
            squares += (x - mean) * (x - mean);
        }
        double scale = 1 / Math.sqrt(squares / (numbers.length - 1) + EPSILON);
        float[] whitened = new float[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            whitened[i] = (float) ((numbers[i] - mean) * scale + (shift == Shift.KEEP_MEAN ? mean : 0));
        }
        return whitened;
    }

    /** What whitening does to the mean: advantages lose it, rewards keep it. */
    public enum Shift {
        ZERO_MEAN,
        KEEP_MEAN
    }
}

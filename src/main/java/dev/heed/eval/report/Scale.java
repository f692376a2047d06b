package dev.heed.eval.report;

import java.util.ArrayList;
import java.util.List;

/**
 * An axis: values from…to lie at positions start…end of the picture.
 *
 * @param step between two ticks: 1, 2 or 5 times a power of ten
 */
record Scale(double from, double to, double start, double end, double step) {
    /** Exactly low…high, or a little around it where they are equal; at most the given number of steps. */
    static Scale exactly(double low, double high, int steps, double start, double end) {
        double top = high > low ? high : low + Math.max(Math.abs(low) * 0.1, 1e-6);
        double rough = (top - low) / steps;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double step = power * (rough <= power ? 1 : rough <= 2 * power ? 2 : rough <= 5 * power ? 5 : 10);
        return new Scale(low, top, start, end, step);
    }

    /** Low…high with some air; from 0 where that is near, and shares stay in [0, 1]. */
    static Scale around(double low, double high, boolean share, int steps, double start, double end) {
        double air = 0.06 * (high > low ? high - low : Math.max(Math.abs(low), 1e-6));
        double from = low >= 0 && low < 0.4 * high ? 0 : low - air;
        double to = share && high <= 1 ? Math.min(1, high + air) : high + air;
        return exactly(from, to, steps, start, end);
    }

    double at(double value) {
        return start + (value - from) / (to - from) * (end - start);
    }

    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        long first = (long) Math.ceil(from / step - 1e-9);
        long last = (long) Math.floor(to / step + 1e-9);
        for (long i = first; i <= last; i++) {
            ticks.add(i * step);
        }
        return ticks;
    }

    /** With as many decimals as neighbours need to differ. */
    String label(double tick) {
        return Numbers.decimals(tick, Math.max(0, (int) -Math.floor(Math.log10(step) + 1e-9)));
    }
}

package dev.heed.eval.report;

import dev.heed.quality.Interval;
import java.util.List;
import java.util.Locale;

/** Numbers as people write them: no false precision, intervals as "78 % (74–82)". */
final class Numbers {
    /** No line break between a number and its unit. */
    private static final String SPACE = "\u00A0";

    private static final List<String> WORDS = List.of(
            "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve");

    private Numbers() {}

    /** "78 %"; never 0 % or 100 % unless it is exactly that. */
    static String percent(double share) {
        return bare(share) + SPACE + "%";
    }

    /** "78 % (74–82)"; the interval is left out where it has no width. */
    static String percent(Interval share) {
        if (!share.known()) {
            return "–";
        }
        return share.low() == share.high()
                ? percent(share.mean())
                : percent(share.mean()) + SPACE + range(bare(share.low()), bare(share.high()));
    }

    private static String bare(double share) {
        double percent = 100 * share;
        if (Double.isNaN(percent)) {
            return "–";
        }
        if (percent > 0 && percent < 0.5) {
            return "<1";
        }
        return percent < 100 && percent >= 99.5 ? ">99" : whole(percent);
    }

    /** With about three significant digits: "0.0123", "1.24", "12.4", "1,240". */
    static String plain(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return "–";
        }
        double size = Math.abs(value);
        int decimals = size == 0 || size >= 100 ? 0 : Math.max(0, 2 - (int) Math.floor(Math.log10(size)));
        return decimals == 0 ? whole(value) : decimals(value, Math.min(decimals, 6));
    }

    /** "0.71 (0.68–0.74)", with the decimals that half the interval's width begins in. */
    static String plain(Interval value) {
        double width = value.high() - value.low();
        if (!value.known() || width == 0) {
            return plain(value.mean());
        }
        int decimals = Math.max(0, Math.min(6, (int) -Math.floor(Math.log10(width / 2))));
        return fixed(value, decimals);
    }

    /** The same with decimals as told; the interval is left out where it has no width. */
    static String fixed(Interval value, int decimals) {
        if (!value.known()) {
            return "–";
        }
        String mean = decimals(value.mean(), decimals);
        return value.low() == value.high()
                ? mean
                : mean + SPACE + range(decimals(value.low(), decimals), decimals(value.high(), decimals));
    }

    private static String range(String low, String high) {
        String between = low.startsWith("−") || high.startsWith("−") ? " to " : "–";
        return low.equals(high) ? "" : "(" + low + between + high + ")";
    }

    /** "+2.5 %", "−8 %": how far after is from before, relative to before. */
    static String change(double before, double after) {
        double percent = 100 * (after - before) / before;
        String size = Math.abs(percent) < 9.95 ? decimals(Math.abs(percent), 1) : whole(Math.abs(percent));
        return size.equals("0.0") ? "±0" + SPACE + "%" : (percent < 0 ? "−" : "+") + size + SPACE + "%";
    }

    /** "+12 points", for shares. */
    static String points(double before, double after) {
        long points = Math.round(100 * after) - Math.round(100 * before);
        return points == 0
                ? "no change"
                : (points < 0 ? "−" : "+") + Math.abs(points) + SPACE + (Math.abs(points) == 1 ? "point" : "points");
    }

    /** Rounded, with commas: "2,400". */
    static String whole(double value) {
        return whole(Math.round(value));
    }

    /** With commas: "2,400". */
    static String whole(long value) {
        return minus(String.format(Locale.ROOT, "%,d", value));
    }

    static String decimals(double value, int decimals) {
        String text = String.format(Locale.ROOT, "%,." + decimals + "f", value);
        return minus(text.matches("-[0.,]+") ? text.substring(1) : text);
    }

    /** "two" up to twelve, then digits. */
    static String word(int count) {
        return count < WORDS.size() ? WORDS.get(count) : whole(count);
    }

    /** "5 min 12 s". */
    static String duration(double seconds) {
        long whole = Math.round(seconds);
        return whole < 60 ? whole + SPACE + "s" : whole / 60 + SPACE + "min" + SPACE + whole % 60 + SPACE + "s";
    }

    private static String minus(String text) {
        return text.replace('-', '−');
    }
}

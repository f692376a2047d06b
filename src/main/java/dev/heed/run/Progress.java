package dev.heed.run;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How far a stage is, for the person who waits: a bar that is rewritten on a terminal, elsewhere a line every five
 * seconds and one at the end. Written to standard error, never to standard output.
 */
public final class Progress implements Gauge {
    /** How progress is shown. */
    public enum Style {
        BAR(100),
        LINES(5_000),
        SILENT(Long.MAX_VALUE);

        private final long everyMs;

        Style(long everyMs) {
            this.everyMs = everyMs;
        }
    }

    private static final int BAR_WIDTH = 20;
    /** The share of the newest rate in the smoothed one, per second of it. */
    private static final double FORGETTING = 0.1;

    private static volatile PrintStream stream = System.err;
    private static volatile Style style = styleOfTerminal();

    private final String what;
    private final long total;
    private final LongSupplier clockMs;
    private final long startMs;
    private long shownMs;
    private long rateMs;
    private long rateDone;
    private double perSecond;
    private long done;
    private String note = "";
    private boolean first = true;
    private int width;

    Progress(String what, long total, LongSupplier clockMs) {
        this.what = what;
        this.total = total;
        this.clockMs = clockMs;
        this.startMs = clockMs.getAsLong();
        this.shownMs = startMs;
        this.rateMs = startMs;
    }

    /**
     * Progress of something.
     *
     * @param what a noun, shown first: "ppo"
     * @param total how many steps there are; 0 where no one knows
     */
    public static Progress of(String what, long total) {
        return new Progress(what, total, () -> System.nanoTime() / 1_000_000);
    }

    /** Where and how progress is shown from here on. */
    public static void show(PrintStream stream, Style style) {
        Progress.stream = stream;
        Progress.style = style;
    }

    /** The style that suits this process's standard error. */
    public static Style styleOfTerminal() {
        return System.getProperty("heed.terminal", "").isEmpty() ? Style.LINES : Style.BAR;
    }

    @Override
    public synchronized void at(long done, String note) {
        long now = clockMs.getAsLong();
        measure(done, now);
        this.done = done;
        this.note = note;
        if (now - shownMs >= style.everyMs) {
            shownMs = now;
            show(now);
        }
    }

    @Override
    public synchronized void close() {
        if (style == Style.SILENT) {
            return;
        }
        long now = clockMs.getAsLong();
        String end = "%s: %s in %s%s".formatted(what, counted(), duration(now - startMs), noted());
        write(style == Style.BAR ? rewritten(end) + "\n" : end + "\n");
    }

    private void measure(long now, long nowMs) {
        if (first) {
            first = false;
            if (now > 1) { // a resumed run: what was done before says nothing of the rate
                rateDone = now;
                rateMs = nowMs;
                return;
            }
        }
        double seconds = (nowMs - rateMs) / 1000.0;
        if (seconds < 0.2 || now <= rateDone) {
            return;
        }
        double rate = (now - rateDone) / seconds;
        double weight = perSecond == 0 ? 1 : 1 - Math.pow(1 - FORGETTING, seconds);
        perSecond += weight * (rate - perSecond);
        rateDone = now;
        rateMs = nowMs;
    }

    private void show(long now) {
        String left = left();
        if (style == Style.BAR) {
            write(rewritten("%s %s%s%s%s".formatted(what, bar(), counted(), left, noted())));
        } else {
            write("%s: %s, %s so far%s%s\n".formatted(what, counted(), duration(now - startMs), left, noted()));
        }
    }

    private String counted() {
        return total > 0 ? done + "/" + total : String.valueOf(done);
    }

    private String left() {
        return total > 0 && perSecond > 0 && done < total
                ? ", %s left".formatted(duration((long) ((total - done) / perSecond * 1000)))
                : "";
    }

    private String noted() {
        return note.isEmpty() ? "" : "  " + note;
    }

    private String bar() {
        if (total <= 0) {
            return "";
        }
        int full = (int) (BAR_WIDTH * Math.min(done, total) / total);
        return "█".repeat(full) + "░".repeat(BAR_WIDTH - full) + " ";
    }

    /** The text over the line before it, blanks where that was longer. */
    private String rewritten(String text) {
        String cut = text.length() > columns() ? text.substring(0, columns()) : text;
        String padded = cut + " ".repeat(Math.max(0, width - cut.length()));
        width = cut.length();
        return "\r" + padded;
    }

    private static int columns() {
        @Nullable Integer columns = Integer.getInteger("heed.terminal");
        return columns == null || columns < 20 ? 79 : columns - 1;
    }

    private static void write(String text) {
        PrintStream to = stream;
        to.print(text);
        to.flush();
    }

    private static String duration(long ms) {
        long seconds = Math.round(ms / 1000.0);
        if (seconds < 10) {
            return String.format(Locale.ROOT, "%.1f s", ms / 1000.0);
        }
        return seconds < 100 ? seconds + " s" : String.format(Locale.ROOT, "%d min %02d s", seconds / 60, seconds % 60);
    }
}

package dev.heed;

import dev.heed.feedback.Kind;
import dev.heed.quality.Agreed;
import dev.heed.quality.AxisAgreement;
import dev.heed.quality.Consensus;
import dev.heed.quality.Dispute;
import dev.heed.quality.Figure;
import dev.heed.quality.Flag;
import dev.heed.quality.Interval;
import dev.heed.quality.LabelerQuality;
import dev.heed.quality.Quality;
import dev.heed.quality.RaterQuality;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The quality of labels on a terminal. */
final class QualityTable {
    private static final int MOST_DISPUTED = 5;
    private static final String ROW = "%-14s %7s %7s %5s %14s %14s %14s %5s %5s %5s %6s %19s %8s";

    private static final String RATER = "%-14s %-16s %7s %5s %19s %5s %19s";

    private QualityTable() {}

    static String of(Quality quality) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%,d answers to %,d comparisons by %d labelers",
                quality.answers(),
                quality.comparisons(),
                quality.labelers().size()));
        lines.add("");
        lines.addAll(agreed(quality.agreed()));
        lines.addAll(axes(quality.axes()));
        lines.add("");
        lines.add(ROW.formatted(
                "labeler",
                "answers",
                "seconds",
                "< 2 s",
                "left",
                "longer",
                "than others",
                "none",
                "skips",
                "gold",
                "steady",
                "kappa",
                "reliable"));
        quality.labelers().stream().map(QualityTable::row).forEach(lines::add);
        lines.addAll(flags(quality.labelers()));
        lines.addAll(raters(quality.raters()));
        lines.addAll(disputed(quality.disputed()));
        lines.addAll(disputedGrades(quality.disputedGrades()));
        return String.join("\n", lines);
    }

    /** How far ratings are the same, an axis a line. */
    private static List<String> axes(List<AxisAgreement> axes) {
        return axes.stream()
                .map(one -> line(
                        "alpha, ratings of " + one.axis(),
                        one.alpha(),
                        number(one.alpha()) + String.format(Locale.ROOT, "; mean %.1f of 7", one.mean())))
                .toList();
    }

    private static List<String> agreed(Agreed agreed) {
        return List.of(
                line("the same answer", agreed.percent(), percent(agreed.percent())),
                line("Cohen's kappa, mean of pairs", agreed.cohen(), number(agreed.cohen())),
                line("Fleiss' kappa", agreed.fleiss(), number(agreed.fleiss())),
                line("Krippendorff's alpha, side", agreed.alphaNominal(), number(agreed.alphaNominal())),
                line("Krippendorff's alpha, strength", agreed.alphaOrdinal(), number(agreed.alphaOrdinal())));
    }

    private static String line(String name, Figure figure, String value) {
        return figure.interval() == null
                ? "%-31s –  %s".formatted(name, figure.undefined())
                : String.format(Locale.ROOT, "%-31s %-20s of %,d comparisons", name, value, figure.n());
    }

    private static String row(LabelerQuality of) {
        return ROW.formatted(
                of.labeler(),
                String.format(Locale.ROOT, "%,d", of.answers()),
                of.medianSeconds() == null ? "–" : String.format(Locale.ROOT, "%.1f", of.medianSeconds()),
                mean(of.fast()),
                percent(of.left()),
                percent(of.longer()),
                points(of.longerThanOthers()),
                mean(of.neither()),
                mean(of.skipped()),
                mean(of.gold()),
                mean(of.consistency()),
                number(of.kappa()),
                of.reliability() == null ? "–" : "%.0f %%".formatted(100 * of.reliability()));
    }

    private static List<String> flags(List<LabelerQuality> labelers) {
        return labelers.stream()
                .flatMap(of -> of.flags().stream().map(flag -> flag(of.labeler(), flag)))
                .toList();
    }

    private static String flag(String labeler, Flag flag) {
        return "\n%s: %s; %s%n  %s%n  to do: %s"
                .formatted(
                        labeler,
                        flag.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                        flag.found(),
                        flag.meaning(),
                        flag.advice());
    }

    private static List<String> disputed(List<Consensus> disputed) {
        if (disputed.isEmpty()) {
            return List.of();
        }
        return List.of(
                "",
                "most disputed comparisons (first–none–second): "
                        + disputed.stream()
                                .limit(MOST_DISPUTED)
                                .map(c -> "%d (%d–%d–%d)".formatted(c.comparison(), c.first(), c.neither(), c.second()))
                                .collect(Collectors.joining(", ")));
    }

    /** Who rated, an axis a line; differences in points. */
    private static List<String> raters(List<RaterQuality> raters) {
        if (raters.isEmpty()) {
            return List.of();
        }
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add(RATER.formatted("labeler", "axis", "ratings", "mean", "from others", "gold", "from own last"));
        raters.forEach(of -> lines.add(RATER.formatted(
                of.labeler(),
                of.axis(),
                String.format(Locale.ROOT, "%,d", of.ratings()),
                String.format(Locale.ROOT, "%.1f", of.mean()),
                number(of.apart()),
                mean(of.gold()),
                number(of.again()))));
        return lines;
    }

    private static List<String> disputedGrades(List<Dispute> disputes) {
        return Stream.of(Kind.RANKING, Kind.RATING)
                .filter(kind -> disputes.stream().anyMatch(one -> one.kind() == kind))
                .map(kind -> "most disputed %ss (1: as far apart as by chance): %s"
                        .formatted(kind.name().toLowerCase(Locale.ROOT), spreads(kind, disputes)))
                .toList();
    }

    private static String spreads(Kind kind, List<Dispute> disputes) {
        return disputes.stream()
                .filter(one -> one.kind() == kind)
                .limit(MOST_DISPUTED)
                .map(one -> String.format(Locale.ROOT, "%d (%.1f)", one.comparison(), one.spread()))
                .collect(Collectors.joining(", "));
    }

    private static String percent(Figure figure) {
        return text(figure, "%.0f %% (%.0f–%.0f)", 100);
    }

    private static String points(Figure figure) {
        return text(figure, "%+.0f (%+.0f to %+.0f)", 100);
    }

    private static String number(Figure figure) {
        return text(figure, "%.2f (%.2f to %.2f)", 1);
    }

    private static String mean(Figure figure) {
        Interval interval = figure.interval();
        return interval == null ? "–" : "%.0f %%".formatted(100 * interval.mean());
    }

    private static String text(Figure figure, String format, double scale) {
        Interval by = figure.interval();
        return by == null
                ? "–"
                : String.format(Locale.ROOT, format, scale * by.mean(), scale * by.low(), scale * by.high());
    }
}

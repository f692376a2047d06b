package dev.heed;

import dev.heed.eval.report.TransferPage;
import dev.heed.eval.scaling.Fitted;
import dev.heed.eval.scaling.Grade;
import dev.heed.eval.scaling.Prediction;
import dev.heed.eval.scaling.Transfer;
import dev.heed.eval.scaling.Trial;
import dev.heed.quality.Interval;
import dev.heed.scale.Plan;
import dev.heed.scale.Planned;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What {@code heed scale} tells people on a terminal. */
final class ScaleScreen {
    private ScaleScreen() {}

    private static String line(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    static String of(Plan plan) {
        String rows = Stream.concat(plan.ladder().stream(), Stream.of(plan.large()))
                .map(ScaleScreen::row)
                .collect(Collectors.joining("\n"));
        return line(
                """
                text: %s, %,d tokens to learn from%s
                run              width  parameters       tokens    FLOPs  rows   steps  expected
                %s
                expected: ladder %s, large run %s; %s on it is %.0f times the ladder's largest""",
                plan.source().what(),
                plan.source().tokens(),
                plan.source().left() > 0
                        ? line(
                                "; its entropy, %.4f nats a token, no model can do without",
                                plan.source().left())
                        : "",
                rows,
                time(plan.ladderSeconds()),
                time(plan.large().seconds()),
                line("%.3g FLOPs", plan.large().spent().flops()),
                plan.budget().ratio());
    }

    private static String row(Planned run) {
        return line(
                "%-16s %5d  %,10d  %,11d  %7.1e  %4d  %6d  %s",
                run.run(),
                run.width(),
                run.spent().parameters(),
                run.spent().tokens(),
                run.spent().flops(),
                run.batch(),
                run.steps(),
                time(run.seconds()));
    }

    private static String time(double seconds) {
        return seconds < 100
                ? line("%.0f s", seconds)
                : seconds < 6000 ? line("%.0f min", seconds / 60) : line("%.1f hours", seconds / 3600);
    }

    static String of(List<Trial> trials) {
        return Stream.concat(
                        Stream.of("run              nats/token  bits/byte  GFLOP/s"),
                        trials.stream()
                                .map(t -> t.diverged() != null
                                        ? line("%-16s diverged: %s", t.run(), t.diverged())
                                        : line(
                                                "%-16s %10.4f  %9.4f  %7s",
                                                t.run(), t.loss(), t.bitsPerByte(), rate(t))))
                .collect(Collectors.joining("\n"));
    }

    private static String rate(Trial trial) {
        return Double.isNaN(trial.seconds()) ? "—" : line("%.1f", trial.flopsPerSecond() / 1e9);
    }

    static String of(Fitted fitted) {
        return Stream.of(fitted.compute(), fitted.sizeAndTokens())
                .map(law -> line(
                        "%s%n  runs scatter by %.2f %%; error within the ladder %.2f %% for each e-fold of compute%n%s",
                        law.formula(),
                        100 * law.noise(),
                        100 * law.backtest(),
                        law.numbers().entrySet().stream()
                                .map(n -> "  %-6s %s".formatted(n.getKey(), shown(n.getValue(), "%.4g")))
                                .collect(Collectors.joining("\n"))))
                .collect(Collectors.joining("\n"));
    }

    private static String shown(Interval interval, String format) {
        return line(format + " (" + format + " to " + format + ")", interval.mean(), interval.low(), interval.high());
    }

    static String of(Prediction prediction) {
        return line(
                """
                %s (width %d, %.3g FLOPs) will reach %s nats a token, %s bits a byte
                  by %s
                  by the other law %s nats
                %s  written %s, made from %s""",
                prediction.run(),
                prediction.width(),
                prediction.large().flops(),
                shown(prediction.loss(), "%.4f"),
                shown(prediction.bitsPerByte(), "%.4f"),
                prediction.law().formula(),
                shown(prediction.otherwise(), "%.4f"),
                prediction.passes().stream()
                        .map(p -> line(
                                "  questions of group %d (%d): −ln of the pass rate %s, %s%n",
                                p.group(),
                                p.questions().size(),
                                shown(p.surprise(), "%.3f"),
                                p.law().formula()))
                        .collect(Collectors.joining()),
                prediction.made(),
                prediction.hash().substring(0, 16));
    }

    static String of(Grade grade, Prediction prediction) {
        return line(
                "foretold %s nats a token, reached %.4f: %+.2f %%, %s the 95 %% interval; of ten points of its curve %d inside%s",
                shown(prediction.loss(), "%.4f"),
                grade.reached(),
                grade.errorPercent(),
                grade.inside() ? "inside" : "outside",
                grade.curve().stream().filter(Grade.Tenth::inside).count(),
                grade.passes().stream()
                        .map(p -> line(
                                "%nquestions of group %d: −ln of the pass rate %s, reached %.3f, %s",
                                p.group(), shown(p.foretold(), "%.3f"), p.reached(), p.inside() ? "inside" : "outside"))
                        .collect(Collectors.joining()));
    }

    static String of(Transfer transfer) {
        String curves = transfer.curves().stream()
                .map(c -> line(
                        "%-10s width %4d  best rate %.4g, loss %.4f   %s",
                        c.parametrisation(),
                        c.width(),
                        c.best(),
                        c.least(),
                        c.tried().stream()
                                .map(t -> t.loss() == null ? "—" : line("%.4f", t.loss()))
                                .collect(Collectors.joining(" "))))
                .collect(Collectors.joining("\n"));
        String verdicts = transfer.parametrisations().stream()
                .map(kind -> TransferPage.verdict(transfer, kind))
                .collect(Collectors.joining("\n"));
        return curves + "\n" + verdicts;
    }

    static String of(Scaling.Standing standing) {
        return line(
                "%d of %d runs of the ladder done; %s; %s",
                standing.done(),
                standing.runs(),
                standing.foretold() ? "foretold" : "not yet foretold",
                standing.grade() == null
                        ? standing.largeDone() ? "large run done, not yet graded" : "large run not done"
                        : line("graded: %+.2f %%", standing.grade().errorPercent()));
    }
}

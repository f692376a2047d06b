package dev.heed;

import dev.heed.eval.exam.ExamResult;
import dev.heed.eval.exam.ExamResult.Candidate;
import dev.heed.eval.exam.ExamResult.ScoreReport;
import dev.heed.eval.exam.ExamResult.Subject;
import dev.heed.eval.exam.Reliability;
import dev.heed.eval.exam.Way;
import dev.heed.quality.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** An exam's result as lines for a terminal: a row a measure, a column a model. */
final class ExamScreen {
    private static final int NAME = 34;
    private static final int CELL = 19;
    private static final int MOST_SUBJECTS = 60;

    private final List<String> lines = new ArrayList<>();
    private final List<Candidate> models;

    private ExamScreen(ExamResult result) {
        models = result.models();
        lines.add("%s: %d questions, %s form, options by %s, %d examples%s"
                .formatted(
                        result.exam(),
                        result.questions(),
                        lower(result.conditions().form()),
                        lower(result.conditions().listing()),
                        result.conditions().shots(),
                        result.leftOut() > 0 ? ", %d left out".formatted(result.leftOut()) : ""));
        row("", Candidate::name);
    }

    static String of(ExamResult result) {
        ExamScreen table = new ExamScreen(result);
        table.right(result);
        table.probabilities();
        table.report();
        table.subjects();
        return String.join("\n", table.lines);
    }

    private void right(ExamResult result) {
        row("right", c -> percent(c.accuracy()));
        for (Way way : Way.values()) {
            if (models.stream().anyMatch(c -> c.byWay().containsKey(way))) {
                row("  choices, " + lower(way), c -> percent(c.byWay().getOrDefault(way, Interval.NONE)));
            }
        }
        models.get(0)
                .passAtK()
                .forEach(at -> row("  pass@" + at.k(), c -> c.passAtK().stream()
                        .filter(own -> own.k() == at.k())
                        .map(own -> percent(own.share()))
                        .collect(Collectors.joining())));
        if (result.conditions().overlap() != null) {
            row("  not in the training text", c -> percent(c.clean()));
            row(
                    "  in it (%.0f %%)"
                            .formatted(100 * result.conditions().overlap().dirty()),
                    c -> percent(c.dirty()));
        }
    }

    private void probabilities() {
        if (models.stream().allMatch(c -> c.reliability() == null)) {
            return;
        }
        measure("calibration error", r -> decimals(r.ece()));
        measure("  over every option", r -> decimals(r.eceEach()));
        measure("Brier score", r -> decimals(r.brier()));
        measure("nats of the right option", r -> decimals(r.nll()));
        measure(
                "temperature refit",
                r -> String.format(Locale.ROOT, "%.2f", r.refit().temperature()));
        measure("  calibration error", r -> decimals(r.refit().ece()));
        measure("  Brier score", r -> decimals(r.refit().brier()));
        measure("right where surest, mean", r -> percent(r.abstentionArea()));
    }

    private void measure(String name, Function<Reliability, String> value) {
        row(name, c -> c.reliability() == null ? "–" : value.apply(c.reliability()));
    }

    private void report() {
        if (models.stream().noneMatch(c -> c.report() != null)) {
            return;
        }
        graded("score (pass mark 60 %)".replace("60", passMark()), r -> percent(r.score()));
        graded("  passed", r -> r.passed() ? "yes" : "no");
        graded("  percentile", r -> r.among() == 0 ? "nobody else" : percent(r.percentile()));
        graded("  among", r -> String.valueOf(r.among()));
    }

    private String passMark() {
        return models.stream()
                .map(Candidate::report)
                .filter(report -> report != null)
                .map(report -> String.format(Locale.ROOT, "%.0f", 100 * report.passMark()))
                .findFirst()
                .orElse("");
    }

    private void graded(String name, Function<ScoreReport, String> value) {
        row(name, c -> c.report() == null ? "–" : value.apply(c.report()));
    }

    private void subjects() {
        List<Subject> first = models.get(0).subjects();
        if (first.size() < 2 || first.size() > MOST_SUBJECTS) {
            return;
        }
        lines.add("");
        for (Subject subject : first) {
            String name = subject.name().contains(": ")
                    ? "  " + subject.name().substring(subject.name().indexOf(": ") + 2)
                    : subject.name();
            row(
                    "%s (%d)".formatted(name, subject.questions()),
                    c -> percent(of(c, subject).accuracy()));
            if (subject.tempted().known() && !subject.name().contains(": ")) {
                row("  tempted to the falsehood", c -> percent(of(c, subject).tempted()));
            }
        }
    }

    private static Subject of(Candidate candidate, Subject subject) {
        Map<String, Subject> all =
                candidate.subjects().stream().collect(Collectors.toMap(Subject::name, Function.identity()));
        return all.getOrDefault(subject.name(), new Subject(subject.name(), 0, Interval.NONE, Interval.NONE));
    }

    private void row(String name, Function<Candidate, String> value) {
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-" + NAME + "s", name));
        models.forEach(c -> line.append(String.format(Locale.ROOT, "%-" + CELL + "s", value.apply(c))));
        lines.add(line.toString().stripTrailing());
    }

    private static String percent(@org.jspecify.annotations.Nullable Interval share) {
        return share == null || !share.known()
                ? "–"
                : String.format(
                        Locale.ROOT, "%.0f %% (%.0f–%.0f)", 100 * share.mean(), 100 * share.low(), 100 * share.high());
    }

    private static String decimals(Interval value) {
        return String.format(Locale.ROOT, "%.3f (%.2f–%.2f)", value.mean(), value.low(), value.high());
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}

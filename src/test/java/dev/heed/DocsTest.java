package dev.heed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.heed.eval.report.Watch;
import dev.heed.run.Knob;
import dev.heed.run.Knobs;
import dev.heed.run.Knobs.Described;
import dev.heed.run.Settings;
import dev.heed.train.Meaning;
import dev.heed.train.Steps;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Pages that are generated are as the code is now; {@code -Dheed.write-docs=true} writes them anew. */
class DocsTest {
    private static final Path KNOBS = Path.of("docs", "KNOBS.md");
    private static final Path METRICS = Path.of("docs", "METRICS.md");

    @Test
    void theKnobsPageIsUpToDate() throws IOException {
        if (Boolean.getBoolean("heed.write-docs")) {
            Files.createDirectories(KNOBS.getParent());
            Files.writeString(KNOBS, knobsPage());
        }
        assertThat(KNOBS)
                .as("rewrite it with mvn test -Dtest=DocsTest -Dheed.write-docs=true")
                .hasContent(knobsPage());
    }

    @Test
    void theMetricsPageIsUpToDate() throws IOException {
        if (Boolean.getBoolean("heed.write-docs")) {
            Files.writeString(METRICS, metricsPage());
        }
        assertThat(METRICS)
                .as("rewrite it with mvn test -Dtest=DocsTest -Dheed.write-docs=true")
                .hasContent(metricsPage());
    }

    @Test
    void everyLoggedNumberIsExplainedOnceAndNoOther() {
        Set<String> logged = new TreeSet<>(Set.of("facts_known", "held_out_loss")); // of watches, see Stages and scale
        for (JavaClass type : new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.heed.train")) {
            if (type.isAssignableTo(Steps.Report.class) && !type.isInterface()) {
                for (RecordComponent component : type.reflect().getRecordComponents()) {
                    logged.add(PropertyNamingStrategies.SnakeCaseStrategy.INSTANCE.translate(component.getName()));
                }
            }
        }
        assertThat(logged).hasSizeGreaterThan(30);
        assertThat(Meaning.ALL).extracting(Meaning::name).containsExactlyInAnyOrderElementsOf(logged);
        assertThat(Meaning.ALL)
                .allSatisfy(meaning -> assertThat(List.of(meaning.what(), meaning.healthy(), meaning.otherwise()))
                        .as(meaning.name())
                        .allSatisfy(text -> assertThat(text).isNotBlank()));
    }

    @Test
    void explainNamesTheMetricsThereAreWhereThereIsNoSuch() {
        assertThat(Said.by("explain", "clipfrac").out()).contains("healthy: 0.01 to 0.2");
        assertThat(Said.by("explain", "klipfrac").err()).contains("no metric 'klipfrac'; there are loss, ");
    }

    private static String metricsPage() {
        StringBuilder page = new StringBuilder(
                """
                # Metrics

                Every number that a run logs in `metrics.jsonl`, generated from the code (`DocsTest`); do not edit it by hand.
                `heed explain METRIC` shows one of them.

                | metric | unit | what it says | healthy | if it is not |
                |---|---|---|---|---|
                """);
        for (Meaning meaning : Meaning.ALL) {
            page.append("| `%s` | %s | %s | %s | %s |\n"
                    .formatted(meaning.name(), meaning.unit(), meaning.what(), meaning.healthy(), meaning.otherwise()));
        }
        page.append(
                """

                ## What a report card watches

                `heed card MODEL` tells each of these that is so, with the number.

                | when | what to think of, and do |
                |---|---|
                """);
        for (Watch watch : Watch.values()) {
            page.append("| %s | %s |\n".formatted(watch.limit().replace("|", "\\|"), watch.advice()));
        }
        return page.toString();
    }

    @Test
    void everyKnobSaysWhatItIs() {
        for (Shell.Entry entry : Main.COMMANDS) {
            assertThat(Knobs.described(entry.command().get().knobs()))
                    .as(entry.name())
                    .allSatisfy(knob -> assertThat(knob.help()).as(knob.name()).isNotBlank());
        }
    }

    @Test
    void everyOptionOfACommandIsThereOnce() {
        for (Shell.Entry entry : Main.COMMANDS) {
            List<Described> all = new ArrayList<>(everywhere());
            all.addAll(Knobs.described(entry.command().get().knobs()));
            assertThat(all).extracting(Described::name).as(entry.name()).doesNotHaveDuplicates();
        }
    }

    private static List<Described> everywhere() {
        List<Described> all = new ArrayList<>(Knobs.described(Settings.class));
        all.addAll(Knobs.described(Context.Labels.class));
        all.addAll(Knobs.described(Context.Output.class));
        return all;
    }

    private static String knobsPage() {
        StringBuilder page = new StringBuilder(
                """
                # Knobs

                Every option of every command, generated from the code (`DocsTest`); do not edit it by hand.

                ## Every command

                """);
        page.append(table(everywhere()));
        for (Shell.Entry entry : Main.COMMANDS) {
            List<Described> knobs = Knobs.described(entry.command().get().knobs());
            page.append("\n## `heed %s`: %s\n\n".formatted(entry.name(), entry.summary()));
            page.append(knobs.isEmpty() ? "No options of its own.\n" : table(knobs));
        }
        return page.toString();
    }

    private static String table(List<Described> knobs) {
        StringBuilder table = new StringBuilder("| option | default | meaning |\n|---|---|---|\n");
        for (Described knob : knobs) {
            String option = knob.label().isEmpty() || !knob.name().startsWith("--")
                    ? knob.name()
                    : knob.name() + "=" + knob.label();
            table.append("| `%s` | %s | %s |\n".formatted(cell(option), value(knob), cell(knob.help())));
        }
        return table.toString();
    }

    private static String value(Described knob) {
        return switch (knob.value()) {
            case Knob.REQUIRED -> "must be given";
            case "" -> "";
            default -> "`" + cell(knob.value()) + "`";
        };
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }
}

package dev.heed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heed.run.Knob;
import dev.heed.run.Knobs;
import dev.heed.run.Knobs.Described;
import dev.heed.run.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Pages that are generated are as the code is now; {@code -Dheed.write-docs=true} writes them anew. */
class DocsTest {
    private static final Path KNOBS = Path.of("docs", "KNOBS.md");

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

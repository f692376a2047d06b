package dev.heed.eval.report;

import dev.heed.eval.report.ReportData.Reproduction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What was set, what it ran on, and what to type to get the same again. */
final class Ending {
    private Ending() {}

    static Section of(ReportData data) {
        Reproduction again = data.reproduction();
        List<Html> parts = new ArrayList<>();
        if (!again.commands().isEmpty()) {
            parts.add(Html.of("<pre class=\"card\"><code>{}</code></pre>", String.join("\n", again.commands())));
        }
        if (!again.machine().isEmpty()) {
            parts.add(Html.of("<div class=\"card wide\">{}</div>", table("This run", again.machine())));
        }
        if (!again.settings().isEmpty()) {
            parts.add(Html.of(
                    "<details class=\"card\"><summary>All {} settings</summary><div class=\"wide\">{}</div></details>",
                    again.settings().size(),
                    table("Settings", again.settings())));
        }
        return new Section(
                "again",
                "The same again",
                Html.of(
                        "The seed is {}: with the same seed, threads and machine, every number above comes out the same, time and memory aside.",
                        again.seed()),
                parts);
    }

    private static Html table(String caption, Map<String, String> values) {
        return Figure.table(
                caption,
                List.of("Name", "Value"),
                values.entrySet().stream()
                        .map(e -> List.of(e.getKey(), e.getValue()))
                        .toList());
    }
}

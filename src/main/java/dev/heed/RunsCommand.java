package dev.heed;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.run.RunDir;
import dev.heed.run.RunLog;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** The runs of a home, in the order in which they were begun. */
final class RunsCommand implements Command<Command.NoKnobs> {
    @Override
    public Class<NoKnobs> knobs() {
        return NoKnobs.class;
    }

    @Override
    public Object run(Context context, NoKnobs knobs) {
        return new Runs(RunDir.all(context.home()).stream()
                .map(RunsCommand::row)
                .sorted(Comparator.comparing(Row::begun))
                .toList());
    }

    private static Row row(RunDir run) {
        List<JsonNode> metrics = RunLog.metricsOf(run);
        return new Row(
                run.name(),
                run.state(),
                metrics.size(),
                Instant.parse(run.config().path("begun").asText()));
    }

    /** @param steps how many were logged */
    record Row(String name, RunDir.State state, int steps, Instant begun) {}

    private record Runs(@JsonValue List<Row> runs) implements Shown {
        private static final DateTimeFormatter TIME =
                DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(ZoneId.systemDefault());

        @Override
        public String text() {
            if (runs.isEmpty()) {
                return "no runs yet; heed demo makes some";
            }
            return runs.stream()
                    .map(row -> "%-24s %-7s %7d steps  %s"
                            .formatted(
                                    row.name(),
                                    row.state().name().toLowerCase(java.util.Locale.ROOT),
                                    row.steps(),
                                    TIME.format(row.begun())))
                    .collect(Collectors.joining("\n"));
        }
    }
}

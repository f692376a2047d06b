package dev.heed;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.heed.run.Knob;
import dev.heed.run.UserError;
import dev.heed.train.Meaning;
import java.util.List;
import java.util.stream.Collectors;

/** What a logged number says, how it should look, and what to do if it does not. */
final class ExplainCommand implements Command<ExplainCommand.Knobs> {
    record Knobs(
            @Knob(
                            value = "all",
                            help = "name of a metric, as metrics.jsonl and the report have it, or all",
                            positional = true)
                    String metric) {}

    @Override
    public Class<Knobs> knobs() {
        return Knobs.class;
    }

    @Override
    public Object run(Context context, Knobs knobs) {
        if (knobs.metric().equals("all")) {
            return new Explained(Meaning.ALL);
        }
        String name = knobs.metric().replace('-', '_');
        return new Explained(List.of(Meaning.find(name)
                .orElseThrow(() -> new UserError("no metric '%s'; there are %s"
                        .formatted(
                                knobs.metric(),
                                Meaning.ALL.stream().map(Meaning::name).collect(Collectors.joining(", ")))))));
    }

    /** As people and programs are told. */
    record Explained(@JsonValue List<Meaning> meanings) implements Shown {
        @Override
        public String text() {
            return meanings.stream().map(Explained::text).collect(Collectors.joining("\n\n"));
        }

        private static String text(Meaning meaning) {
            return "%s%s: %s%n  healthy: %s%n  if not: %s"
                    .formatted(
                            meaning.name(),
                            meaning.unit().isEmpty() ? "" : " (" + meaning.unit() + ")",
                            meaning.what(),
                            meaning.healthy(),
                            meaning.otherwise());
        }
    }
}

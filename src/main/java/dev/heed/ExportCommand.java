package dev.heed;

import dev.heed.db.Feedback;
import dev.heed.feedback.Pair;
import dev.heed.run.Json;
import dev.heed.run.Knob;
import dev.heed.web.RemoteFeedback;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The current preferences as JSONL that heed import and other trainers read. */
final class ExportCommand implements Command<ExportCommand.Knobs> {
    record Knobs(
            @Knob(value = Knob.REQUIRED, help = "preferences", positional = true) String kind,
            @Knob(value = Knob.REQUIRED, help = "JSONL to write", positional = true) Path file) {
        Knobs {
            dev.heed.run.Knobs.oneOf("kind", kind, List.of("preferences"));
        }
    }

    @Override
    public Class<Knobs> knobs() {
        return Knobs.class;
    }

    @Override
    public Object run(Context context, Knobs knobs) {
        try (Feedback feedback = RemoteFeedback.orStore(context.home())) {
            List<Pair> pairs = feedback.pairs();
            String lines = pairs.stream().map(ExportCommand::line).collect(Collectors.joining());
            Json.replace(knobs.file().toAbsolutePath(), lines.getBytes(StandardCharsets.UTF_8));
            return Map.of("preferences", pairs.size(), "file", knobs.file());
        }
    }

    private static String line(Pair pair) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put(
                "prompt",
                pair.prompt().messages().size() == 1
                        ? pair.prompt().text()
                        : pair.prompt().messages());
        row.put("chosen", pair.chosen());
        row.put("rejected", pair.rejected());
        row.put(pair.strength() == 0 ? "tie" : "strength", pair.strength() == 0 ? true : pair.strength());
        row.put("labeler", pair.labeler());
        row.put("kind", pair.prompt().kind());
        return Json.line(row) + "\n";
    }
}

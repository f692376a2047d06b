package dev.heed;

import dev.heed.db.Feedback;
import dev.heed.feedback.Kind;
import dev.heed.feedback.Pair;
import dev.heed.run.Json;
import dev.heed.run.Knob;
import dev.heed.run.WholeFile;
import dev.heed.text.GradedFile;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/** The current preferences, rankings or ratings as JSONL that heed import and other trainers read. */
final class ExportCommand implements Command<ExportCommand.Knobs> {
    record Knobs(
            @Knob(value = Knob.REQUIRED, help = "preferences, rankings or ratings", positional = true) String kind,
            @Knob(value = Knob.REQUIRED, help = "JSONL to write", positional = true) Path file) {
        Knobs {
            dev.heed.run.Knobs.oneOf("kind", kind, List.of("preferences", "rankings", "ratings"));
        }
    }

    @Override
    public Class<Knobs> knobs() {
        return Knobs.class;
    }

    @Override
    public Object run(Context context, Knobs knobs) {
        try (Feedback feedback = context.feedback()) {
            LongAdder count = new LongAdder();
            WholeFile.write(
                    knobs.file(),
                    out -> each(feedback, knobs.kind(), line -> {
                        write(out, line);
                        count.increment();
                    }));
            return Map.of(knobs.kind(), count.sum(), "file", knobs.file());
        }
    }

    private static void each(Feedback feedback, String kind, Consumer<String> lines) {
        switch (kind) {
            case "rankings" -> graded(feedback, Kind.RANKING, lines);
            case "ratings" -> graded(feedback, Kind.RATING, lines);
            default -> feedback.eachPair(pair -> lines.accept(line(pair)));
        }
    }

    private static void graded(Feedback feedback, Kind kind, Consumer<String> lines) {
        feedback.eachGraded(one -> {
            if (one.kind() == kind) {
                lines.accept(GradedFile.line(one) + "\n");
            }
        });
    }

    private static void write(OutputStream out, String line) {
        try {
            out.write(line.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
        if (!pair.group().isEmpty()) {
            row.put("group", pair.group());
        }
        return Json.line(row) + "\n";
    }
}

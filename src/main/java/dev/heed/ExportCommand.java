package dev.heed;

import dev.heed.db.Feedback;
import dev.heed.feedback.Pair;
import dev.heed.run.Json;
import dev.heed.run.Knob;
import dev.heed.run.WholeFile;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

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
        try (Feedback feedback = context.feedback()) {
            LongAdder count = new LongAdder();
            WholeFile.write(
                    knobs.file(),
                    out -> feedback.eachPair(pair -> {
                        write(out, line(pair));
                        count.increment();
                    }));
            return Map.of("preferences", count.sum(), "file", knobs.file());
        }
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
        return Json.line(row) + "\n";
    }
}

package dev.heed;

import dev.heed.db.Feedback;
import dev.heed.exchange.Export;
import dev.heed.exchange.Filter;
import dev.heed.run.Knob;
import dev.heed.run.UserError;
import dev.heed.run.WholeFile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What people said into a file, in the shape that another home, a spreadsheet or another trainer reads. */
final class ExportCommand implements Command<ExportCommand.Knobs> {
    private static final List<String> ENDINGS = List.of(".jsonl.gz", ".jsonl", ".csv", ".zip");

    record Knobs(
            @Knob(
                            value = Knob.REQUIRED,
                            help =
                                    "events, preferences, pairs, rankings, ratings, demonstrations, trl or hh; or all, which may be left out before a .zip file",
                            positional = true)
                    String shape,
            @Knob(value = "", help = "file to write: .jsonl, .jsonl.gz, .csv or .zip", positional = true) @Nullable
                    Path file,
            @Knob(value = "", help = "only what was asked in the campaign of that name") String campaign,
            @Knob(value = "-1", help = "only what was asked in that round; what was imported is of round 0")
                    int round) {
        Path target() {
            return file == null ? Path.of(shape) : file;
        }

        Filter filter() {
            return new Filter(campaign.isEmpty() ? null : campaign, round < 0 ? null : round);
        }

        /** @throws UserError if the shape cannot be had as such a file */
        Export export() {
            String name = file == null ? Export.ALL : shape;
            String target = target().toString();
            if (!Export.names().contains(name)) {
                throw new UserError(
                        "SHAPE must be one of %s, was '%s'".formatted(String.join(", ", Export.names()), name));
            }
            return ENDINGS.stream()
                    .filter(target::endsWith)
                    .findFirst()
                    .flatMap(ending -> Export.find(name, ending))
                    .orElseThrow(() -> new UserError("%s cannot be written to %s; its name must end with %s"
                            .formatted(name, target, endings(name))));
        }

        private static String endings(String name) {
            return String.join(
                    " or ",
                    ENDINGS.stream()
                            .filter(ending -> Export.find(name, ending).isPresent())
                            .toList());
        }
    }

    @Override
    public Class<Knobs> knobs() {
        return Knobs.class;
    }

    @Override
    public Object run(Context context, Knobs knobs) {
        Export export = knobs.export();
        AtomicReference<Export.@Nullable Manifest> manifest = new AtomicReference<>();
        try (Feedback feedback = context.feedback()) {
            WholeFile.writePrivately(
                    knobs.target(), out -> manifest.set(export.writeTo(out, feedback, knobs.filter())));
        }
        return told(Objects.requireNonNull(manifest.get()), knobs.target());
    }

    private static Map<String, Object> told(Export.Manifest manifest, Path file) {
        Map<String, Object> told = new LinkedHashMap<>();
        manifest.files()
                .forEach(one -> told.put(one.name().substring(0, one.name().indexOf('.')), one.rows()));
        told.put("file", file);
        if (manifest.files().size() == 1) {
            told.put("sha256", manifest.files().get(0).sha256());
            told.put("left_out", manifest.files().get(0).leftOut());
        }
        return told;
    }
}

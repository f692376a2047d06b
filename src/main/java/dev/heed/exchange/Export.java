package dev.heed.exchange;

import dev.heed.db.Feedback;
import dev.heed.exchange.Lines.Form;
import dev.heed.run.Json;
import dev.heed.run.Version;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * What people said, as a file: one shape as JSON lines, packed or not, or as comma-separated values; or all shapes in a zip file
 * with a manifest. Few rows are in memory at a time.
 */
public final class Export {
    /** All shapes. */
    public static final String ALL = "all";

    static final String MANIFEST = "manifest.json";
    static final String FORMAT = "heed export 1";
    private static final String ZIP = ".zip";

    private final List<Shape> shapes;
    private final String ending;

    private Export(List<Shape> shapes, String ending) {
        this.shapes = shapes;
        this.ending = ending;
    }

    /**
     * What an export holds, and says of itself.
     *
     * @param format which form of manifest
     * @param lastPreference later ones are not in it
     * @param excluded whose answers are in "events" alone
     */
    public record Manifest(
            String format,
            Version heed,
            Instant at,
            Filter filter,
            long lastPreference,
            List<String> excluded,
            List<ExportedFile> files) {}

    /** A file that can be had. */
    public record Offer(String name, String what) {}

    /** Every file that can be had, by its name. */
    public static List<Offer> offers() {
        List<Offer> offers =
                new ArrayList<>(List.of(new Offer(ALL + ZIP, "all of them as JSON lines, with a manifest and hashes")));
        for (Shape shape : Shape.ALL) {
            Stream.of(".jsonl", ".csv")
                    .filter(ending ->
                            ending.equals(".jsonl") || !shape.columns().isEmpty())
                    .forEach(ending -> offers.add(new Offer(shape.name() + ending, shape.what())));
        }
        return List.copyOf(offers);
    }

    /** Names of the shapes, and of all of them together. */
    public static List<String> names() {
        return Stream.concat(Stream.of(ALL), Shape.ALL.stream().map(Shape::name))
                .toList();
    }

    /**
     * The export of a shape into a file of that ending.
     *
     * @param ending of a file's name: .jsonl, .jsonl.gz, .csv, or .zip for all shapes
     * @return empty where the shape cannot be had so
     */
    public static Optional<Export> find(String shape, String ending) {
        if (shape.equals(ALL)) {
            return ending.equals(ZIP) ? Optional.of(new Export(Shape.ALL, ending)) : Optional.empty();
        }
        return Shape.find(shape)
                .filter(found -> switch (ending) {
                    case ".jsonl", ".jsonl.gz" -> true;
                    case ".csv" -> !found.columns().isEmpty();
                    default -> false;
                })
                .map(found -> new Export(List.of(found), ending));
    }

    /** As {@link #offers} name them. */
    public static Optional<Export> find(String file) {
        int dot = file.indexOf('.');
        return dot < 0 ? Optional.empty() : find(file.substring(0, dot), file.substring(dot));
    }

    /** What the file is, for browsers. */
    public String type() {
        return switch (ending) {
            case ZIP -> "application/zip";
            case ".csv" -> "text/csv; charset=utf-8; header=present";
            case ".jsonl" -> "application/jsonl; charset=utf-8";
            default -> "application/gzip";
        };
    }

    /**
     * Writes it; the stream stays open.
     *
     * @return what was written: in a zip file, its manifest
     */
    public Manifest writeTo(OutputStream out, Feedback feedback, Filter filter) throws IOException {
        Source source = Source.of(feedback, filter);
        Instant at = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        List<ExportedFile> files = new ArrayList<>();
        if (ending.equals(ZIP)) {
            ZipOutputStream zip = new ZipOutputStream(out, StandardCharsets.UTF_8);
            for (Shape shape : shapes) {
                zip.putNextEntry(new ZipEntry(shape.name() + ".jsonl"));
                files.add(write(zip, shape, Form.JSONL, source));
                zip.closeEntry();
            }
            Manifest manifest = manifest(source, at, files);
            zip.putNextEntry(new ZipEntry(MANIFEST));
            zip.write((Json.text(manifest) + "\n").getBytes(StandardCharsets.UTF_8));
            zip.closeEntry();
            zip.finish();
            return manifest;
        }
        Shape shape = shapes.get(0);
        if (ending.endsWith(".gz")) {
            GZIPOutputStream packed = new GZIPOutputStream(out, 1 << 16);
            files.add(write(packed, shape, Form.JSONL, source));
            packed.finish();
        } else {
            files.add(write(out, shape, ending.equals(".csv") ? Form.CSV : Form.JSONL, source));
        }
        return manifest(source, at, files);
    }

    private static ExportedFile write(OutputStream out, Shape shape, Form form, Source source) {
        Lines lines = new Lines(out, form, shape.columns());
        shape.telling().accept(source, lines);
        return lines.told(shape.name() + (form == Form.CSV ? ".csv" : ".jsonl"));
    }

    private static Manifest manifest(Source source, Instant at, List<ExportedFile> files) {
        return new Manifest(
                FORMAT, Version.current(), at, source.filter(), source.last(), source.excluded(), List.copyOf(files));
    }
}

package dev.heed.text;

import dev.heed.run.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * An exam from a file, or from all files of a folder, in any of the shapes that people have:
 *
 * <ul>
 *   <li>{@code .jsonl}: one question a line, Heed's own or GSM8K's ({@link ExamLines});
 *   <li>{@code .csv}: MMLU's or TruthfulQA's ({@link ExamTable});
 *   <li>{@code .json}: a task of BIG-Bench Hard ({@link ExamTask}).
 * </ul>
 *
 * Each may be compressed ({@code .gz}).
 *
 * @param items the good questions, in order
 * @param errors why others could not be taken, each with file and line; whether they spoil the whole is the caller's decision
 */
public record ExamFile(List<ExamItem> items, List<String> errors) {
    private static final List<String> ENDINGS = List.of(".jsonl", ".csv", ".json");

    public ExamFile {
        items = List.copyOf(items);
        errors = List.copyOf(errors);
    }

    /**
     * Reads a file or a folder of files.
     *
     * @throws UserError if it cannot be read, has no questions or is of no shape that is known
     */
    public static ExamFile read(Path path) {
        List<ExamItem> items = new ArrayList<>();
        List<String> errors = new ArrayList<>();
        for (Path file : files(path)) {
            ExamFile one = readOne(file);
            items.addAll(one.items);
            errors.addAll(one.errors);
        }
        return new ExamFile(items, errors);
    }

    private static List<Path> files(Path path) {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        try (Stream<Path> inside = Files.list(path)) {
            List<Path> files =
                    inside.filter(file -> !ending(file).isEmpty()).sorted().toList();
            if (files.isEmpty()) {
                throw new UserError("%s holds no exam: no file ends with %s or these with .gz"
                        .formatted(path, String.join(", ", ENDINGS)));
            }
            return files;
        } catch (IOException e) {
            throw new UserError("cannot list %s: %s".formatted(path, e.getMessage()), e);
        }
    }

    private static ExamFile readOne(Path file) {
        return switch (ending(file)) {
            case ".jsonl" -> ExamLines.read(file);
            case ".csv" -> ExamTable.read(file);
            case ".json" -> ExamTask.read(file);
            default ->
                throw new UserError(
                        "%s is in no format of exams: its name must end with .jsonl (a question a line, or GSM8K), .csv (MMLU, TruthfulQA) or .json (BIG-Bench Hard), or these with .gz"
                                .formatted(file));
        };
    }

    private static String ending(Path file) {
        String name = unpacked(file);
        return ENDINGS.stream().filter(name::endsWith).findFirst().orElse("");
    }

    /** The file's name without the folder, and without its ending: what an exam is called. */
    static String stem(Path file) {
        String name = unpacked(file);
        return name.substring(0, name.length() - ending(file).length());
    }

    private static String unpacked(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.endsWith(".gz") ? name.substring(0, name.length() - ".gz".length()) : name;
    }
}

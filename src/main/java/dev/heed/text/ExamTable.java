package dev.heed.text;

import dev.heed.run.Draws;
import dev.heed.run.UserError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Choices as comma-separated values. MMLU (Hendrycks et al. 2021): a question, its options and the letter of the right one,
 * without a header, the subject being the file's name; or with a header of Question, A, B, C, D, Answer and Subject.
 * TruthfulQA (Lin et al. 2022): its best answer among the incorrect ones, as the task MC1 has it; all of the incorrect ones
 * are what people wrongly believe. As "Best Answer" always stands first there, the options' order is drawn.
 */
final class ExamTable {
    private static final String QUESTION = "Question";
    private static final String BEST = "Best Answer";
    private static final String INCORRECT = "Incorrect Answers";

    private final Path file;
    private final List<ExamItem> items = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();

    private ExamTable(Path file) {
        this.file = file;
    }

    /** Takes one row apart. */
    private interface Taker {
        ExamItem take(Csv.Row row, String id) throws BadLine;
    }

    static ExamFile read(Path file) {
        List<Csv.Row> rows = Csv.read(file);
        if (rows.isEmpty()) {
            throw new UserError("%s is empty; expected MMLU's or TruthfulQA's rows".formatted(file));
        }
        ExamTable table = new ExamTable(file);
        List<String> header = rows.get(0).cells().stream().map(String::strip).toList();
        if (header.contains(BEST) && header.contains(INCORRECT) && header.contains(QUESTION)) {
            table.takeAll(rows.subList(1, rows.size()), (row, id) -> table.truthful(header, row, id));
        } else if (header.contains(QUESTION) && header.contains("Answer")) {
            table.takeAll(rows.subList(1, rows.size()), (row, id) -> table.named(header, row, id));
        } else if (header.size() >= 4) {
            table.takeAll(rows, table::bare);
        } else {
            throw new UserError(
                    "%s line 1 is neither MMLU's (a question, its options, a letter) nor a header with \"Question\" and \"Answer\" or TruthfulQA's \"Best Answer\" and \"Incorrect Answers\"; it has %d columns"
                            .formatted(file, header.size()));
        }
        return new ExamFile(table.items, table.errors);
    }

    private void takeAll(List<Csv.Row> rows, Taker taker) {
        for (Csv.Row row : rows) {
            try {
                items.add(taker.take(row, "%s-%d".formatted(ExamFile.stem(file), row.line())));
            } catch (BadLine e) {
                errors.add("%s line %d: %s".formatted(file, row.line(), e.reason()));
            }
        }
    }

    private ExamItem item(Csv.Row row, String id, String subject, String question, ExamItem.Key key) throws BadLine {
        return new ExamItem(
                id, subject, ExamItem.question(question.strip()), key, "", "%s line %d".formatted(file, row.line()));
    }

    private ExamItem bare(Csv.Row row, String id) throws BadLine {
        List<String> cells = row.cells();
        if (cells.size() < 4) {
            throw new BadLine(
                    "expected a question, at least 2 options and a letter, found %d columns".formatted(cells.size()));
        }
        String subject =
                ExamFile.stem(file).replaceFirst("_(test|dev|val)$", "").replace('_', ' ');
        int last = cells.size() - 1;
        return item(row, id, subject, cells.get(0), lettered(cells.subList(1, last), cells.get(last)));
    }

    private ExamItem named(List<String> header, Csv.Row row, String id) throws BadLine {
        List<String> options = new ArrayList<>();
        for (char letter = 'A'; header.contains(String.valueOf(letter)); letter++) {
            options.add(cell(header, row, String.valueOf(letter)));
        }
        String subject = header.contains("Subject") ? cell(header, row, "Subject") : ExamFile.stem(file);
        return item(
                row,
                id,
                subject.replace('_', ' '),
                cell(header, row, QUESTION),
                lettered(options, cell(header, row, "Answer")));
    }

    private static ExamItem.Choice lettered(List<String> options, String answer) throws BadLine {
        String letter = answer.strip();
        char last = (char) ('A' + options.size() - 1);
        if (letter.isEmpty()) {
            throw new BadLine("missing answer: the letter of the right option, A to %s".formatted(last));
        }
        if (letter.length() > 1 && letter.matches("[A-Z]([ ,;/]*[A-Z])+")) {
            throw new BadLine(
                    "two right answers: \"%s\"; exactly one letter from A to %s is allowed".formatted(letter, last));
        }
        if (letter.length() != 1 || letter.charAt(0) < 'A' || letter.charAt(0) > last) {
            throw new BadLine("the answer must be a letter from A to %s, was \"%s\"".formatted(last, letter));
        }
        return ExamItem.choice(options.stream().map(String::strip).toList(), letter.charAt(0) - 'A');
    }

    private ExamItem truthful(List<String> header, Csv.Row row, String id) throws BadLine {
        String best = cell(header, row, BEST).strip();
        if (best.isEmpty()) {
            throw new BadLine("missing answer: \"Best Answer\" is empty");
        }
        List<String> wrong = Arrays.stream(cell(header, row, INCORRECT).split(";"))
                .map(String::strip)
                .filter(answer -> !answer.isEmpty())
                .distinct()
                .toList();
        if (wrong.contains(best)) {
            throw new BadLine("two right answers: \"%s\" is both the best and an incorrect one".formatted(best));
        }
        List<String> all = new ArrayList<>(List.of(best));
        all.addAll(wrong);
        int[] order = Draws.permutation(all.size(), 0, "options of " + id, 0);
        List<String> options = Arrays.stream(order).mapToObj(all::get).toList();
        String subject =
                header.contains("Category") ? cell(header, row, "Category").strip() : "";
        return item(row, id, subject, cell(header, row, QUESTION), ExamItem.choice(options, options.indexOf(best)));
    }

    private static String cell(List<String> header, Csv.Row row, String name) throws BadLine {
        int column = header.indexOf(name);
        if (column < 0 || column >= row.cells().size()) {
            throw new BadLine("no column \"%s\": the row has %d of %d columns"
                    .formatted(name, row.cells().size(), header.size()));
        }
        return row.cells().get(column);
    }
}

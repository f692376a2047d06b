package dev.heed.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heed.run.UserError;
import dev.heed.text.ExamItem.Choice;
import dev.heed.text.ExamItem.Free;
import dev.heed.text.ExamItem.Quantity;
import dev.heed.text.ExamItem.Words;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExamFileTest {
    @TempDir
    Path folder;

    private Path file(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        return file;
    }

    // ---- one question a line ----

    @Test
    void readsEveryKindOfQuestionOfALine() throws IOException {
        ExamFile exam = ExamFile.read(
                file(
                        "exam.jsonl",
                        """
                        {"question": "1 + 1?", "options": ["1", "2"], "answer": "B", "subject": "sums", "id": "one"}
                        {"question": "The largest?", "options": ["Rhine", "Nile"], "answer": "Nile", "lure": 0}

                        {"question": "Who?", "answers": ["Ada", "Ada Lovelace"]}
                        {"question": "Pi?", "number": 3.14, "tolerance": 0.01}
                        {"question": "Say hello.", "must": ["hello"], "must_not": ["bye"]}
                        {"question": "Write.", "reference": "Once upon a time."}
                        """));
        assertThat(exam.errors()).isEmpty();
        assertThat(exam.items())
                .extracting(ExamItem::key)
                .containsExactly(
                        new Choice(List.of("1", "2"), 1, Choice.NO_LURE),
                        new Choice(List.of("Rhine", "Nile"), 1, 0),
                        new Words(List.of("Ada", "Ada Lovelace")),
                        new Quantity(new BigDecimal("3.14"), new BigDecimal("0.01")),
                        new Free(List.of("hello"), List.of("bye"), ""),
                        new Free(List.of(), List.of(), "Once upon a time."));
        assertThat(exam.items()).extracting(ExamItem::id).startsWith("one", "exam-2", "exam-4");
        assertThat(exam.items().get(0).subject()).isEqualTo("sums");
        assertThat(exam.items().get(2).place()).isEqualTo(folder.resolve("exam.jsonl") + " line 4");
    }

    @Test
    void readsTheNumberAndTheWorkingOfGsm8k() throws IOException {
        ExamItem item = ExamFile.read(file(
                        "gsm8k.jsonl",
                        "{\"question\": \"How many?\", \"answer\": \"2 * 600 = <<2*600=1200>>1200\\n#### 1,200\"}\n"))
                .items()
                .get(0);
        assertThat(item.key()).isEqualTo(new Quantity(new BigDecimal("1200"), BigDecimal.ZERO));
        assertThat(item.shown()).startsWith("2 * 600").endsWith("#### 1,200");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "{\"question\": \"Q\"} | missing answer: none of options, answers, number",
                "{\"question\": \"Q\", \"options\": [\"a\", \"b\"]} | missing answer: \"answer\" must be one of the options",
                "{\"question\": \"Q\", \"answers\": []} | missing answer: \"answers\" is an empty list",
                "{\"question\": \"Q\", \"answers\": [\" \"]} | missing answer: \"answers\" has an empty text",
                "{\"question\": \"Q\", \"answer\": \"five\"} | missing answer: \"answer\" has no \"#### NUMBER\"",
                "{\"question\": \"Q\", \"answer\": \"#### five\"} | missing answer: after #### must be a number, was \"five\"",
                "{\"question\": \"Q\", \"options\": [\"a\", \"b\"], \"answer\": [0, 1]} | two right answers: \"answer\" has 2",
                "{\"question\": \"Q\", \"options\": [\"a\", \"b\", \"a\"], \"answer\": 0} | two right answers: options 1 and 3 are both \"a\"",
                "{\"question\": \"Q\", \"options\": [\"a\", \"b\"], \"answer\": 2} | \"answer\" must be one of the 2 options, its letter or its index from 0, was 2",
                "{\"question\": \"Q\", \"options\": [\"a\"], \"answer\": 0} | a choice needs at least 2 options, found 1",
                "{\"question\": \"Q\", \"options\": [\"a\", \"\"], \"answer\": 0} | option 2 is empty",
                "{\"question\": \"\", \"number\": 1} | the question is empty",
                "{\"question\": \"Q\", \"number\": 1, \"tolerance\": -1} | \"tolerance\" must be at least 0, was -1",
                "{\"question\": \"Q\", \"number\": 1, \"id\": \"same\"} | \"id\" same comes twice",
                "{\"question\": 3} | \"question\" must be text, was 3",
                "[] | must be a JSON object"
            })
    void saysWhichLineIsBadAndWhy(String line, String message) throws IOException {
        Path file = file("bad.jsonl", "{\"question\": \"A\", \"number\": 1, \"id\": \"same\"}\n" + line + "\n");
        ExamFile exam = ExamFile.read(file);
        assertThat(exam.items()).hasSize(1);
        assertThat(exam.errors())
                .singleElement()
                .asString()
                .startsWith(file + " line 2: ")
                .contains(message);
    }

    // ---- tables ----

    @Test
    void readsMmluWithoutAndWithAHeader() throws IOException {
        String bare = "What is \"it\"?,one,\"two, or\nmore\",three,four,B\n";
        ExamItem item = ExamFile.read(file("high_school_physics_test.csv", bare.replace("\"it\"", "it")))
                .items()
                .get(0);
        assertThat(item.subject()).isEqualTo("high school physics");
        assertThat(item.key()).isEqualTo(new Choice(List.of("one", "two, or\nmore", "three", "four"), 1, -1));
        ExamItem named = ExamFile.read(file(
                        "mmlu.csv",
                        ",Question,A,B,C,D,Answer,Subject\n0,\"Say \"\"x\"\".\",a,b,c,d,D,abstract_algebra\n"))
                .items()
                .get(0);
        assertThat(named.question()).isEqualTo("Say \"x\".");
        assertThat(named.subject()).isEqualTo("abstract algebra");
        assertThat(named.key()).isEqualTo(new Choice(List.of("a", "b", "c", "d"), 3, -1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "Q,a,b,c,d, | missing answer: the letter of the right option, A to D",
                "Q,a,b,c,d,\"A,B\" | two right answers: \"A,B\"; exactly one letter from A to D is allowed",
                "Q,a,b,c,d,AB | two right answers",
                "Q,a,b,a,d,A | two right answers: options 1 and 3 are both \"a\"",
                "Q,a,b,c,d,E | the answer must be a letter from A to D, was \"E\"",
                "Q,a,,c,d,A | option 2 is empty"
            })
    void saysWhichRowIsBadAndWhy(String row, String message) throws IOException {
        Path file = file("bad_test.csv", "Good?,\"a\n\",b,c,d,A\n" + row + "\n");
        ExamFile exam = ExamFile.read(file);
        assertThat(exam.items()).hasSize(1);
        assertThat(exam.errors())
                .singleElement()
                .asString()
                .startsWith(file + " line 3: ")
                .contains(message);
    }

    @Test
    void readsTheBestAnswerOfTruthfulQaAmongTheIncorrectOnes() throws IOException {
        String header = "Type,Category,Question,Best Answer,Correct Answers,Incorrect Answers,Source\n";
        Path file = file(
                "TruthfulQA.csv",
                header
                        + "Adversarial,Myths,Why?,Chance,Chance; Luck,A curse; A spell;A curse,http://x\n"
                        + "Adversarial,Myths,Why?,,Luck,A curse,http://x\n"
                        + "Adversarial,Myths,Why?,Luck,Luck,Luck; A curse,http://x\n");
        ExamFile exam = ExamFile.read(file);
        Choice choice = (Choice) exam.items().get(0).key();
        assertThat(choice.options()).containsExactlyInAnyOrder("Chance", "A curse", "A spell");
        assertThat(choice.options().get(choice.right())).isEqualTo("Chance");
        assertThat(exam.items().get(0).subject()).isEqualTo("Myths");
        assertThat(exam.errors())
                .containsExactly(
                        file + " line 3: missing answer: \"Best Answer\" is empty",
                        file + " line 4: two right answers: \"Luck\" is both the best and an incorrect one");
    }

    // ---- tasks ----

    @Test
    void readsATaskOfBigBenchHardAsWhatItsTargetsAre() throws IOException {
        assertThat(key("dates.json", "When?\\nOptions:\\n(A) today\\n(B) never", "(B)"))
                .isEqualTo(new Choice(List.of("(A)", "(B)"), 1, -1));
        assertThat(key("causes.json", "Did it?\\nOptions:\\n- Yes\\n- No", "No"))
                .isEqualTo(new Choice(List.of("Yes", "No"), 1, -1));
        assertThat(key("sorting.json", "Sort: b a", "a b")).isEqualTo(new Words(List.of("a b")));
        assertThat(key("counting.json", "How many?", "8"))
                .isEqualTo(new Quantity(new BigDecimal("8"), BigDecimal.ZERO));
        ExamFile two = ExamFile.read(
                file(
                        "booleans.json",
                        "{\"examples\": [{\"input\": \"not True is\", \"target\": \"False\"}, {\"input\": \"True is\", \"target\": \"True\"}]}"));
        assertThat(two.items().get(0).key()).isEqualTo(new Choice(List.of("False", "True"), 0, -1));
    }

    private ExamItem.Key key(String name, String input, String target) throws IOException {
        return ExamFile.read(file(
                        name, "{\"examples\": [{\"input\": \"%s\", \"target\": \"%s\"}]}".formatted(input, target)))
                .items()
                .get(0)
                .key();
    }

    @Test
    void saysWhichExampleIsBadAndWhy() throws IOException {
        Path file = file(
                "films.json",
                "{\"examples\": [{\"input\": \"A film\\nOptions:\\n(A) one\\n(B) two\", \"target\": \"Monsters, Inc\"},"
                        + "{\"input\": \"A film\\nOptions:\\n(A) one\\n(B) one\", \"target\": \"(A)\"}, {\"input\": \"A film\"}]}");
        assertThat(ExamFile.read(file).errors())
                .containsExactly(
                        file + " example 1: missing answer: \"Monsters, Inc\" is none of the options (A), (B)",
                        file + " example 2: two right answers: (A) and (B) are both \"one\"",
                        file + " example 3: missing answer: \"target\" must be text, was null");
    }

    // ---- files ----

    @Test
    void readsAFolderAndCompressedFiles() throws IOException {
        file("suite/b_test.csv", "Q,a,b,A\n");
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write("{\"question\": \"Q\", \"number\": 1}\n".getBytes(StandardCharsets.UTF_8));
        }
        Files.write(folder.resolve("suite").resolve("a.jsonl.gz"), packed.toByteArray());
        file("suite/README.md", "not an exam");
        assertThat(ExamFile.read(folder.resolve("suite")).items())
                .extracting(ExamItem::id)
                .containsExactly("a-1", "b_test-1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "exam.txt   | 'Q?' | is in no format of exams: its name must end with .jsonl",
                "exam.json  | '{}' | is no task of BIG-Bench Hard",
                "exam.json  | '{' | is not JSON",
                "exam.csv   | 'only,three,columns' | line 1 is neither MMLU's",
                "exam.csv   | 'Q,\"a,b,A' | line 1: a quote is opened and never closed",
                "exam.csv   | '' | is empty",
                "exam.jsonl | '' | is empty"
            })
    void refusesAFileOfNoKnownFormat(String name, String text, String message) throws IOException {
        Path file = file(name, text);
        assertThatThrownBy(() -> ExamFile.read(file))
                .isInstanceOf(UserError.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(message);
    }

    @Test
    void refusesWhatIsNotThere() {
        assertThatThrownBy(() -> ExamFile.read(folder.resolve("no.csv"))).hasMessageStartingWith("no file ");
        assertThatThrownBy(() -> ExamFile.read(folder)).hasMessageContaining("holds no exam");
    }

    @Test
    void readsTheRealFilesOfTheSharedData() {
        assertThat(ExamFile.read(Shared.data("sft/gsm8k/test.jsonl.gz")).items())
                .hasSize(1319);
        assertThat(ExamFile.read(Shared.data("sft/truthfulqa/TruthfulQA.csv")).items())
                .hasSizeGreaterThan(800);
        ExamFile tasks = ExamFile.read(Shared.data("sft/bbh"));
        assertThat(tasks.items()).hasSizeGreaterThan(6400);
        assertThat(tasks.errors()).allSatisfy(error -> assertThat(error).contains("example"));
    }
}

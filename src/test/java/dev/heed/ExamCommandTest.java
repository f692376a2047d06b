package dev.heed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exams from the command line, on a model of a few steps. */
class ExamCommandTest {
    private static final int CONTEXT = 256;

    @TempDir
    static Path home;

    @BeforeAll
    static void makeAModel() throws IOException {
        Path text = home.resolve("text.txt");
        Files.writeString(
                text,
                IntStream.range(0, 60)
                        .mapToObj(i -> "The otter number %d lives in the old mill by the river.".formatted(i))
                        .collect(Collectors.joining("\n\n")));
        said("tokenizer", "--text=" + text, "--vocabulary=300");
        said(
                "pretrain",
                "--text=" + text,
                "--steps=30",
                "--batch=4",
                "--length=32",
                "--layers=1",
                "--width=32",
                "--heads=2",
                "--intermediate=64",
                "--context=" + CONTEXT);
    }

    private static Said said(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--home=" + home, "--threads=2", "--precision=fp32", "--quiet"));
        return Said.by(all.toArray(String[]::new));
    }

    private static JsonNode json(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.add("--json");
        return said(all.toArray(String[]::new)).json();
    }

    private static Path file(String name, String text) throws IOException {
        Path file = home.resolve(name);
        Files.writeString(file, text);
        return file;
    }

    private static void refused(String message, String... words) {
        Said said = said(words);
        assertThat(said.err()).hasLineCount(1).contains(message);
        assertThat(said.exitCode()).isEqualTo(2);
        assertThat(said.out()).isEmpty();
    }

    @Test
    void sitsAFileOfQuestionsAndWritesAPage() throws IOException {
        Path exam = file(
                "otters.jsonl",
                """
                {"question": "Where does the otter live?", "options": ["in the old mill", "zzz qqq xxx"], "answer": 0, "subject": "home"}
                {"question": "Which river?", "options": ["the river", "xq zk vj"], "answer": 0, "subject": "river"}
                {"question": "Say a number.", "number": 7, "subject": "river"}
                """);
        JsonNode result = json("exam", "pretrain", exam.toString(), "--max-tokens=8");
        JsonNode model = result.path("models").path(0);
        assertThat(result.path("questions").asInt()).isEqualTo(3);
        assertThat(model.path("by_way").path("plain").path("mean").asDouble()).isEqualTo(1);
        assertThat(model.path("subjects")).hasSize(2);
        assertThat(model.path("reliability").path("questions").asInt()).isEqualTo(2);
        assertThat(json("exam", "pretrain", exam.toString(), "--max-tokens=8")).isEqualTo(result);
        assertThat(home.resolve("exams").resolve("otters.html"))
                .content()
                .contains("Can their probabilities be believed?");
        Path readme = Path.of(json("card", "pretrain").path("readme").asText());
        assertThat(readme).as("its report card tells of it").content().contains("| otters | 3 |");
        assertThat(said(
                                "exam",
                                "pretrain,pretrain",
                                exam.toString(),
                                "--shots=1",
                                "--listing=letters",
                                "--form=plain",
                                "--max-tokens=2",
                                "--skip-invalid")
                        .out())
                .contains("otters:", "plain form, options by letters, 1 examples");
    }

    @Test
    void tellsPassAtKAndWhatTheTrainingTextHas() throws IOException {
        Path exam = file(
                "numbers.jsonl",
                """
                {"question": "The otter number 7 lives in the old", "answers": ["mill"]}
                {"question": "The badger lives in no mill at all, as", "answers": ["you know"]}
                """);
        JsonNode result = json(
                "exam",
                "pretrain",
                exam.toString(),
                "--samples=4",
                "--temperature=1",
                "--max-tokens=4",
                "--against=" + home.resolve("text.txt"),
                "--ngram=5");
        assertThat(result.path("models").path(0).path("pass_at_k")).hasSize(3);
        assertThat(result.path("conditions").path("overlap").path("dirty").asDouble())
                .isEqualTo(.5);
        assertThat(result.path("models").path(0).has("dirty")).isTrue();
    }

    @Test
    void saysInOneLineWhatIsWrongWithAnExam() throws IOException {
        Path missing = file("missing.jsonl", "{\"question\": \"A\", \"number\": 1}\n{\"question\": \"B\"}\n");
        refused(missing + " line 2: missing answer: none of options", "exam", "pretrain", missing.toString());
        Path two = file("two.jsonl", "{\"question\": \"A\", \"options\": [\"x\", \"y\"], \"answer\": [0, 1]}\n");
        refused(two + " line 1: two right answers", "exam", "pretrain", two.toString());
        Path unknown = file("exam.docx", "PK");
        refused(unknown + " is in no format of exams", "exam", "pretrain", unknown.toString());
        String longOption = "otter ".repeat(260);
        Path tooLong = file(
                "long.jsonl",
                "{\"question\": \"A\", \"number\": 1}\n{\"question\": \"B\", \"options\": [\"x\", \"%s\"], \"answer\": 0}\n"
                        .formatted(longOption));
        refused(tooLong + " line 2: option 2 of ", "exam", "pretrain", tooLong.toString());
        refused("does not fit the model's context of " + CONTEXT, "exam", "pretrain", tooLong.toString());
        assertThat(json("exam", "pretrain", tooLong.toString(), "--skip-invalid", "--max-tokens=2")
                        .path("left_out")
                        .asInt())
                .isEqualTo(1);
        refused(
                "no file " + home.resolve("no.jsonl"),
                "exam",
                "pretrain",
                home.resolve("no.jsonl").toString());
    }

    @Test
    void saysInOneLineWhatIsWrongWithAnOption() throws IOException {
        Path good = file("good.jsonl", "{\"question\": \"A\", \"number\": 1}\n");
        refused("Missing required parameter: 'SUITE'", "exam", "pretrain");
        refused("no model 'nobody'", "exam", "pretrain,nobody", good.toString());
        refused(
                "--form must be one of auto, chat, plain, was 'verse'",
                "exam",
                "pretrain",
                good.toString(),
                "--form=verse");
        refused(
                "--samples=3 at --temperature=0 would all be the same",
                "exam",
                "pretrain",
                good.toString(),
                "--samples=3");
        refused("--shots=2 needs as many other questions", "exam", "pretrain", good.toString(), "--shots=2");
        Path free = file("free.jsonl", "{\"question\": \"Write.\", \"reference\": \"Well.\"}\n");
        refused(free + " line 1 asks for a free answer without rules", "exam", "pretrain", free.toString());
        refused("--seed must be 1, that of the world of " + home + ", was 2", "exam", "pretrain", "facts", "--seed=2");
    }

    @Test
    void aTinyModelSitsTheGradedExamOfTheWorldAndFails() {
        JsonNode result = json("exam", "pretrain", "valley", "--max-tokens=8");
        JsonNode report = result.path("models").path(0).path("report");
        assertThat(report.path("passed").asBoolean()).isFalse();
        assertThat(report.path("score").path("mean").asDouble()).isLessThan(.4);
        assertThat(report.path("parts")).hasSize(6);
        assertThat(home.resolve("exams").resolve("population.jsonl")).content().contains("\"exam\":\"valley\"");
        refused("--limit=5 would change what valley is scored by", "exam", "pretrain", "valley", "--limit=5");
    }
}

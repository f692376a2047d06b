package dev.heed.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heed.feedback.Graded;
import dev.heed.feedback.Kind;
import dev.heed.feedback.Message;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.run.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GradedRowTest {
    private static final Prompt PROMPT =
            Prompt.ofText("Where does the otter live?", "fact", Split.of("Where does the otter live?"));

    @TempDir
    Path folder;

    private Path file(String... lines) throws IOException {
        return Files.writeString(folder.resolve("lines.jsonl"), String.join("\n", lines) + "\n");
    }

    private static ReadRows<Graded> read(Path file, Kind kind) {
        return ReadRows.of(file, row -> GradedRow.graded(row, kind, "import"));
    }

    private static Graded graded(List<Integer> ranks, Map<String, List<Integer>> ratings) {
        return new Graded(PROMPT, List.of("by the river", "in \"Osk\"\n", "λ"), ranks, ratings, "ann", "");
    }

    @Test
    void readsWhatItWrites() throws IOException {
        List<Graded> rankings = List.of(graded(List.of(2, 1, 1), Map.of()), graded(List.of(), Map.of()));
        List<Graded> ratings = List.of(graded(List.of(), Map.of("true", List.of(7, 1, 4))));
        for (List<Graded> all : List.of(rankings, ratings)) {
            Path file =
                    file(all.stream().map(one -> Json.line(GradedRow.of(one))).collect(Collectors.joining("\n")));
            ReadRows<Graded> read = read(file, all.get(0).kind());
            assertThat(read.errors()).isEmpty();
            assertThat(read.good()).isEqualTo(all);
        }
    }

    @Test
    void namesWhatIsWrongWithALine() throws IOException {
        Path file = file(
                "{\"prompt\": \"a\", \"completions\": [\"b\", \"c\", \"d\"], \"ranks\": [1, 2, 3]}",
                "{\"prompt\": \"a\", \"completions\": [\"b\", \"c\", \"d\"], \"ranks\": [1, 2, 4]}",
                "{\"prompt\": \"a\", \"completions\": [\"b\", \"c\"], \"ranks\": [1, 2]}",
                "{\"prompt\": \"a\", \"completions\": [\"b\", \"c\", \"b\"], \"ranks\": [1, 2, 3]}",
                "{\"prompt\": \"a\", \"completions\": [\"b\", \"c\", \"d\"]}");
        ReadRows<Graded> read = read(file, Kind.RANKING);
        assertThat(read.good()).hasSize(1).extracting(Graded::labeler).containsExactly("import");
        assertThat(read.errors())
                .extracting(error -> error.line() + " " + error.reason())
                .containsExactly(
                        "2 \"ranks\" must be a number from 1 to 3 for each of 3 completions, was [1,2,4]",
                        "3 \"completions\" must be a list of 3 to 9 texts, was one of 2",
                        "4 two of the \"completions\" are identical",
                        "5 missing field \"ranks\" (found: prompt, completions)");
    }

    @Test
    void questionsHaveAsManyCompletionsAsTheirKindTakes() throws IOException {
        Path file = file(
                "{\"prompt\": [{\"role\": \"user\", \"content\": \"a\"}], \"completions\": [\"b\", \"c\"]}",
                "{\"prompt\": \"a\", \"completions\": \"b\"}");
        assertThat(QuestionFile.read(file, Kind.RATING).questions())
                .hasSize(1)
                .first()
                .satisfies(question -> {
                    assertThat(question.prompt().messages()).containsExactly(Message.user("a"));
                    assertThat(question.completions()).containsExactly("b", "c");
                });
        assertThat(QuestionFile.read(file, Kind.PAIR).errors())
                .extracting(LineError::reason)
                .containsExactly("\"completions\" must be a list of 2 texts, was text");
    }
}

package dev.heed.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heed.feedback.Message;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptRowTest {
    @TempDir
    Path folder;

    @Test
    void readsTextAndConversationsWithoutTheirAnswers() throws IOException {
        ReadRows<Prompt> read = read(
                """
                {"prompt": "p", "kind": "fact"}
                {"messages": [{"role": "user", "content": "p"}, {"role": "assistant", "content": "answer"}]}
                {"prompt": [{"role": "system", "content": "s"}, {"role": "user", "content": "p"}]}
                {"prompt": "\\n\\nHuman: p\\n\\nAssistant:"}
                """);
        assertThat(read.errors()).isEmpty();
        assertThat(read.good())
                .extracting(Prompt::messages)
                .containsExactly(
                        List.of(Message.user("p")),
                        List.of(Message.user("p")),
                        List.of(new Message(Message.Role.SYSTEM, "s"), Message.user("p")),
                        List.of(Message.user("p")));
        assertThat(read.good().get(0)).isEqualTo(Prompt.ofText("p", "fact", Split.of("p")));
    }

    @Test
    void saysWhatIsWrongWithALine() throws IOException {
        assertThat(
                        read("{\"text\": \"p\"}\n{\"prompt\": \"\"}\n{\"messages\": [{\"role\": \"assistant\", \"content\": \"a\"}]}")
                                .errors())
                .containsExactly(
                        new LineError(1, "missing field \"prompt\" (found: text)"),
                        new LineError(2, "\"prompt\" is empty"),
                        new LineError(3, "\"prompt\" is empty"));
    }

    @Test
    void readsTulu() {
        for (String name : List.of("sft_sample", "rlvr_sample")) {
            ReadRows<Prompt> read =
                    ReadRows.of(Shared.data("preference/tulu3-samples/" + name + ".jsonl.gz"), PromptRow::prompt);
            assertThat(read.errors()).isEmpty();
            assertThat(read.good()).hasSize(100);
        }
    }

    private ReadRows<Prompt> read(String text) throws IOException {
        return ReadRows.of(Files.writeString(folder.resolve("prompts.jsonl"), text), PromptRow::prompt);
    }
}

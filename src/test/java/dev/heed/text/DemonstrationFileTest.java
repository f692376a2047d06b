package dev.heed.text;

import static dev.heed.feedback.Message.Role.ASSISTANT;
import static dev.heed.feedback.Message.Role.USER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heed.feedback.Message;
import dev.heed.text.DemonstrationFile.Demonstration;
import dev.heed.text.DemonstrationFile.Taught;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemonstrationFileTest {
    private static final Message ASKED = Message.user("p");
    private static final Message ANSWERED = new Message(ASSISTANT, "a");

    @TempDir
    Path folder;

    private DemonstrationFile read(String text) throws IOException {
        return DemonstrationFile.read(Files.writeString(folder.resolve("demonstrations.jsonl"), text));
    }

    @Test
    void ofAPromptAndACompletionTheCompletionIsLearned() throws IOException {
        DemonstrationFile read = read(
                """
                {"prompt": "p", "completion": "a"}
                {"prompt": [{"role": "user", "content": "p"}], "completion": [{"role": "assistant", "content": "a"}]}
                {"prompt": "\\n\\nHuman: p\\n\\nAssistant:", "completion": "a", "source": "somewhere"}
                """);
        assertThat(read.errors()).isEmpty();
        assertThat(read.demonstrations()).hasSize(3).allSatisfy(shown -> assertThat(shown)
                .isEqualTo(new Demonstration(List.of(ASKED, ANSWERED), Taught.LAST)));
    }

    @Test
    void ofAConversationEverythingThatTheAssistantSaysIsLearned() throws IOException {
        DemonstrationFile read = read(
                """
                {"messages": [{"role": "user", "content": "p"}, {"role": "assistant", "content": "a"}, {"role": "user", "content": "q"}]}
                {"messages": "\\n\\nHuman: p\\n\\nAssistant: a\\n\\nHuman: q"}
                """);
        assertThat(read.errors()).isEmpty();
        assertThat(read.demonstrations()).hasSize(2).allSatisfy(shown -> assertThat(shown)
                .isEqualTo(new Demonstration(List.of(ASKED, ANSWERED, new Message(USER, "q")), Taught.ALL)));
    }

    @Test
    void saysWhatIsWrongWithALine() throws IOException {
        assertThat(
                        read("""
                                        {"prompt": "p"}
                                        {"messages": [{"role": "user", "content": "p"}]}
                                        {"prompt": "p", "completion": [{"role": "assistant", "content": "a"}, {"role": "user", "content": "q"}]}
                                        """)
                                .errors())
                .containsExactly(
                        new LineError(1, "missing field \"completion\" (found: prompt)"),
                        new LineError(2, "\"messages\" has none of the assistant's, so there is nothing to learn"),
                        new LineError(
                                3,
                                "\"completion\" must be text or one message of the assistant's; conversations go into \"messages\""));
    }

    @Test
    void readsTulu() {
        DemonstrationFile read = DemonstrationFile.read(Shared.data("preference/tulu3-samples/sft_sample.jsonl.gz"));
        assertThat(read.errors()).isEmpty();
        assertThat(read.demonstrations()).hasSize(100).allSatisfy(shown -> assertThat(shown.taught())
                .isEqualTo(Taught.ALL));
    }
}

package dev.heed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.feedback.Message;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.run.Json;
import dev.heed.run.UserError;
import dev.heed.text.BpeTrainer;
import dev.heed.text.ChatTemplate;
import dev.heed.text.Tokenizer;
import dev.heed.train.Sft;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a file of demonstrations to the ids of which the model learns some. */
class DemonstrationsTest {
    private static final String TALK =
            """
            {"messages": [{"role": "user", "content": "Where?"}, {"role": "assistant", "content": "Home."}, \
            {"role": "user", "content": "When?"}, {"role": "assistant", "content": "Now."}, \
            {"role": "user", "content": "Thanks."}]}
            """;

    @TempDir
    Path folder;

    @BeforeEach
    void makeATokenizer() {
        BpeTrainer.train(List.of("Where is home? Now it is here. Thanks."), 280, folder);
    }

    private List<Sft.Example> read(Tokenizer tokenizer, String lines) throws IOException {
        Path file = Files.writeString(folder.resolve("demonstrations.jsonl"), lines);
        return Demonstrations.read(file, ChatTemplate.of(tokenizer));
    }

    private static String learned(Tokenizer tokenizer, Sft.Example example) {
        return IntStream.range(0, example.row().length)
                .filter(t -> example.counted()[t])
                .mapToObj(
                        t -> example.row()[t] == tokenizer.eos() ? "/" : tokenizer.decode(new int[] {example.row()[t]}))
                .collect(Collectors.joining());
    }

    @Test
    void everyTurnOfTheAssistantsIsLearnedToItsEnd() throws IOException {
        try (Tokenizer tokenizer = Tokenizer.load(folder)) {
            Sft.Example talk = read(tokenizer, TALK).get(0);
            assertThat(learned(tokenizer, talk)).isEqualTo("Home./Now./");
            assertThat(talk.counted()[talk.row().length - 1])
                    .as("nothing is read beyond the last that is learned")
                    .isTrue();
        }
    }

    @Test
    void ofAPromptWithEarlierTurnsTheCompletionAloneIsLearned() throws IOException {
        try (Tokenizer tokenizer = Tokenizer.load(folder)) {
            String line =
                    """
                    {"prompt": [{"role": "user", "content": "Where?"}, {"role": "assistant", "content": "Home."}, \
                    {"role": "user", "content": "When?"}], "completion": "Now."}
                    """;
            assertThat(learned(tokenizer, read(tokenizer, line).get(0))).isEqualTo("Now./");
        }
    }

    @Test
    void theModelsOwnTemplateTellsWhatTheAssistantSays() throws IOException {
        for (String file : List.of("tokenizer.json", "tokenizer_config.json")) { // without Heed's own tokens for roles
            String text = Files.readString(folder.resolve(file));
            Files.writeString(
                    folder.resolve(file),
                    text.replace("<|user|>", "<|spare0|>")
                            .replace("<|assistant|>", "<|spare1|>")
                            .replace("<|system|>", "<|spare2|>"));
        }
        Files.writeString(
                folder.resolve("chat_template.jinja"),
                "{% for m in messages %}{% if m.role == 'assistant' %}He says: {% generation %}{{ m.content + '<|end|>' }}"
                        + "{% endgeneration %}{% else %}{{ '[' + m.content + ']' }}{% endif %}{% endfor %}"
                        + "{% if add_generation_prompt %}He says: {% endif %}");
        try (Tokenizer tokenizer = Tokenizer.load(folder)) {
            Sft.Example talk = read(tokenizer, TALK).get(0);
            assertThat(learned(tokenizer, talk)).isEqualTo("Home./Now./");
            assertThat(tokenizer.decode(talk.row())).contains("[Where?]He says: Home.");
        }
    }

    @Test
    void aModelWithoutRolesLearnsTheLastMessageOrSaysThatItCannot() throws IOException {
        for (String file : List.of("tokenizer.json", "tokenizer_config.json")) {
            String text = Files.readString(folder.resolve(file));
            Files.writeString(folder.resolve(file), text.replace("<|user|>", "<|spare0|>"));
        }
        Path config = folder.resolve("tokenizer_config.json");
        Json.write(config, Json.read(config, ObjectNode.class).without("chat_template"));
        try (Tokenizer tokenizer = Tokenizer.load(folder)) {
            String answered = TALK.replace(", {\"role\": \"user\", \"content\": \"Thanks.\"}", "");
            assertThat(learned(tokenizer, read(tokenizer, answered).get(0))).isEqualTo("Now./");
            assertThatThrownBy(() -> read(tokenizer, TALK))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("nothing tells where the assistant's turns end in demonstration 1");
        }
    }

    @Test
    void whatIsWrittenIsReadAgain() throws IOException {
        try (Tokenizer tokenizer = Tokenizer.load(folder)) {
            List<Message> messages = List.of(new Message(Message.Role.SYSTEM, "Now."), Message.user("Where?"));
            Prompt talk = new Prompt(Prompt.idOf(messages), messages, "", Split.TRAIN);
            Path file = folder.resolve("written.jsonl");
            Demonstrations.write(
                    file,
                    List.of(
                            new Demonstrations.Shown(Prompt.ofText("Where?", "", Split.TRAIN), "Home."),
                            new Demonstrations.Shown(talk, "Here.")));
            assertThat(Files.readAllLines(file).get(0)).isEqualTo("{\"prompt\":\"Where?\",\"completion\":\"Home.\"}");
            List<Sft.Example> read = Demonstrations.read(file, ChatTemplate.of(tokenizer));
            assertThat(read).extracting(e -> learned(tokenizer, e)).containsExactly("Home./", "Here./");
            assertThat(read.get(1).row()).startsWith(ChatTemplate.of(tokenizer).prompt(talk));
        }
    }
}

package dev.heed.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.run.Json;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokenizers of models that others trained. */
class RealTokenizerTest {
    @ParameterizedTest
    @ValueSource(strings = {"stories260K", "babyllama105"})
    void readsSentencePieceModelsAsThePeers(String name) {
        Path folder = Shared.data("models/" + name);
        try (Tokenizer tokenizer = Tokenizer.load(folder)) {
            // A story begins and ends with BOS; generation_config.json says so, the tokenizer's files do not.
            assertThat(List.of(tokenizer.bos(), tokenizer.eos(), tokenizer.pad()))
                    .containsExactly(1, 1, 0);
            ChatTemplate template = ChatTemplate.of(tokenizer);
            for (JsonNode row : Json.read(folder.resolve("golden.json")).path("cases")) {
                String text = row.path("prompt").asText();
                int[] prompt = GoldenTokenizerTest.ints(row.path("input_ids"));
                int[] completion = GoldenTokenizerTest.ints(row.path("greedy_new_ids"));
                assertThat(template.prompt(Prompt.ofText(text, "", Split.TRAIN)))
                        .isEqualTo(prompt);
                assertThat(text + template.text(completion))
                        .isEqualTo(row.path("greedy_text").asText());
                assertThat(template.text(template.completion(template.text(completion))))
                        .isEqualTo(template.text(completion));
            }
        }
    }

    @Test
    void aModelSavedFromAnotherKeepsItsEndsAndItsLetters(@TempDir Path saved) {
        for (String name : List.of("models/stories260K", "tokenizers/gpt2")) {
            try (Tokenizer tokenizer = Tokenizer.load(Shared.data(name))) {
                tokenizer.saveTo(saved.resolve(name));
                try (Tokenizer again = Tokenizer.load(saved.resolve(name))) {
                    assertThat(List.of(again.bos(), again.eos(), again.pad()))
                            .containsExactly(tokenizer.bos(), tokenizer.eos(), tokenizer.pad());
                    assertThat(again.decode(again.encode("Hello there!"))).isEqualTo("Hello there!");
                }
            }
        }
    }

    @Test
    void padsGpt2WithSomethingOtherThanItsEnd() {
        try (Tokenizer tokenizer = Tokenizer.load(Shared.data("tokenizers/gpt2"))) {
            assertThat(tokenizer.size()).isEqualTo(50257);
            assertThat(tokenizer.bos()).isEqualTo(50256);
            assertThat(tokenizer.eos()).isEqualTo(50256);
            assertThat(tokenizer.pad()).isEqualTo(0);
            assertThat(tokenizer.encode("Hello world")).containsExactly(15496, 995);
            assertThat(ChatTemplate.of(tokenizer)).isInstanceOf(ChatTemplate.Plain.class);
        }
    }
}

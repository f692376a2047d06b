package dev.heed.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.feedback.Message;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.run.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ids and texts of transformers 5.18 (tokenizers 0.23.2), computed by the peers. */
class GoldenTokenizerTest {
    /**
     * Rows that spell a special token are left out of the plain cases: transformers' default turns it into its id there, which
     * Heed never does; the "special-as-text" cases have the same texts with split_special_tokens, which Heed always does.
     */
    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "qwen2", "smollm2"})
    void encodesAndDecodesAsThePeers(String name) {
        try (Tokenizer tokenizer = Tokenizer.load(Shared.golden("tokenizer/" + name))) {
            int compared = 0;
            for (String kind : List.of("-encode", "-encode-special-as-text")) {
                JsonNode rows = Json.read(Shared.golden("tokenizer/" + name + kind + "/case.json"))
                        .path("data");
                for (JsonNode row : rows) {
                    String text = row.path("text").asText();
                    if (kind.equals("-encode") && text.matches("(?s).*<\\|(endoftext|im_start|im_end|pad)\\|>.*")) {
                        continue;
                    }
                    assertThat(tokenizer.encode(text)).as(text).isEqualTo(ints(row.path("ids")));
                    if (row.has("decoded_skip_special")) {
                        assertThat(tokenizer.decode(ints(row.path("ids"))))
                                .isEqualTo(row.path("decoded_skip_special").asText());
                    }
                    compared++;
                }
            }
            System.out.printf("%s: %d texts encoded as the peers%n", name, compared);
            assertThat(compared).isGreaterThan(30);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "qwen2", "smollm2"})
    void decodesAnyIdsAsThePeers(String name) {
        try (Tokenizer tokenizer = Tokenizer.load(Shared.golden("tokenizer/" + name))) {
            for (JsonNode row : Json.read(Shared.golden("tokenizer/" + name + "-decode-random/case.json"))
                    .path("data")) {
                assertThat(tokenizer.decode(ints(row.path("ids"))))
                        .isEqualTo(row.path("decoded_skip_special").asText());
            }
        }
    }

    /**
     * Conversations as ChatML. An answer's turn ends with EOS and a line end there, a completion with the EOS here. Left out:
     * conversations that spell special tokens, which stay letters in Heed; and a generation prompt after an answer.
     */
    @Test
    void rendersChatMlAsThePeers() {
        JsonNode golden = Json.read(Shared.golden("tokenizer/chatml/case.json"));
        try (Tokenizer tokenizer = Tokenizer.load(Shared.golden("tokenizer/gpt2"))) {
            ChatTemplate template = ChatTemplate.of(tokenizer);
            assertThat(template).isInstanceOf(ChatTemplate.ChatMl.class);
            int compared = 0;
            for (JsonNode row : golden.path("data")) {
                List<Message> messages = messages(row.path("messages"));
                int[] ids = ints(row.path("ids"));
                boolean answered = messages.get(messages.size() - 1).role() == Message.Role.ASSISTANT;
                boolean asks = row.path("add_generation_prompt").asBoolean();
                if (messages.stream().anyMatch(m -> m.content().contains("<|im_"))) {
                    continue;
                }
                if (row.path("continue_final_message").asBoolean() || (asks && !answered)) {
                    assertThat(template.prompt(prompt(messages))).isEqualTo(ids);
                    compared++;
                } else if (answered && !asks) {
                    int last = messages.size() - 1;
                    int[] asked = template.prompt(prompt(messages.subList(0, last)));
                    int[] answer = template.completion(messages.get(last).content());
                    assertThat(IntStream.concat(Arrays.stream(asked), Arrays.stream(answer)))
                            .as(row.path("text").asText())
                            .containsExactlyElementsOf(Arrays.stream(ids, 0, ids.length - 1)
                                    .boxed()
                                    .toList());
                    compared++;
                }
            }
            System.out.printf(
                    "ChatML: %d of %d conversations as the peers%n",
                    compared, golden.path("data").size());
            assertThat(compared).isPositive();
        }
    }

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
                int[] prompt = ints(row.path("input_ids"));
                int[] completion = ints(row.path("greedy_new_ids"));
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

    private static Prompt prompt(List<Message> messages) {
        return new Prompt(Prompt.idOf(messages), messages, "", Split.TRAIN);
    }

    private static List<Message> messages(JsonNode rows) {
        List<Message> messages = new ArrayList<>();
        for (JsonNode row : rows) {
            messages.add(new Message(
                    Message.Role.valueOf(row.path("role").asText().toUpperCase(Locale.ROOT)),
                    row.path("content").asText()));
        }
        return messages;
    }

    private static int[] ints(JsonNode array) {
        IntStream ids = StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::asInt);
        return ids.toArray();
    }
}

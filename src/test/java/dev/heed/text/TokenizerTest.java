package dev.heed.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.run.Draws;
import dev.heed.run.Json;
import dev.heed.run.UserError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerTest {
    @TempDir
    Path folder;

    private Tokenizer tokenizer;

    @BeforeEach
    void train() {
        BpeTrainer.train(Texts.sentences(1, 50_000), 600, folder);
        tokenizer = Tokenizer.load(folder);
    }

    @AfterEach
    void close() {
        tokenizer.close();
    }

    @Test
    void noTextCanSpellASpecialToken() {
        for (String special : BpeTrainer.SPECIALS) {
            for (String text : List.of(special, "a" + special + "b", " " + special + special, "<" + special + ">")) {
                assertThat(Arrays.stream(tokenizer.encode(text)).min().orElseThrow())
                        .as(text)
                        .isGreaterThanOrEqualTo(BpeTrainer.SPECIALS.size());
                assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
            }
        }
    }

    @Test
    void encodesABatchAsItEncodesEachText() {
        List<int[]> batch = tokenizer.encodeAll(Texts.AWKWARD);
        assertThat(batch).hasSameSizeAs(Texts.AWKWARD);
        for (int i = 0; i < batch.size(); i++) {
            assertThat(batch.get(i)).isEqualTo(tokenizer.encode(Texts.AWKWARD.get(i)));
        }
        assertThat(tokenizer.encodeAll(List.of())).isEmpty();
    }

    @Test
    void theShortWayGivesTheLibrarysIds() throws IOException {
        List<String> texts = new ArrayList<>(Texts.AWKWARD);
        SplittableRandom random = Draws.of(5, "letters", 0);
        for (int i = 0; i < 128 * 128; i++) {
            texts.add("x" + (char) (i / 128) + (char) (i % 128) + (char) random.nextInt(128) + " '"
                    + (char) random.nextInt(32, 128));
        }
        for (int i = 0; i < 300; i++) {
            int[] letters =
                    random.ints(400, 0, 12).map(k -> "ab Z'1.\n é—日".charAt(k)).toArray();
            texts.add(new String(letters, 0, letters.length));
        }
        try (HuggingFaceTokenizer library =
                HuggingFaceTokenizer.newInstance(folder, Map.of("addSpecialTokens", "false", "truncation", "false"))) {
            for (String text : texts) {
                if (BpeTrainer.SPECIALS.stream().noneMatch(text::contains)) {
                    assertThat(Arrays.stream(tokenizer.encode(text))
                                    .asLongStream()
                                    .toArray())
                            .as(text)
                            .isEqualTo(library.encode(text).getIds());
                }
            }
        }
    }

    @Test
    void cutsAndPadsNothing() {
        String text = "The fox remembers. ".repeat(3000);
        assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
        assertThat(tokenizer.encodeAll(List.of("a", text)).get(0)).hasSize(1);
    }

    @Test
    void decodesWithoutSpecialsAndWithoutIdsThatItDoesNotHave() {
        int[] ids = tokenizer.encode("red apples");
        int[] wrapped = new int[ids.length + 4];
        System.arraycopy(ids, 0, wrapped, 1, ids.length);
        wrapped[0] = tokenizer.bos();
        wrapped[ids.length + 1] = tokenizer.eos();
        wrapped[ids.length + 2] = tokenizer.pad();
        wrapped[ids.length + 3] = 600; // a model's table may be larger than the vocabulary
        assertThat(tokenizer.decode(wrapped)).isEqualTo("red apples");
        assertThat(tokenizer.decode(new int[0])).isEmpty();
    }

    @Test
    void takesHalfACharacterForTheReplacementCharacter() {
        assertThat(tokenizer.decode(tokenizer.encode("a\uD83Db\uDE00"))).isEqualTo("a\uFFFDb\uFFFD");
    }

    @Test
    void decodesBytesThatAreNoTextAsTheReplacementCharacter() {
        int[] half = Arrays.copyOf(tokenizer.encode("é"), 1);
        assertThat(tokenizer.decode(half)).isEqualTo("\uFFFD");
    }

    @Test
    void namesBeginEndAndPad() {
        assertThat(new int[] {tokenizer.pad(), tokenizer.bos(), tokenizer.eos()})
                .containsExactly(0, 1, 2);
    }

    @Test
    void resolvesToTheSameIdsAfterSaving() {
        Path saved = folder.resolve("model");
        tokenizer.saveTo(saved);
        Json.write(saved.resolve("generation_config.json"), Map.of("eos_token_id", 5));
        try (Tokenizer again = Tokenizer.load(saved)) {
            assertThat(again.hash()).isEqualTo(tokenizer.hash()).hasSize(64);
            assertThat(new int[] {again.pad(), again.bos(), again.eos()}).containsExactly(0, 1, 2);
            assertThat(again.chatTemplate()).isEqualTo(tokenizer.chatTemplate());
        }
    }

    @Test
    void takesTheEndFromWhatGenerationStopsAt() {
        Json.write(folder.resolve("generation_config.json"), Map.of("eos_token_id", List.of(1, 5)));
        try (Tokenizer other = Tokenizer.load(folder)) {
            assertThat(other.eos()).isEqualTo(1);
        }
    }

    @Test
    void takesTheEndOfATurnWhereGenerationStopsAtSeveral() {
        Json.write(folder.resolve("generation_config.json"), Map.of("eos_token_id", List.of(1, 2)));
        try (Tokenizer other = Tokenizer.load(folder)) {
            assertThat(other.eos()).isEqualTo(2); // with which the template ends an answer
        }
    }

    @Test
    void neverPadsWithTheEnd() {
        ObjectNode config = (ObjectNode) Json.read(folder.resolve("tokenizer_config.json"));
        Json.write(folder.resolve("tokenizer_config.json"), config.put("pad_token", "<|end|>"));
        try (Tokenizer other = Tokenizer.load(folder)) {
            assertThat(other.eos()).isEqualTo(2);
            assertThat(other.pad()).isEqualTo(0);
        }
    }

    @Test
    void refusesAFolderWithoutATokenizer() {
        Path nothing = folder.resolve("nothing");
        assertThatThrownBy(() -> Tokenizer.load(nothing))
                .isInstanceOf(UserError.class)
                .hasMessage("no tokenizer.json in %s; give a folder that holds one", nothing);
    }

    @Test
    void refusesTruncatedAndForeignFilesInOneLine() throws IOException {
        byte[] whole = Files.readAllBytes(folder.resolve("tokenizer.json"));
        for (byte[] bytes : List.of(
                new byte[0],
                Arrays.copyOf(whole, whole.length / 2),
                "[]".getBytes(StandardCharsets.UTF_8),
                "{}".getBytes(StandardCharsets.UTF_8),
                "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0}, \"merges\": [\"x y\"]}}"
                        .getBytes(StandardCharsets.UTF_8),
                "{\"model\": {\"type\": \"Nonsense\", \"vocab\": {\"<|end|>\": 0}}}"
                        .getBytes(StandardCharsets.UTF_8))) {
            Files.write(folder.resolve("tokenizer.json"), bytes);
            assertThatThrownBy(() -> Tokenizer.load(folder))
                    .isInstanceOf(UserError.class)
                    .message()
                    .contains(folder.toString())
                    .doesNotContain("\n");
        }
    }

    @Test
    void refusesATokenizerWithoutAnEnd() throws IOException {
        Files.delete(folder.resolve("tokenizer_config.json"));
        assertThatThrownBy(() -> Tokenizer.load(folder))
                .isInstanceOf(UserError.class)
                .hasMessage("%s names no end of text; add \"eos_token\" to its tokenizer_config.json", folder);
    }

    @Test
    void encodesFiveMegabytesInSeconds() {
        List<String> texts = Texts.sentences(2, 5_000_000);
        double apart = seconds(() -> tokenizer.encodeAll(texts));
        double joined = seconds(() -> tokenizer.encode(String.join("é ", texts)));
        System.out.printf("5 MB to ids: %.2f s as %d texts, %.2f s as one%n", apart, texts.size(), joined);
        assertThat(apart).isLessThan(30); // about 1 s alone; the machine may be busy
        assertThat(joined).isLessThan(60);
    }

    private static double seconds(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e9;
    }
}

package dev.heed.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heed.run.UserError;
import dev.heed.tensor.Precision;
import dev.heed.tensor.Torch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A config.json that is wrong, or asks for more than its weights bear out: refused in one line, before it allocates. */
class MalformedConfigTest {
    private static final Torch TORCH = Torch.start(2, Precision.FP32);

    @TempDir
    static Path good;

    @TempDir
    Path folder;

    @BeforeAll
    static void makeAModel() {
        Forged.makeGood(TORCH, good);
    }

    private void refused(String message, Forged.Change change) throws IOException {
        Forged forged = Forged.copyOf(good, folder.resolve("model"));
        change.to(forged);
        assertThatThrownBy(() -> forged.load(TORCH))
                .isInstanceOf(UserError.class)
                .satisfies(error -> assertThat(error.getMessage())
                        .containsIgnoringCase(message)
                        .doesNotContainPattern("\\R")
                        .hasSizeLessThan(600));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``             | config.json",
                "{              | config.json",
                "[]             | config.json",
                "null           | config.json",
                "7              | config.json",
                "{}             | config.json",
                "{\"a\":1,\"a\":1} | config.json",
            })
    @Timeout(5)
    void texts(String text, String message) throws IOException {
        refused(message, at -> at.write("config.json", text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "vocab_size              | 0           | vocab",
                "vocab_size              | -1          | vocab",
                "vocab_size              | 2147483647  | vocab",
                "vocab_size              | 2147483648  | vocab",
                "vocab_size              | \"16\"      | vocab",
                "vocab_size              | 16.5        | vocab",
                "vocab_size              | null        | vocab",
                "vocab_size              | [16]        | vocab",
                "vocab_size              | 1e400       | vocab",
                "vocab_size              | 17          | model.embed_tokens.weight has shape [16, 8]",
                "hidden_size             | 0           | width",
                "hidden_size             | 10          | has shape [16, 8]",
                "hidden_size             | 1073741824  | width",
                "num_attention_heads     | 0           | head",
                "num_attention_heads     | 3           | has shape [8, 8]",
                "num_attention_heads     | 8           | has shape [8, 8]",
                "num_attention_heads     | 2147483647  | head",
                "num_key_value_heads     | 0           | heads",
                "num_key_value_heads     | 3           | heads",
                "num_key_value_heads     | -1          | heads",
                "head_dim                | 3           | head width",
                "head_dim                | 0           | head width",
                "intermediate_size       | 0           | intermediate",
                "intermediate_size       | 2147483647  | intermediate",
                "num_hidden_layers       | 0           | layers",
                "num_hidden_layers       | 2           | lacks the tensor model.layers.1.",
                "max_position_embeddings | 0           | context",
                "rope_theta              | 0           | theta",
                "rope_theta              | -1          | theta",
                "rms_norm_eps            | 0           | eps",
                "model_type              | \"mamba\"   | model_type",
                "model_type              | 7           | model_type",
                "hidden_act              | \"relu\"    | activation",
            })
    @Timeout(5)
    void values(String key, String value, String message) throws IOException {
        refusedWith(key, value, message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "num_key_value_heads     | \"a\"       | num_key_value_heads",
                "num_key_value_heads     | 1.5         | num_key_value_heads",
                "num_hidden_layers       | 1000000000  | layers",
                "num_hidden_layers       | 1024        | lacks the tensor model.layers.1.",
                "max_position_embeddings | 2147483647  | context",
                "max_position_embeddings | 1000000000  | context",
                "rope_theta              | \"a\"       | theta",
                "rms_norm_eps            | \"a\"       | eps",
                "tie_word_embeddings     | 7           | tie_word_embeddings",
                "eos_token_id            | 16          | eos_token_id",
                "eos_token_id            | -5          | eos_token_id",
                "eos_token_id            | \"a\"       | eos_token_id",
                "eos_token_id            | [1,99]      | eos_token_id",
                "bos_token_id            | 4294967296  | bos_token_id",
                "pad_token_id            | 16          | pad_token_id",
                "rope_theta              | 1e400       | theta",
                "rms_norm_eps            | 1e400       | eps",
            })
    @Timeout(5)
    void valuesOfTheWrongKindAndSize(String key, String value, String message) throws IOException {
        refusedWith(key, value, message);
    }

    private void refusedWith(String key, String value, String message) throws IOException {
        refused(message, at -> {
            at.json("config.json", config -> {
                config.putPOJO(key, null);
                config.remove("rope_parameters"); // it would count in place of rope_theta
            });
            String text = new String(at.bytes("config.json"), StandardCharsets.UTF_8);
            at.write("config.json", text.replaceFirst("\"" + key + "\":null", "\"" + key + "\":" + value));
        });
    }
}

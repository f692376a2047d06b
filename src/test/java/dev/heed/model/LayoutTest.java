package dev.heed.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heed.tensor.Golden;
import dev.heed.tensor.Precision;
import dev.heed.tensor.Torch;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Heed saves is laid out as what transformers saves: names, shapes, dtypes, tying and the keys of config.json. */
class LayoutTest {
    private static final Torch TORCH = Torch.start(2, Precision.FP32);
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void aLanguageModelIsLaidOutAsTransformersDoes(@TempDir Path saved) throws IOException {
        likeTheirs(Golden.folder("models/llama-gqa-tied"), Head.LANGUAGE, saved);
        assertThat(tensors(saved)).as("tied: one matrix").doesNotContainKey("lm_head.weight");
    }

    @Test
    void anUntiedModelIsLaidOutAsTransformersDoes(@TempDir Path saved) throws IOException {
        likeTheirs(Golden.folder("models/llama-gqa-untied"), Head.LANGUAGE, saved);
        assertThat(tensors(saved)).containsKey("lm_head.weight");
    }

    @Test
    void aRewardModelIsLaidOutAsTransformersDoes(@TempDir Path saved) throws IOException {
        likeTheirs(Golden.folder("models/llama-reward"), Head.SCALAR, saved);
        assertThat(tensors(saved)).containsEntry("score.weight", "F32 [1,32]");
    }

    /** A new model of the checkpoint's own configuration, saved by us, beside the checkpoint itself. */
    private static void likeTheirs(Path theirs, Head head, Path saved) throws IOException {
        try (Transformer model = Transformer.create(TORCH, ModelConfig.read(theirs), head, 1)) {
            model.save(saved);
        }
        assertThat(tensors(saved)).isEqualTo(tensors(theirs));
        JsonNode ours = JSON.readTree(Files.readString(saved.resolve("config.json")));
        JsonNode golden = JSON.readTree(Files.readString(theirs.resolve("config.json")));
        golden.properties().forEach(entry -> {
            switch (entry.getKey()) {
                // What nothing but training and the library's own book-keeping reads, or a name for people.
                case "initializer_range", "pretraining_tp", "transformers_version", "use_cache" -> {}
                case "id2label", "label2id" ->
                    assertThat(ours.path(entry.getKey())).as("one label").hasSameSizeAs(entry.getValue());
                default ->
                    assertThat(ours.path(entry.getKey())).as(entry.getKey()).isEqualTo(entry.getValue());
            }
        });
        assertThat(ModelConfig.read(saved)).isEqualTo(ModelConfig.read(theirs));
        JsonNode generation = JSON.readTree(Files.readString(saved.resolve("generation_config.json")));
        assertThat(generation.path("eos_token_id")).isEqualTo(golden.path("eos_token_id"));
    }

    /** Dtype and shape of each tensor, from the header of the file alone. */
    private static Map<String, String> tensors(Path dir) throws IOException {
        try (DataInputStream in = new DataInputStream(Files.newInputStream(dir.resolve("model.safetensors")))) {
            byte[] header = in.readNBytes((int) Long.reverseBytes(in.readLong()));
            Map<String, String> tensors = new TreeMap<>();
            JSON.readTree(header).properties().stream()
                    .filter(entry -> !entry.getKey().equals("__metadata__"))
                    .forEach(entry -> tensors.put(
                            entry.getKey(),
                            entry.getValue().path("dtype").asText() + " "
                                    + entry.getValue().path("shape")));
            return tensors;
        }
    }
}

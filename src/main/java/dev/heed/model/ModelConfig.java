package dev.heed.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.run.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The shape of a model in the Llama layout.
 *
 * @param vocabulary V, entries of the tokenizer
 * @param width C, channels of the residual stream
 * @param layers decoder layers
 * @param heads H query heads; divides the width into an even number
 * @param kvHeads G heads of keys and values; divides the heads
 * @param intermediate width of the gated feed-forward block
 * @param context most tokens in a row
 * @param ropeTheta base of the rotary wavelengths
 * @param rmsEps added to the mean square in the norms
 * @param tied the vocabulary projection is the embedding
 * @param bos id that begins a text, or −1
 * @param eos id that ends one, or −1
 * @param pad id that fills rows up, or −1
 */
public record ModelConfig(
        int vocabulary,
        int width,
        int layers,
        int heads,
        int kvHeads,
        int intermediate,
        int context,
        double ropeTheta,
        double rmsEps,
        boolean tied,
        int bos,
        int eos,
        int pad) {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final String FILE = "config.json";

    public ModelConfig {
        if (vocabulary < 1 || width < 1 || layers < 1 || heads < 1 || kvHeads < 1 || intermediate < 1 || context < 2) {
            throw new UserError(
                    ("a model needs sizes of at least 1 and a context of at least 2; vocabulary %d, width %d,"
                                    + " layers %d, heads %d, kv heads %d, intermediate %d, context %d")
                            .formatted(vocabulary, width, layers, heads, kvHeads, intermediate, context));
        }
        if (width % heads != 0 || width / heads % 2 != 0 || heads % kvHeads != 0) {
            throw new UserError("%d heads must divide width %d into an even number, and %d kv heads the heads"
                    .formatted(heads, width, kvHeads));
        }
        if (!(ropeTheta > 0) || !(rmsEps > 0)) {
            throw new UserError("rope theta and rms eps must be above 0, were %s and %s".formatted(ropeTheta, rmsEps));
        }
    }

    /** D, channels of one head. */
    public int headWidth() {
        return width / heads;
    }

    /**
     * Reads a folder's config.json, in the dialects of transformers 4 and 5.
     *
     * @throws UserError if it is absent or not a model of this layout
     */
    public static ModelConfig read(Path dir) {
        Path file = dir.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw new UserError("%s is not a model: it has no %s".formatted(dir, FILE));
        }
        try {
            return new Reader(file, JSON.readTree(Files.readString(file))).config();
        } catch (JsonProcessingException e) {
            throw new UserError("%s is not JSON: %s".formatted(file, e.getOriginalMessage()), e);
        } catch (IOException e) {
            throw new UserError("cannot read %s: %s".formatted(file, e), e);
        }
    }

    /** One config.json, with the file's name in every complaint. */
    private record Reader(Path file, JsonNode json) {
        ModelConfig config() {
            expect("model_type", "llama");
            expect("hidden_act", "silu");
            expect("attention_bias", "false");
            expect("mlp_bias", "false");
            JsonNode rope = json.path("rope_parameters").isObject() ? json.path("rope_parameters") : json;
            expectPlain(rope);
            expectPlain(json.path("rope_scaling"));
            int width = size("hidden_size");
            int heads = size("num_attention_heads");
            if (heads < 1 || json.path("head_dim").asInt(width / heads) != width / heads) {
                throw wrong("head_dim", json.path("head_dim"), "hidden_size / num_attention_heads");
            }
            return new ModelConfig(
                    size("vocab_size"),
                    width,
                    size("num_hidden_layers"),
                    heads,
                    json.path("num_key_value_heads").asInt(heads),
                    size("intermediate_size"),
                    size("max_position_embeddings"),
                    rope.path("rope_theta").asDouble(10000),
                    json.path("rms_norm_eps").asDouble(1e-6),
                    json.path("tie_word_embeddings").asBoolean(false),
                    id("bos_token_id"),
                    id("eos_token_id"),
                    id("pad_token_id"));
        }

        private int size(String key) {
            JsonNode node = json.path(key);
            if (!node.isInt()) {
                throw wrong(key, node, "a whole number");
            }
            return node.asInt();
        }

        private int id(String key) {
            JsonNode node = json.path(key);
            return (node.isArray() ? node.path(0) : node).asInt(-1);
        }

        private void expect(String key, String value) {
            JsonNode node = json.path(key);
            if (!node.isMissingNode() && !node.asText().equals(value)) {
                throw wrong(key, node, value);
            }
        }

        private void expectPlain(JsonNode rope) {
            String type = rope.path("rope_type").asText("default");
            if (!type.equals("default")) {
                throw wrong("rope_type", rope.path("rope_type"), "default");
            }
        }

        private UserError wrong(String key, JsonNode value, String allowed) {
            return new UserError("%s: %s is %s; Heed reads models with %s"
                    .formatted(file, key, value.isMissingNode() ? "absent" : value, allowed));
        }
    }

    /** The config.json that transformers reads, in both its dialects. */
    void write(Path dir, Head head) throws IOException {
        ObjectNode json = JSON.createObjectNode();
        json.putArray("architectures")
                .add(head == Head.LANGUAGE ? "LlamaForCausalLM" : "LlamaForSequenceClassification");
        json.put("model_type", "llama").put("hidden_act", "silu");
        json.put("attention_bias", false).put("mlp_bias", false).put("attention_dropout", 0.0);
        json.put("vocab_size", vocabulary).put("hidden_size", width).put("num_hidden_layers", layers);
        json.put("num_attention_heads", heads)
                .put("num_key_value_heads", kvHeads)
                .put("head_dim", headWidth());
        json.put("intermediate_size", intermediate).put("max_position_embeddings", context);
        json.put("rms_norm_eps", rmsEps).put("rope_theta", ropeTheta);
        json.putObject("rope_parameters").put("rope_theta", ropeTheta).put("rope_type", "default");
        json.put("tie_word_embeddings", tied);
        putId(json, "bos_token_id", bos);
        putId(json, "eos_token_id", eos);
        putId(json, "pad_token_id", pad);
        json.put("torch_dtype", "float32").put("dtype", "float32");
        if (head == Head.SCALAR) {
            json.putObject("id2label").put("0", "score");
            json.putObject("label2id").put("score", 0);
        }
        Files.writeString(dir.resolve(FILE), JSON.writeValueAsString(json) + "\n");
        ObjectNode generation = JSON.createObjectNode();
        putId(generation, "bos_token_id", bos);
        putId(generation, "eos_token_id", eos);
        putId(generation, "pad_token_id", pad);
        Files.writeString(dir.resolve("generation_config.json"), JSON.writeValueAsString(generation) + "\n");
    }

    private static void putId(ObjectNode json, String key, int id) {
        if (id >= 0) {
            json.put(key, id);
        }
    }
}

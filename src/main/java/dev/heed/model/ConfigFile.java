package dev.heed.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.run.UntrustedJson;
import dev.heed.run.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A model's config.json: read in the dialects of transformers 4 and 5, written so that both read it. */
final class ConfigFile {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final String FILE = "config.json";
    private static final int LONGEST = 1 << 20;
    private static final int SHOWN = 60;

    private final Path file;
    private final JsonNode json;
    private final Family family;

    private ConfigFile(Path file, JsonNode json) {
        this.file = file;
        this.json = json;
        family = Family.find(json.path("model_type").asText())
                .orElseThrow(() -> wrong(
                        "model_type",
                        Arrays.stream(Family.values()).map(Family::modelType).collect(Collectors.joining(", "))));
    }

    static ModelConfig read(Path dir) {
        Path file = dir.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw new UserError("%s is not a model: it has no %s".formatted(dir, FILE));
        }
        return new ConfigFile(file, UntrustedJson.object(file, LONGEST)).checked();
    }

    private ModelConfig checked() {
        refuseWhatWouldBeComputedOtherwise();
        try {
            return config();
        } catch (UserError e) {
            String message = String.valueOf(e.getMessage());
            throw message.startsWith(file.toString()) ? e : new UserError(file + ": " + message, e);
        }
    }

    private ModelConfig config() {
        boolean gpt2 = family == Family.GPT2;
        int width = size(gpt2 ? "n_embd" : "hidden_size");
        int heads = size(gpt2 ? "n_head" : "num_attention_heads");
        if (heads < 1) {
            throw wrong(gpt2 ? "n_head" : "num_attention_heads", "at least one head");
        }
        if (!json.path("head_dim").isInt() && width % heads != 0) {
            throw new UserError("%d heads do not divide width %d".formatted(heads, width));
        }
        return new ModelConfig(
                family,
                size("vocab_size"),
                width,
                size(gpt2 ? "n_layer" : "num_hidden_layers"),
                heads,
                optional("num_key_value_heads", heads),
                family.biased() ? width / heads : optional("head_dim", width / heads),
                gpt2 ? optional("n_inner", 4 * width) : size("intermediate_size"),
                size(gpt2 ? "n_positions" : "max_position_embeddings"),
                rope(),
                Activation.named(text(gpt2 ? "activation_function" : "hidden_act", gpt2 ? "gelu_new" : "silu")),
                family == Family.GPT_NEOX && flag("use_parallel_residual", true) ? Residual.PARALLEL : Residual.SERIAL,
                number(
                        gpt2 ? "layer_norm_epsilon" : family.biased() ? "layer_norm_eps" : "rms_norm_eps",
                        family.biased() ? 1e-5 : 1e-6),
                flag("tie_word_embeddings", gpt2),
                id("bos_token_id", size("vocab_size")),
                id("eos_token_id", size("vocab_size")),
                id("pad_token_id", size("vocab_size")));
    }

    /** Settings of these families that change the result, and that Heed does not compute. */
    private void refuseWhatWouldBeComputedOtherwise() {
        if (family == Family.GPT_NEOX) {
            expect("attention_bias", "true");
        } else if (family != Family.QWEN2) {
            expect("attention_bias", "false");
        }
        expect("mlp_bias", "false");
        expect("scale_attn_weights", "true");
        expect("scale_attn_by_inverse_layer_idx", "false");
        expect("add_cross_attention", "false");
        expect("rope_interleaved", "false");
        expect("use_sliding_window", "false");
        JsonNode window = json.path("sliding_window");
        if (family == Family.MISTRAL
                && window.isInt()
                && window.asInt() < json.path("max_position_embeddings").asInt()) {
            throw wrong("sliding_window", "null, or a window as long as the context");
        }
    }

    private Rope rope() {
        JsonNode now = json.path("rope_parameters");
        JsonNode scaling = now.isObject() ? now : json.path("rope_scaling");
        double theta = number(now, "rope_theta", number("rope_theta", number("rotary_emb_base", 10000)));
        double whole = number("rotary_pct", family == Family.GPT_NEOX ? 0.25 : 1);
        double share = number(now, "partial_rotary_factor", number("partial_rotary_factor", whole));
        return new Rope(theta, share, scaling(scaling));
    }

    private Rope.Scaling scaling(JsonNode rope) {
        String type = rope.path("rope_type").asText(rope.path("type").asText("default"));
        return switch (type) {
            case "default" -> new Rope.Plain();
            case "linear" -> new Rope.Linear(number(rope, "factor", 0));
            case "llama3" ->
                new Rope.Llama3(
                        number(rope, "factor", 0),
                        number(rope, "low_freq_factor", 0),
                        number(rope, "high_freq_factor", 0),
                        number(rope, "original_max_position_embeddings", 0));
            default ->
                throw new UserError("%s: rope_type is \"%s\"; Heed reads models with default, linear, llama3"
                        .formatted(file, type));
        };
    }

    private int size(String key) {
        if (!json.path(key).isInt()) {
            throw wrong(key, "a whole number");
        }
        return json.path(key).asInt();
    }

    private int optional(String key, int otherwise) {
        return json.path(key).isMissingNode() || json.path(key).isNull() ? otherwise : size(key);
    }

    private double number(String key, double otherwise) {
        return number(json, key, otherwise);
    }

    private double number(JsonNode owner, String key, double otherwise) {
        JsonNode node = owner.path(key);
        if (node.isMissingNode() || node.isNull()) {
            return otherwise;
        }
        if (!node.isNumber() || !Double.isFinite(node.asDouble())) {
            throw wrong(key, node, "a number");
        }
        return node.asDouble();
    }

    private boolean flag(String key, boolean otherwise) {
        JsonNode node = json.path(key);
        if (node.isMissingNode() || node.isNull()) {
            return otherwise;
        }
        if (!node.isBoolean()) {
            throw wrong(key, "true or false");
        }
        return node.asBoolean();
    }

    private String text(String key, String otherwise) {
        return json.path(key).asText(otherwise);
    }

    /** The first of the ids; −1 where there is none, as files of 2023 also say it. */
    private int id(String key, int vocabulary) {
        JsonNode node = json.path(key);
        int first = -1;
        for (JsonNode id : node.isArray() ? node : List.of(node)) {
            if (id.isMissingNode() || id.isNull()) {
                continue;
            }
            if (!id.isInt() || id.asInt() < -1 || id.asInt() >= vocabulary) {
                throw wrong(key, "ids of the vocabulary of " + vocabulary);
            }
            first = first < 0 ? id.asInt() : first;
        }
        return first;
    }

    private void expect(String key, String value) {
        JsonNode node = json.path(key);
        if (!node.isMissingNode() && !node.isNull() && !node.asText().equals(value)) {
            throw wrong(key, value);
        }
    }

    private UserError wrong(String key, String allowed) {
        return wrong(key, json.path(key), allowed);
    }

    private UserError wrong(String key, JsonNode value, String allowed) {
        String shown = value.isMissingNode() ? "absent" : UntrustedJson.shown(value.toString(), SHOWN);
        return new UserError("%s: %s is %s; Heed reads models with %s".formatted(file, key, shown, allowed));
    }

    // ---- writing ----

    static void write(Path dir, ModelConfig config, Head head) throws IOException {
        ObjectNode json = JSON.createObjectNode();
        json.putArray("architectures").add(config.family().architecture(head));
        json.put("model_type", config.family().modelType()).put("vocab_size", config.vocabulary());
        switch (config.family()) {
            case GPT2 -> gpt2(json, config);
            case GPT_NEOX -> gptNeoX(json, config);
            default -> llama(json, config);
        }
        json.put("tie_word_embeddings", config.tied());
        ids(json, config);
        json.put("torch_dtype", "float32").put("dtype", "float32");
        if (head == Head.SCALAR) {
            json.putObject("id2label").put("0", "score");
            json.putObject("label2id").put("score", 0);
        }
        Files.writeString(dir.resolve(FILE), JSON.writeValueAsString(json) + "\n");
        ObjectNode generation = JSON.createObjectNode();
        ids(generation, config);
        Files.writeString(dir.resolve("generation_config.json"), JSON.writeValueAsString(generation) + "\n");
    }

    private static void gpt2(ObjectNode json, ModelConfig c) {
        json.put("activation_function", c.activation().wire());
        json.put("n_embd", c.width()).put("n_layer", c.layers()).put("n_head", c.heads());
        json.put("n_inner", c.intermediate()).put("n_positions", c.context());
        json.put("layer_norm_epsilon", c.epsilon());
        for (String dropout : new String[] {"attn_pdrop", "embd_pdrop", "resid_pdrop"}) {
            json.put(dropout, 0.0);
        }
    }

    private static void gptNeoX(ObjectNode json, ModelConfig c) {
        sizes(json, c);
        json.put("use_parallel_residual", c.residual() == Residual.PARALLEL);
        json.put("layer_norm_eps", c.epsilon()).put("attention_bias", true);
        json.put("attention_dropout", 0.0).put("hidden_dropout", 0.0);
        json.put("rotary_pct", c.rope().share()).put("rotary_emb_base", c.rope().theta());
        rope(json, c.rope()).put("partial_rotary_factor", c.rope().share());
    }

    private static void llama(ObjectNode json, ModelConfig c) {
        sizes(json, c);
        if (c.family() == Family.LLAMA) {
            json.put("mlp_bias", false);
        }
        json.put("attention_bias", c.family().qkvBiased()).put("attention_dropout", 0.0);
        json.put("num_key_value_heads", c.kvHeads()).put("head_dim", c.headWidth());
        json.put("rms_norm_eps", c.epsilon()).put("rope_theta", c.rope().theta());
        if (c.family() != Family.LLAMA) {
            json.putNull("sliding_window");
        }
        ObjectNode rope = rope(json, c.rope());
        if (c.rope().share() < 1) {
            rope.put("partial_rotary_factor", c.rope().share());
            json.put("partial_rotary_factor", c.rope().share());
        }
    }

    private static void sizes(ObjectNode json, ModelConfig c) {
        json.put("hidden_act", c.activation().wire());
        json.put("hidden_size", c.width()).put("num_hidden_layers", c.layers());
        json.put("num_attention_heads", c.heads());
        json.put("intermediate_size", c.intermediate()).put("max_position_embeddings", c.context());
    }

    /** In both dialects: {@code rope_parameters} of transformers 5, and {@code rope_scaling} of 4 where there is any. */
    private static ObjectNode rope(ObjectNode json, Rope rope) {
        ObjectNode scaling = JSON.createObjectNode();
        if (rope.scaling() instanceof Rope.Linear linear) {
            scaling.put("rope_type", "linear").put("factor", linear.factor());
        } else if (rope.scaling() instanceof Rope.Llama3 llama3) {
            scaling.put("rope_type", "llama3").put("factor", llama3.factor());
            scaling.put("low_freq_factor", llama3.lowFactor()).put("high_freq_factor", llama3.highFactor());
            scaling.put("original_max_position_embeddings", (long) llama3.original());
        } else {
            scaling.put("rope_type", "default");
        }
        if (!(rope.scaling() instanceof Rope.Plain)) {
            json.set("rope_scaling", scaling.deepCopy());
        }
        json.set("rope_parameters", scaling.put("rope_theta", rope.theta()));
        return scaling;
    }

    private static void ids(ObjectNode json, ModelConfig config) {
        put(json, "bos_token_id", config.bos());
        put(json, "eos_token_id", config.eos());
        put(json, "pad_token_id", config.pad());
    }

    private static void put(ObjectNode json, String key, int id) {
        if (id >= 0) {
            json.put(key, id);
        }
    }
}

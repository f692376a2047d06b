package dev.heed.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.run.UntrustedJson;
import dev.heed.run.UserError;
import dev.heed.tensor.Safetensors;
import dev.heed.tensor.SavedTensor;
import dev.heed.tensor.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Adapters in a folder as PEFT (Mangrulkar et al. 2022) lays them out: {@code adapter_config.json} and {@code
 * adapter_model.safetensors}.
 *
 * @param base what it says of the model that it belongs to: a folder, or a name of the hub
 * @param head CAUSAL_LM's, or that of SEQ_CLS
 * @param alpha of all adapters
 * @param byRoot whether alpha is divided by the rank's square root (Kalajdzievski 2023) and not by the rank
 */
public record AdapterFolder(Path dir, String base, Head head, double alpha, boolean byRoot) {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final String CONFIG = "adapter_config.json";
    private static final String WEIGHTS = "adapter_model.safetensors";
    private static final String ROOT = "base_model.model.";
    private static final String A = ".lora_A.weight";
    private static final String B = ".lora_B.weight";
    private static final String SCORE = "score";
    private static final String HEAD = ROOT + SCORE + ".weight";
    private static final int LONGEST = 1 << 20;
    private static final int SHOWN = 60;

    /** Settings with which PEFT computes something else, and what Heed reads of each; absent and null are read too. */
    private static final Map<String, Set<String>> READ = Map.ofEntries(
            Map.entry("peft_type", Set.of("LORA")),
            Map.entry("bias", Set.of("none")),
            Map.entry("use_dora", Set.of("false")),
            Map.entry("lora_bias", Set.of("false")),
            Map.entry("use_qalora", Set.of("false")),
            Map.entry("use_bdlora", Set.of()),
            Map.entry("alora_invocation_tokens", Set.of()),
            Map.entry("layer_replication", Set.of()),
            Map.entry("arrow_config", Set.of()),
            Map.entry("kasa_config", Set.of()),
            Map.entry("monteclora_config", Set.of()),
            Map.entry("velora_config", Set.of()),
            Map.entry("alpha_pattern", Set.of("{}")),
            // The others begin by changing the model itself.
            Map.entry("init_lora_weights", Set.of("true", "false", "gaussian", "eva", "orthogonal")));

    /** Whether a folder holds an adapter rather than a model. */
    public static boolean isIn(Path dir) {
        return Files.exists(dir.resolve(CONFIG));
    }

    /**
     * Reads a folder's configuration.
     *
     * @throws UserError if it is not one of LoRA, or one that Heed would compute otherwise than PEFT
     */
    public static AdapterFolder read(Path dir) {
        Path file = dir.resolve(CONFIG);
        JsonNode json = UntrustedJson.object(file, LONGEST);
        READ.forEach((key, read) -> {
            JsonNode value = json.path(key);
            String text = value.isContainerNode() ? value.toString() : value.asText();
            boolean absent = value.isMissingNode() || value.isNull();
            if (absent ? key.equals("peft_type") : !read.contains(text)) {
                throw wrong(file, key, value, read.isEmpty() ? "null" : String.join(", ", read));
            }
        });
        JsonNode alpha = json.path("lora_alpha");
        if (!alpha.isNumber() || !Double.isFinite(alpha.asDouble())) {
            throw wrong(file, "lora_alpha", alpha, "a number");
        }
        Head head = json.path("task_type").asText().equals("SEQ_CLS") ? Head.SCALAR : Head.LANGUAGE;
        String base = json.path("base_model_name_or_path").asText("");
        return new AdapterFolder(
                dir, base, head, alpha.asDouble(), json.path("use_rslora").asBoolean(false));
    }

    private static UserError wrong(Path file, String key, JsonNode value, String allowed) {
        String shown = value.isMissingNode() ? "absent" : UntrustedJson.shown(value.toString(), SHOWN);
        return new UserError("%s: %s is %s; Heed reads adapters with %s".formatted(file, key, shown, allowed));
    }

    /** Whether it holds a head that scores: the model needs none then. */
    public boolean hasHead() {
        try (Safetensors saved = Safetensors.open(dir.resolve(WEIGHTS))) {
            return saved.names().contains(HEAD);
        }
    }

    /** Reads all adapters, of whatever ranks they are, and the head where there is one. */
    void into(Torch torch, ModelConfig config, Adapters adapters) {
        Path file = dir.resolve(WEIGHTS);
        try (Safetensors saved = Safetensors.open(file)) {
            Set<String> surplus = new LinkedHashSet<>(saved.names());
            for (Layout.Part part : Layout.matrices(config)) {
                String name = ROOT + part.module();
                if (surplus.remove(name + A)) {
                    surplus.remove(name + B);
                    adapters.add(
                            adapter(torch, saved, part, adapters.parameters().manager()));
                }
            }
            if (head == Head.SCALAR && surplus.remove(HEAD)) {
                NDArray weight = adapters.head().weight();
                saved.expect(HEAD, weight.getShape()).into(torch, weight);
            }
            if (!surplus.isEmpty()) {
                throw new UserError("%s holds %d tensors that belong to no matrix of the model's layers: %s"
                        .formatted(
                                file,
                                surplus.size(),
                                UntrustedJson.shown(surplus.iterator().next(), SHOWN)));
            }
            if (adapters.all().isEmpty()) {
                throw new UserError("%s holds no adapter".formatted(file));
            }
        }
    }

    private Adapters.Adapter adapter(Torch torch, Safetensors saved, Layout.Part part, NDManager manager) {
        String name = ROOT + part.module();
        SavedTensor first = saved.expect(name + A);
        long rank = first.shape().length == 2 ? first.shape()[0] : 0;
        if (rank < 1 || rank > Math.min(part.rows(), part.columns())) {
            rank = 1; // so that what follows says which shape is wrong
        }
        NDArray a = read(torch, saved, name + A, manager.zeros(new Shape(rank, part.columns())));
        NDArray b = manager.zeros(new Shape(part.rows(), rank));
        try (NDManager scope = torch.manager().newSubManager()) {
            NDArray inFile = read(torch, saved, name + B, scope.zeros(b.getShape()));
            torch.kernels().assign(b, part.rowOrder().toParameter(inFile));
        }
        return new Adapters.Adapter(part, a, b, byRoot ? alpha * Math.sqrt((double) rank) : alpha);
    }

    private static NDArray read(Torch torch, Safetensors saved, String name, NDArray into) {
        saved.expect(name, into.getShape()).into(torch, into);
        return into;
    }

    // ---- what Heed writes ----

    /**
     * Writes the tensors alone.
     *
     * @param adapters all of one rank and alpha, as {@link Lora} makes them
     */
    static void writeWeights(Torch torch, Path dir, Adapters adapters, Head head) throws IOException {
        Files.createDirectories(dir);
        try (NDManager scope = torch.manager().newSubManager()) {
            Map<String, NDArray> named = new LinkedHashMap<>();
            for (Adapters.Adapter adapter : adapters.all()) {
                String name = ROOT + adapter.part().module();
                NDArray b = adapter.b().duplicate();
                b.attach(scope);
                named.put(name + A, adapter.a());
                named.put(name + B, adapter.part().rowOrder().toFile(b));
            }
            if (head == Head.SCALAR) {
                named.put(HEAD, adapters.head().weight());
            }
            Safetensors.write(dir.resolve(WEIGHTS), named);
        }
    }

    /** Reads what {@link #writeWeights} wrote of the same adapters into them. */
    static void readWeights(Torch torch, Path dir, Adapters adapters, Head head) {
        try (Safetensors saved = Safetensors.open(dir.resolve(WEIGHTS));
                NDManager scope = torch.manager().newSubManager()) {
            for (Adapters.Adapter adapter : adapters.all()) {
                String name = ROOT + adapter.part().module();
                read(torch, saved, name + A, adapter.a());
                NDArray inFile =
                        read(torch, saved, name + B, scope.zeros(adapter.b().getShape()));
                torch.kernels().assign(adapter.b(), adapter.part().rowOrder().toParameter(inFile));
            }
            if (head == Head.SCALAR) {
                read(torch, saved, HEAD, adapters.head().weight());
            }
        }
        adapters.parameters().changed();
    }

    /** Writes what PEFT asks for besides the tensors. */
    static void writeConfig(Path dir, Path base, Adapters adapters, Family family, Head head) throws IOException {
        List<Adapters.Adapter> all = adapters.all();
        ObjectNode json = JSON.createObjectNode();
        json.put("peft_type", "LORA");
        json.put("task_type", head == Head.LANGUAGE ? "CAUSAL_LM" : "SEQ_CLS");
        json.put("base_model_name_or_path", base.toAbsolutePath().normalize().toString());
        json.put("r", all.get(0).rank()).put("lora_alpha", all.get(0).alpha()).put("lora_dropout", 0.0);
        ArrayNode targets = json.putArray("target_modules");
        all.stream().map(adapter -> adapter.part().moduleInLayer()).distinct().forEach(targets::add);
        if (head == Head.SCALAR) {
            json.putArray("modules_to_save").add(SCORE);
        }
        json.put("fan_in_fan_out", family == Family.GPT2);
        json.put("bias", "none").put("use_rslora", false).put("use_dora", false);
        json.put("init_lora_weights", true).put("inference_mode", true);
        Files.writeString(dir.resolve(CONFIG), JSON.writeValueAsString(json) + "\n");
    }
}

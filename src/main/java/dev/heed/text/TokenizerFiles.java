package dev.heed.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.run.Json;
import dev.heed.run.UserError;
import dev.heed.text.jinja.JinjaError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What a model folder says about its tokenizer, and which ids begin, end and pad a text.
 *
 * <p>The end: what Heed resolved before ({@code heed_ids} in {@code tokenizer_config.json}); else of the
 * {@code eos_token_id}s of {@code generation_config.json} the one that ends a turn of the chat template, or the first, as transformers' generate takes it (stories260K ends a story with
 * BOS and says so only there); else {@code eos_token} of the tokenizer. The beginning likewise, and the end where a
 * tokenizer has no BOS (GPT-2, Qwen). PAD: the tokenizer's own if it differs from the end; else a token named like one;
 * else UNK; else BOS; else the lowest id that is not the end: Heed masks by position, never by id, so that it only has to
 * differ.
 */
final class TokenizerFiles {
    private static final String RESOLVED = "heed_ids";
    private static final String TEMPLATE = "chat_template.jinja";

    private final Path folder;
    private final byte[] bytes;
    private final ObjectNode tokenizer;
    private final ObjectNode config;
    private final ObjectNode names;
    private final ObjectNode generation;
    private final Map<String, Integer> ids = new HashMap<>();
    private final Set<String> specials = new LinkedHashSet<>();

    TokenizerFiles(Path folder) {
        this.folder = folder;
        Path file = folder.resolve("tokenizer.json");
        if (!Files.isRegularFile(file)) {
            throw new UserError("no tokenizer.json in %s; give a folder that holds one".formatted(folder));
        }
        bytes = read(file);
        tokenizer = Json.read(file, ObjectNode.class);
        config = optional("tokenizer_config.json");
        names = optional("special_tokens_map.json");
        generation = optional("generation_config.json");
        readVocabulary(file);
        readSpecials();
    }

    /** The bytes of {@code tokenizer.json}. */
    byte[] bytes() {
        return bytes;
    }

    /** {@code tokenizer.json}, parsed. */
    ObjectNode tokenizer() {
        return tokenizer;
    }

    /** The template for conversations, "" where there is none; of several, the default one. */
    String chatTemplate() {
        Path file = folder.resolve(TEMPLATE);
        if (Files.isRegularFile(file)) {
            return new String(read(file), StandardCharsets.UTF_8);
        }
        JsonNode template = config.path("chat_template");
        for (JsonNode named : template) {
            if (named.path("name").asText().equals("default")) {
                return named.path("template").asText();
            }
        }
        return template.asText("");
    }

    /** Where the template stands. */
    Path chatTemplateFile() {
        Path file = folder.resolve(TEMPLATE);
        return Files.isRegularFile(file) ? file : folder.resolve("tokenizer_config.json");
    }

    /** The template, with the tokens that the files name as its variables. */
    TemplateText templateText() {
        Map<String, String> tokens = new HashMap<>();
        for (String kind : new String[] {"bos", "eos", "pad", "unk", "sep", "cls", "mask"}) {
            String name = name(kind + "_token");
            if (!name.isEmpty()) {
                tokens.put(kind + "_token", name);
            }
        }
        return new TemplateText(chatTemplate(), tokens, specials);
    }

    /** Tokens that no text may become: those flagged special, and those that the files name as BOS, EOS, PAD or UNK. */
    Set<String> specials() {
        return specials;
    }

    OptionalInt find(String token) {
        Integer id = ids.get(token);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /** One more than the highest id. */
    int size() {
        return ids.values().stream().mapToInt(id -> id + 1).max().orElse(0);
    }

    int eos() {
        OptionalInt id = first(resolved("eos"), endOfTurn(), generated("eos_token_id"), named("eos_token"));
        return id.orElseThrow(() -> new UserError(
                "%s names no end of text; add \"eos_token\" to its tokenizer_config.json".formatted(folder)));
    }

    int bos() {
        return first(resolved("bos"), generated("bos_token_id"), named("bos_token"))
                .orElse(eos());
    }

    int pad() {
        int eos = eos();
        OptionalInt[] choices = {
            resolved("pad"),
            named("pad_token"),
            find("<|pad|>"),
            find("<pad>"),
            find("[PAD]"),
            named("unk_token"),
            OptionalInt.of(bos()),
            OptionalInt.of(0)
        };
        for (OptionalInt choice : choices) {
            if (choice.isPresent() && choice.getAsInt() != eos) {
                return choice.getAsInt();
            }
        }
        return 1; // here the end is 0
    }

    /** Writes the tokenizer to another folder, where it will resolve to the same ids whatever else lies there. */
    void saveTo(Path target, int bos, int eos, int pad) {
        ObjectNode saved = config.deepCopy();
        names.properties().forEach(entry -> saved.putIfAbsent(entry.getKey(), entry.getValue()));
        saved.put("bos_token", token(bos)).put("eos_token", token(eos));
        if (specials.contains(token(pad))) { // to name a letter would make other tools cut it out of every text
            saved.put("pad_token", token(pad));
        }
        if (!chatTemplate().isEmpty()) {
            saved.put("chat_template", chatTemplate());
        }
        saved.putObject(RESOLVED).put("bos", bos).put("eos", eos).put("pad", pad);
        Json.replace(target.resolve("tokenizer.json"), bytes);
        Json.write(target.resolve("tokenizer_config.json"), saved);
    }

    /** The name of an id that the vocabulary has. */
    String token(int id) {
        return ids.entrySet().stream()
                .filter(entry -> entry.getValue() == id)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    private void readVocabulary(Path file) {
        JsonNode vocabulary = tokenizer.path("model").path("vocab");
        if (vocabulary.isObject()) {
            vocabulary
                    .properties()
                    .forEach(entry -> ids.put(entry.getKey(), entry.getValue().asInt()));
        } else if (vocabulary.isArray()) { // Unigram: [piece, score] in order of ids
            for (int id = 0; id < vocabulary.size(); id++) {
                ids.put(vocabulary.get(id).path(0).asText(), id);
            }
        }
        if (ids.isEmpty()) {
            throw new UserError("%s has no model.vocab; it is no tokenizer of Hugging Face's".formatted(file));
        }
    }

    private void readSpecials() {
        for (JsonNode added : tokenizer.path("added_tokens")) {
            ids.put(added.path("content").asText(), added.path("id").asInt());
            if (added.path("special").asBoolean()) {
                specials.add(added.path("content").asText());
            }
        }
        for (String key : new String[] {"bos_token", "eos_token", "pad_token", "unk_token"}) {
            String name = name(key);
            if (ids.containsKey(name)) {
                specials.add(name);
            }
        }
    }

    private String name(String key) {
        for (ObjectNode source : new ObjectNode[] {config, names}) {
            JsonNode value = source.path(key);
            String name = value.isObject() ? value.path("content").asText() : value.asText("");
            if (!name.isEmpty() && !value.isNull()) {
                return name;
            }
        }
        return "";
    }

    private OptionalInt named(String key) {
        return find(name(key));
    }

    private OptionalInt resolved(String key) {
        return id(config.path(RESOLVED).path(key));
    }

    private OptionalInt generated(String key) {
        JsonNode value = generation.path(key);
        return id(value.isArray() ? value.path(0) : value);
    }

    /** Of several ids that end a generation, the one with which the chat template ends a turn. */
    private OptionalInt endOfTurn() {
        JsonNode ends = generation.path("eos_token_id");
        if (ends.size() < 2 || chatTemplate().isEmpty()) {
            return OptionalInt.empty();
        }
        try {
            OptionalInt end = templateText().frame().end().map(this::find).orElse(OptionalInt.empty());
            for (JsonNode each : ends) {
                if (end.isPresent() && each.asInt(-1) == end.getAsInt()) {
                    return end;
                }
            }
            return OptionalInt.empty();
        } catch (JinjaError e) {
            return OptionalInt.empty(); // whoever wants the template is told
        }
    }

    private OptionalInt id(JsonNode node) {
        return node.isInt() && node.asInt() >= 0 && node.asInt() < size()
                ? OptionalInt.of(node.asInt())
                : OptionalInt.empty();
    }

    private static OptionalInt first(OptionalInt... choices) {
        for (OptionalInt choice : choices) {
            if (choice.isPresent()) {
                return choice;
            }
        }
        return OptionalInt.empty();
    }

    private ObjectNode optional(String name) {
        Path file = folder.resolve(name);
        return Files.isRegularFile(file) ? Json.read(file, ObjectNode.class) : JsonNodeFactory.instance.objectNode();
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}

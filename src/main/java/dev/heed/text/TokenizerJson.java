package dev.heed.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** {@code tokenizer.json} rewritten: same ids, other behaviour at the edges of a text. */
final class TokenizerJson {
    private TokenizerJson() {}

    /** A name for each special token that nobody can guess. */
    static Map<String, String> secretNames(Collection<String> specials) {
        String secret = UUID.randomUUID().toString();
        Map<String, String> names = new HashMap<>();
        specials.forEach(name -> names.put(name, secret + "-" + names.size() + ";")); // none begins another
        return names;
    }

    /**
     * No text can spell a special token: each gets its secret name, under the same id. Nothing is cut, padded or
     * added. (The library's own switch for this, encode_special_tokens, cannot be reached through DJL.)
     */
    static ObjectNode disarmed(ObjectNode tokenizer, Map<String, String> renamed) {
        ObjectNode json = tokenizer.deepCopy();
        json.putNull("truncation").putNull("padding").putNull("post_processor");
        for (JsonNode added : json.path("added_tokens")) {
            rename((ObjectNode) added, "content", renamed);
        }
        ObjectNode model = (ObjectNode) json.path("model");
        rename(model, "unk_token", renamed);
        renameVocabulary(model, renamed);
        return json;
    }

    /** No space is put before a text, and none taken away from before one: it goes on where another ended. */
    static ObjectNode continuing(ObjectNode tokenizer) {
        ObjectNode json = tokenizer.deepCopy();
        for (String part : new String[] {"normalizer", "pre_tokenizer", "decoder"}) {
            json.set(part, withoutPrefix(json.path(part)));
        }
        return json;
    }

    private static JsonNode withoutPrefix(JsonNode step) {
        if (!(step instanceof ObjectNode object)) {
            return step;
        }
        for (String list : new String[] {"normalizers", "pretokenizers", "decoders"}) {
            if (object.get(list) instanceof ArrayNode steps) {
                ArrayNode kept = object.putArray(list);
                for (JsonNode each : steps) {
                    JsonNode rewritten = withoutPrefix(each);
                    if (!rewritten.isNull()) {
                        kept.add(rewritten);
                    }
                }
            }
        }
        String type = object.path("type").asText();
        boolean strips = type.equals("Strip") && object.path("start").asInt() > 0;
        if (type.equals("Prepend") || strips) {
            return JsonNodeFactory.instance.nullNode();
        }
        if (type.equals("Metaspace")) {
            object.put("prepend_scheme", "never").remove("add_prefix_space");
        } else if (type.equals("ByteLevel")) {
            object.put("add_prefix_space", false);
        }
        return object;
    }

    private static void renameVocabulary(ObjectNode model, Map<String, String> renamed) {
        if (model.get("vocab") instanceof ObjectNode vocabulary) {
            ObjectNode copy = model.putObject("vocab");
            for (Map.Entry<String, JsonNode> entry : vocabulary.properties()) {
                copy.set(renamed.getOrDefault(entry.getKey(), entry.getKey()), entry.getValue());
            }
        } else if (model.get("vocab") instanceof ArrayNode pieces) { // Unigram: [piece, score] in order of ids
            for (JsonNode piece : pieces) {
                String name = piece.path(0).asText();
                ((ArrayNode) piece).set(0, piece.path(0).isTextual() ? renamed.getOrDefault(name, name) : name);
            }
        }
    }

    private static void rename(ObjectNode owner, String key, Map<String, String> renamed) {
        String name = renamed.get(owner.path(key).asText());
        if (name != null) {
            owner.put(key, name);
        }
    }
}

package dev.heed.text;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.run.Json;
import dev.heed.run.UserError;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.stream.IntStream;

/**
 * Learns a byte-level BPE vocabulary from text and writes it as the two files that Hugging Face tools load.
 *
 * <p>Deterministic: the same words with the same counts give the same bytes. Ids: the specials, then the 256 bytes in the
 * order of their letters, then one token a merge. Ties as {@link BpeMerges} says, which is what the tokenizers library does.
 */
public final class BpeTrainer {
    /** Ids 0 … 5, in this order, in every vocabulary that Heed trains. */
    public static final List<String> SPECIALS =
            List.of("<|pad|>", "<|begin|>", "<|end|>", "<|user|>", "<|assistant|>", "<|system|>");

    /** The least vocabulary: every byte and the specials. */
    public static final int SMALLEST = 256 + SPECIALS.size();

    private static final long LEAST_COUNT = 2; // a pair seen once teaches nothing about other text
    private static final int LONGEST_WORD = 256; // longer runs are counted in parts: they would cost a recount a merge

    /** Renders what {@link ChatTemplate.RoleTokens} renders. */
    private static final String JINJA = "{{ bos_token }}{% for message in messages %}"
            + "{% if message['role'] == 'assistant' %}{{ '<|assistant|>' + message['content'] + eos_token }}"
            + "{% elif message['role'] in ['user', 'system'] %}"
            + "{{ '<|' + message['role'] + '|>' + message['content'] }}"
            + "{% else %}{{ raise_exception('no such role: ' + message['role']) }}{% endif %}{% endfor %}"
            + "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}";

    private BpeTrainer() {}

    /**
     * Writes {@code tokenizer.json} and {@code tokenizer_config.json} into a folder, which is made where it is missing.
     *
     * @param corpus read once; at no time is more than its distinct words in memory
     * @param vocabularySize entries wanted, specials included; at least {@link #SMALLEST}
     * @return entries written: fewer than wanted where no pair of tokens occurs twice any more
     * @throws UserError if the size is too small
     */
    public static int train(Iterable<String> corpus, int vocabularySize, Path modelDir) {
        if (vocabularySize < SMALLEST) {
            throw new UserError("vocabulary size must be at least %d (256 bytes and %d special tokens), was %d"
                    .formatted(SMALLEST, SPECIALS.size(), vocabularySize));
        }
        List<Integer> bytes = bytesByLetter();
        BpeMerges learner = new BpeMerges(
                bytes.stream().map(b -> String.valueOf(ByteLevel.letter(b))).toList());
        int[] idOfByte = new int[256];
        IntStream.range(0, 256).forEach(id -> idOfByte[bytes.get(id)] = id);
        words(corpus).forEach((word, count) -> addParts(learner, idOfByte, word, count[0]));

        List<BpeMerges.Merge> merges = learner.learn(vocabularySize - SPECIALS.size(), LEAST_COUNT);
        write(modelDir, learner.tokens(), merges);
        return SPECIALS.size() + learner.tokens().size();
    }

    private static List<Integer> bytesByLetter() {
        return IntStream.range(0, 256)
                .boxed()
                .sorted((a, b) -> Character.compare(ByteLevel.letter(a), ByteLevel.letter(b)))
                .toList();
    }

    private static Map<String, long[]> words(Iterable<String> corpus) {
        Map<String, long[]> words = new LinkedHashMap<>();
        for (String text : corpus) {
            Matcher pieces = ByteLevel.PIECE.matcher(text);
            while (pieces.find()) {
                words.computeIfAbsent(pieces.group(), w -> new long[1])[0]++;
            }
        }
        return words;
    }

    private static void addParts(BpeMerges learner, int[] idOfByte, String word, long count) {
        byte[] utf8 = word.getBytes(StandardCharsets.UTF_8);
        for (int from = 0; from < utf8.length; from += LONGEST_WORD) {
            byte[] part = Arrays.copyOfRange(utf8, from, Math.min(from + LONGEST_WORD, utf8.length));
            learner.add(
                    IntStream.range(0, part.length)
                            .map(i -> idOfByte[part[i] & 0xFF])
                            .toArray(),
                    count);
        }
    }

    private static void write(Path modelDir, List<String> tokens, List<BpeMerges.Merge> merges) {
        Json.write(modelDir.resolve("tokenizer.json"), tokenizer(tokens, merges));
        Json.write(modelDir.resolve("tokenizer_config.json"), config());
    }

    private static ObjectNode tokenizer(List<String> tokens, List<BpeMerges.Merge> merges) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("version", "1.0").putNull("truncation").putNull("padding");
        ArrayNode added = root.putArray("added_tokens");
        for (String special : SPECIALS) {
            added.addObject()
                    .put("id", added.size() - 1)
                    .put("content", special)
                    .put("single_word", false)
                    .put("lstrip", false)
                    .put("rstrip", false)
                    .put("normalized", false)
                    .put("special", true);
        }
        root.putNull("normalizer");
        root.set("pre_tokenizer", byteLevel());
        root.putNull("post_processor"); // the chat template places the specials, nothing else does
        root.set("decoder", byteLevel());
        root.set("model", model(tokens, merges));
        return root;
    }

    private static ObjectNode byteLevel() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", true);
    }

    private static ObjectNode model(List<String> tokens, List<BpeMerges.Merge> merges) {
        ObjectNode model = JsonNodeFactory.instance.objectNode();
        model.put("type", "BPE").putNull("dropout").putNull("unk_token");
        model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
        model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
        ObjectNode vocabulary = model.putObject("vocab");
        List<String> all = new ArrayList<>(SPECIALS);
        all.addAll(tokens);
        all.forEach(token -> vocabulary.put(token, vocabulary.size()));
        ArrayNode rules = model.putArray("merges"); // "left right": the form that every version of the library reads
        merges.forEach(merge -> rules.add(tokens.get(merge.left()) + " " + tokens.get(merge.right())));
        return model;
    }

    private static ObjectNode config() {
        ObjectNode config = JsonNodeFactory.instance.objectNode();
        config.put("tokenizer_class", "PreTrainedTokenizerFast");
        config.put("pad_token", SPECIALS.get(0))
                .put("bos_token", SPECIALS.get(1))
                .put("eos_token", SPECIALS.get(2));
        ArrayNode roles = config.putArray("additional_special_tokens");
        SPECIALS.subList(3, SPECIALS.size()).forEach(roles::add);
        config.put("clean_up_tokenization_spaces", false);
        config.put("padding_side", "left");
        config.put("chat_template", JINJA);
        return config;
    }
}

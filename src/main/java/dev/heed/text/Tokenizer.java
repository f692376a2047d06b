package dev.heed.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.feedback.Hashes;
import dev.heed.run.UserError;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Text to ids and back, by the Hugging Face tokenizers library: the ids are those of any tool that loads the same
 * {@code tokenizer.json} (with {@code add_special_tokens=False, split_special_tokens=True}).
 *
 * <p>What a person writes is only text: no input of {@link #encode} yields a special id, even where it spells one. Beginning
 * and end are placed by {@link ChatTemplate} alone. Safe for several threads; holds native memory until closed.
 */
public final class Tokenizer implements AutoCloseable {
    static {
        // Nothing is fetched and nobody is called: the native library comes from the class path.
        System.setProperty("ai.djl.offline", "true");
    }

    private static final TokenizersLibrary LIBRARY = TokenizersLibrary.LIB;

    private final TokenizerFiles files;
    private final Map<String, String> secrets;
    private final HuggingFaceTokenizer beginnings;
    private final HuggingFaceTokenizer continuations;
    private final @Nullable PieceCache pieces;
    private final BitSet specialIds = new BitSet();
    private final int size;
    private final int bos;
    private final int eos;
    private final int pad;

    private Tokenizer(TokenizerFiles files) {
        this.files = files;
        size = files.size();
        bos = files.bos();
        eos = files.eos();
        pad = files.pad();
        files.specials().forEach(name -> specialIds.set(files.find(name).orElseThrow()));
        secrets = TokenizerJson.secretNames(files.specials());
        ObjectNode beginning = TokenizerJson.disarmed(files.tokenizer(), secrets);
        ObjectNode continuation = TokenizerJson.continuing(beginning);
        beginnings = open(beginning);
        continuations = continuation.equals(beginning) ? beginnings : open(continuation);
        pieces = PieceCache.suit(beginning) ? new PieceCache(piece -> encode(beginnings, piece)) : null;
    }

    /**
     * Reads {@code tokenizer.json} and what its neighbours say about special tokens.
     *
     * @throws UserError if a file is missing, malformed, or names no end of text
     */
    public static Tokenizer load(Path modelDir) {
        TokenizerFiles files = new TokenizerFiles(modelDir);
        try {
            return new Tokenizer(files);
        } catch (UserError e) {
            throw e;
        } catch (RuntimeException e) { // the native library's complaint
            throw new UserError(
                    "%s is not a tokenizer of Hugging Face's: %s"
                            .formatted(
                                    modelDir.resolve("tokenizer.json"),
                                    String.valueOf(e.getMessage()).strip()),
                    e);
        }
    }

    /** Ids of a text; no specials added, none found in it. */
    public int[] encode(String text) {
        return pieces == null ? encode(beginnings, text) : pieces.encode(text);
    }

    /** {@link #encode} for each text, on all processors. */
    public List<int[]> encodeAll(List<String> texts) {
        return texts.parallelStream().map(this::encode).toList();
    }

    /**
     * Ids of a text that goes on where another ended. Differs from {@link #encode} only where a tokenizer puts a space before
     * every text (Llama's, stories260K's).
     */
    public int[] encodeContinuation(String text) {
        return continuations == beginnings ? encode(text) : encode(continuations, text);
    }

    /** The text of ids; special ones are skipped, bytes that are no UTF-8 become U+FFFD. */
    public String decode(int[] ids) {
        return decode(beginnings, ids);
    }

    /** The inverse of {@link #encodeContinuation}: keeps a leading space. */
    public String decodeContinuation(int[] ids) {
        return decode(continuations, ids);
    }

    /** A token by itself: its text, with U+FFFD where it is part of a character; of a special one, the name. */
    public String shown(int id) {
        return specialIds.get(id) ? files.token(id) : decodeContinuation(new int[] {id});
    }

    /** The bytes of a token by itself, also where it is part of a character. */
    public byte[] bytes(int id) {
        String shown = shown(id);
        return shown.indexOf('\uFFFD') < 0 || id >= size
                ? shown.getBytes(StandardCharsets.UTF_8)
                : ByteLevel.bytes(files.token(id)).orElseGet(() -> shown.getBytes(StandardCharsets.UTF_8));
    }

    /** One more than the highest id. */
    public int size() {
        return size;
    }

    /** The id that begins every text; the same as {@link #eos} for tokenizers without one. */
    public int bos() {
        return bos;
    }

    /** The id that ends every text. */
    public int eos() {
        return eos;
    }

    /** The id that fills up rows; never {@link #eos}, or a mask of padding would hide the end. */
    public int pad() {
        return pad;
    }

    /** Id of a token by its exact name. */
    public OptionalInt find(String token) {
        return files.find(token);
    }

    /** The folder's Jinja template for conversations, "" where there is none. */
    public String chatTemplate() {
        return files.chatTemplate();
    }

    /** Where {@link #chatTemplate} stands. */
    Path chatTemplateFile() {
        return files.chatTemplateFile();
    }

    /** {@link #chatTemplate}, ready to render. */
    TemplateText templateText() {
        return files.templateText();
    }

    /** The exact name of a token. */
    String name(int id) {
        return files.token(id);
    }

    /** The name by which {@link #encode(Specials.Named)} finds a special token. */
    String secretOf(String special) {
        return secrets.getOrDefault(special, special);
    }

    /** Ids of a text in which special tokens bear their secret names; a token is spoken if a letter of it is. */
    Conversation encode(Specials.Named text) {
        long encoding = LIBRARY.encode(beginnings.getHandle(), wellFormed(text.text()), false);
        try {
            int[] ids = toInts(LIBRARY.getTokenIds(encoding));
            boolean[] spoken = new boolean[ids.length];
            if (!text.spoken().isEmpty()) {
                CharSpan[] spans = LIBRARY.getTokenCharSpans(encoding);
                for (int i = 0; i < ids.length; i++) {
                    CharSpan span = spans[i];
                    spoken[i] = span != null
                            && text.spoken().stream()
                                    .anyMatch(range -> span.getStart() < range[1] && range[0] < span.getEnd());
                }
            }
            return new Conversation(ids, spoken);
        } finally {
            LIBRARY.deleteEncoding(encoding);
        }
    }

    /** SHA-256 of {@code tokenizer.json}: models with equal hashes may exchange ids. */
    public String hash() {
        return Hashes.sha256(files.bytes());
    }

    /** Writes the tokenizer's files, with BOS, EOS and PAD as resolved here, into a model's folder. */
    public void saveTo(Path modelDir) {
        files.saveTo(modelDir, bos, eos, pad);
    }

    @Override
    public void close() {
        beginnings.close();
        if (continuations != beginnings) {
            continuations.close();
        }
    }

    // DJL's own encode also copies names, spans and masks of all tokens: ten times the time.
    private static int[] encode(HuggingFaceTokenizer tokenizer, String text) {
        return take(LIBRARY.encode(tokenizer.getHandle(), wellFormed(text), false));
    }

    private static int[] take(long encoding) {
        try {
            return toInts(LIBRARY.getTokenIds(encoding));
        } finally {
            LIBRARY.deleteEncoding(encoding);
        }
    }

    private static int[] toInts(long[] ids) {
        return Arrays.stream(ids).mapToInt(Math::toIntExact).toArray();
    }

    private String decode(HuggingFaceTokenizer tokenizer, int[] ids) {
        long[] kept = Arrays.stream(ids)
                .filter(id -> !specialIds.get(id))
                .asLongStream()
                .toArray();
        return kept.length == 0 ? "" : LIBRARY.decode(tokenizer.getHandle(), kept, false);
    }

    /** Half a surrogate pair is no character; the native library would stop the process at one. */
    private static String wellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return text.codePoints()
                        .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString();
            }
        }
        return text;
    }

    private static HuggingFaceTokenizer open(JsonNode json) {
        try {
            return HuggingFaceTokenizer.newInstance(
                    new ByteArrayInputStream(json.toString().getBytes(StandardCharsets.UTF_8)),
                    Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package dev.heed.model;

import static dev.heed.model.Forged.FIRST;
import static dev.heed.model.Forged.INDEX;
import static dev.heed.model.Forged.SECOND;
import static dev.heed.model.Forged.WEIGHTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heed.run.UserError;
import dev.heed.tensor.Precision;
import dev.heed.tensor.Torch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders that are no whole model: each is refused in one line that says why, fast, and the process lives on. */
class MalformedCheckpointTest {
    private static final Torch TORCH = Torch.start(2, Precision.FP32);
    private static final String NORM = "model.norm.weight"; // (8)
    private static final String EMBEDDING = "model.embed_tokens.weight"; // (16, 8)
    private static final String QUERY = "model.layers.0.self_attn.q_proj.weight"; // (8, 8)
    private static final String DAMAGED = "DIR/model.safetensors is not a whole safetensors file: ";
    private static final String TENSOR = "DIR/model.safetensors: tensor ";

    @TempDir
    static Path good;

    @TempDir
    Path folder;

    @BeforeAll
    static void makeAModel() {
        ModelConfig config = new ModelConfig(16, 8, 1, 2, 1, 8, 16, 10000, 1e-6, false, 0, 1, 2);
        try (Transformer model = Transformer.create(TORCH, config, Head.LANGUAGE, 1)) {
            model.save(good);
        }
    }

    private static Arguments of(String name, String message, Forged.Change change) {
        return Arguments.of(Named.of(name, change), message);
    }

    private void refused(Forged.Change change, String message) throws IOException {
        Forged forged = Forged.copyOf(good, folder.resolve("model"));
        change.to(forged);
        assertThatThrownBy(() -> load(forged.dir()))
                .isInstanceOf(UserError.class)
                .satisfies(error -> assertThat(error.getMessage())
                        .contains(
                                forged.dir().toString(),
                                message.replace("DIR", forged.dir().toString()))
                        .doesNotContainPattern("\\R")
                        .hasSizeLessThan(600));
    }

    private static void load(Path dir) {
        Transformer.load(TORCH, dir, Head.LANGUAGE).close();
    }

    @Test
    void theGoodOneLoadsInOneFileAndInShards() throws IOException {
        try (Transformer whole = Transformer.load(TORCH, good, Head.LANGUAGE);
                Transformer sharded = Transformer.load(
                        TORCH,
                        Forged.copyOf(good, folder.resolve("model")).sharded().dir(),
                        Head.LANGUAGE)) {
            assertThat(sharded.hash()).isEqualTo(whole.hash());
        }
    }

    // ---- the file ----

    static Stream<Arguments> files() {
        return Stream.of(
                of("no weights", "no weights in DIR: neither model.safetensors nor", at -> at.delete(WEIGHTS)),
                of(
                        "a pickle",
                        "DIR holds pytorch_model.bin, which Heed does not read, for a pickle can run code",
                        at -> {
                            at.delete(WEIGHTS);
                            at.write("pytorch_model.bin", "PK");
                        }),
                of("a folder", "DIR/model.safetensors is not a file", at -> at.folderInPlaceOf(WEIGHTS)),
                of("empty", DAMAGED + "it is only 0 bytes long", at -> at.write(WEIGHTS, "")),
                of("7 bytes", DAMAGED + "it is only 7 bytes long", at -> at.cut(WEIGHTS, 7)),
                of("8 bytes", DAMAGED + "its header claims 1", at -> at.cut(WEIGHTS, 8)),
                of("cut in the header", DAMAGED + "its header claims 1", at -> at.cut(WEIGHTS, 100)),
                of("cut after the header", "it was cut short", at -> at.cut(WEIGHTS, 8 + at.headerLength())),
                of("cut by a byte", "it was cut short", at -> at.cut(WEIGHTS, -1)),
                of("cut by half of the numbers", "it was cut short", at -> at.cut(WEIGHTS, -1000)),
                of("a byte too many", "belong to no tensor", at -> at.cut(WEIGHTS, at.bytes(WEIGHTS).length + 1)),
                of(
                        "a web page",
                        DAMAGED + "its header claims",
                        at -> at.write(WEIGHTS, "<!DOCTYPE html><html></html>")),
                of(
                        "a pointer of git-lfs",
                        DAMAGED + "its header claims",
                        at -> at.write(
                                WEIGHTS, "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n")));
    }

    @ParameterizedTest
    @MethodSource
    @Timeout(5)
    void files(Forged.Change change, String message) throws IOException {
        refused(change, message);
    }

    // ---- its header ----

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 32, 100L << 20, (100L << 20) + 1, 100_000})
    @Timeout(5)
    void headerLengths(long length) throws IOException {
        refused(at -> at.headerLength(length), DAMAGED + "its header claims " + Long.toUnsignedString(length));
    }

    static Stream<Arguments> headers() {
        return Stream.of(
                of("too short by some", "its header is not JSON: ", at -> at.headerLength(at.headerLength() - 40)),
                of("too long by some", "its header is not", at -> at.headerLength(at.headerLength() + 40)),
                of(
                        "no JSON",
                        "its header is not JSON: Unexpected close marker ']': expected '}' (line 1, column 2)",
                        at -> at.header("{]")),
                of(
                        "no UTF-8",
                        "its header is not UTF-8",
                        at -> at.header(new byte[] {'{', '"', -1, '"', ':', '1', '}'})),
                of("UTF-16", "its header is not JSON", at -> at.header(new byte[] {'{', 0, '}', 0})),
                of("spaces", "its header is empty", at -> at.header("    ")),
                of("an array", "its header is not a JSON object", at -> at.header("[1]")),
                of("null", "its header is not a JSON object", at -> at.header("null")),
                of("a number", "its header is not a JSON object", at -> at.header("12345")),
                of("two objects", "its header is not JSON", at -> at.header("{} {}")),
                of("no tensors", "belong to no tensor", at -> at.header("{}")),
                of(
                        "the same name twice",
                        "its header is not JSON: Duplicate",
                        at -> at.header(at.header().toString().replace(QUERY, NORM))),
                of(
                        "the same key twice",
                        "its header is not JSON: Duplicate",
                        at -> at.header(
                                at.header().toString().replaceFirst("\"dtype\"", "\"dtype\":\"F32\",\"dtype\""))),
                of("100,000 brackets", "nesting depth (65) exceeds", at -> at.header("[".repeat(100_000))),
                of("100,000 objects", "nesting depth (65) exceeds", at -> at.header("{\"a\":".repeat(100_000))),
                of(
                        "5,000,000 numbers",
                        "Token count (4000001) exceeds",
                        at -> at.header("{\"a\":[" + "0,".repeat(5_000_000) + "0]}")),
                of("a name of a megabyte", "ame length", at -> at.header("{\"" + "a".repeat(1 << 20) + "\":1}")),
                of("a name of two lines", "the name 'a?b'", at -> at.header("{\"a\\nb\":{}}")),
                of("an empty name", "the name ''", at -> at.header("{\"\":{}}")),
                of("a name that clears the screen", "the name '?[2J'", at -> at.header("{\"\\u001b[2J\":{}}")),
                of(
                        "metadata of numbers",
                        "__metadata__ holds what is not text at a",
                        at -> at.header(
                                header -> header.putObject("__metadata__").put("a", 1))),
                of(
                        "metadata that is an array",
                        "__metadata__ is not a JSON object",
                        at -> at.header(header -> header.putArray("__metadata__"))),
                of("a tensor that is a number", "of type ''", at -> at.header(header -> header.put(NORM, 7))));
    }

    @ParameterizedTest
    @MethodSource
    @Timeout(5)
    void headers(Forged.Change change, String message) throws IOException {
        refused(change, message);
    }

    // ---- what it says of a tensor ----

    static Stream<Arguments> tensors() {
        return Stream.of(
                of("no type", TENSOR + NORM + " is of type ''", at -> at.tensor(NORM, t -> t.remove("dtype"))),
                of("an unknown type", TENSOR + NORM + " is of type 'F31'", at -> at.tensor(NORM, "dtype", "\"F31\"")),
                of("a lower-case type", "is of type 'f32'", at -> at.tensor(NORM, "dtype", "\"f32\"")),
                of(
                        "an endless type",
                        "is of type 'AAAA",
                        at -> at.tensor(NORM, t -> t.put("dtype", "A".repeat(99999)))),
                of("another type", "of shape [8] takes 32 bytes", at -> at.tensor(NORM, "dtype", "\"F16\"")),
                of("whole numbers", TENSOR + NORM + " is of type I32; F32", at -> at.tensor(NORM, "dtype", "\"I32\"")),
                of("I64", "is of type I64; F32", at -> at.retype(NORM, "I64", 1, 0, 0, 0, 0, 0, 0, 0)),
                of("F64", "is of type F64; F32", at -> at.retype(NORM, "F64", 0, 0, 0, 0, 0, 0, 0, 0)),
                of("F8", "is of type F8_E4M3; F32", at -> at.retype(NORM, "F8_E4M3", 0)),
                of("no shape", "has no shape or offsets", at -> at.tensor(NORM, t -> t.remove("shape"))),
                of("a shape that is a number", "has no shape or offsets", at -> at.tensor(NORM, "shape", "8")),
                of("1e400", "has the size or offset Infinity", at -> at.tensor(NORM, "shape", "[1e400]")),
                of("a fraction", "has the size or offset 8.0", at -> at.tensor(NORM, "shape", "[8.0]")),
                of(
                        "a size of 60 digits",
                        "Number value length (60)",
                        at -> at.tensor(NORM, "shape", "[" + "9".repeat(60) + "]")),
                of(
                        "2^64",
                        "has the size or offset 18446744073709551616",
                        at -> at.tensor(NORM, "shape", "[18446744073709551616]")),
                of(
                        "2^62 twice",
                        "takes 32 bytes",
                        at -> at.tensor(NORM, "shape", "[4611686018427387904,4611686018427387904]")),
                of(
                        "a product of 2^64 + 8",
                        "takes 32 bytes",
                        at -> at.tensor(NORM, "shape", "[2305843009213693953,8]")),
                of("negative sizes", "has the size or offset -2", at -> at.tensor(NORM, "shape", "[-2,-4]")),
                of(
                        "a text for a size",
                        "has the size or offset of no number",
                        at -> at.tensor(NORM, "shape", "[\"8\"]")),
                of(
                        "1,000 dimensions",
                        "has 1000 dimensions",
                        at -> at.tensor(NORM, "shape", "[" + "1,".repeat(999) + "8]")),
                of("nothing in it", "takes 32 bytes", at -> at.tensor(NORM, "shape", "[0]")),
                of(
                        "another shape",
                        TENSOR + NORM + " has shape [2, 4], the model expects [8]",
                        at -> at.tensor(NORM, "shape", "[2,4]")),
                of(
                        "a transposed shape",
                        TENSOR + EMBEDDING + " has shape [8, 16], the model expects [16, 8]",
                        at -> at.tensor(EMBEDDING, "shape", "[8,16]")),
                of("no offsets", "has no shape or offsets", at -> at.tensor(NORM, t -> t.remove("data_offsets"))),
                of("one offset", "has no shape or offsets", at -> at.tensor(NORM, "data_offsets", "[0]")),
                of("negative offsets", "has the size or offset -32", at -> at.tensor(NORM, "data_offsets", "[-32,0]")),
                of(
                        "swapped offsets",
                        "begins at byte 32 and ends at byte 0",
                        at -> at.tensor(NORM, "data_offsets", "[32,0]")),
                of(
                        "offsets beyond the file",
                        "it was cut short",
                        at -> at.tensor(NORM, "data_offsets", "[9000000000,9000000032]")),
                of(
                        "offsets near 2^63",
                        "it was cut short",
                        at -> at.tensor(NORM, "data_offsets", "[9223372036854775775,9223372036854775807]")),
                of("another's place", ", inside another", at -> at.tensor(NORM, "data_offsets", "[0,32]")),
                of("half of another's place", ", inside another", at -> at.tensor(NORM, "data_offsets", "[16,48]")),
                of("a gap", "belong to no tensor", at -> at.header(header -> header.remove(QUERY))),
                of("one missing", "DIR/model.safetensors lacks the tensor " + NORM, at -> at.remove(NORM)),
                of(
                        "one misnamed",
                        "lacks the tensor " + NORM,
                        at -> at.header(header -> header.set("norm", header.remove(NORM)))),
                of(
                        "one too many",
                        "does not describe: model.layers.1.mlp.bias",
                        at -> at.add("model.layers.1.mlp.bias", "F32", "[1]", new byte[4])));
    }

    @ParameterizedTest
    @MethodSource
    @Timeout(5)
    void tensors(Forged.Change change, String message) throws IOException {
        refused(change, message);
    }

    // ---- the numbers ----

    static Stream<Arguments> numbers() {
        return Stream.of(
                of("NaN", TENSOR + QUERY + " holds NaN at 0", at -> at.number(QUERY, Float.NaN)),
                of(
                        "Inf",
                        TENSOR + EMBEDDING + " holds Infinity at 0",
                        at -> at.number(EMBEDDING, Float.POSITIVE_INFINITY)),
                of("-Inf", TENSOR + NORM + " holds -Infinity at 0", at -> at.number(NORM, Float.NEGATIVE_INFINITY)),
                of("F16 NaN", TENSOR + NORM + " holds NaN at 0", at -> at.retype(NORM, "F16", 1, 0x7c)),
                of("F16 Inf", TENSOR + NORM + " holds Infinity at 0", at -> at.retype(NORM, "F16", 0, 0x7c)),
                of("BF16 NaN", TENSOR + NORM + " holds NaN at 0", at -> at.retype(NORM, "BF16", 0xc0, 0x7f)),
                of("BF16 -Inf", TENSOR + NORM + " holds -Infinity at 0", at -> at.retype(NORM, "BF16", 0x80, 0xff)));
    }

    @ParameterizedTest
    @MethodSource
    @Timeout(5)
    void numbers(Forged.Change change, String message) throws IOException {
        refused(change, message);
    }

    // ---- shards ----

    static Stream<Arguments> indexes() {
        return Stream.of(
                of("no JSON", "DIR/" + INDEX + " is not JSON", at -> at.write(INDEX, "{weight_map")),
                of("empty", "DIR/" + INDEX + " is empty", at -> at.write(INDEX, "")),
                of("an array", "DIR/" + INDEX + " is not a JSON object", at -> at.write(INDEX, "[]")),
                of("a folder", "DIR/" + INDEX + " is not a file", at -> at.folderInPlaceOf(INDEX)),
                of("no weight_map", "has no weight_map", at -> at.json(INDEX, index -> index.remove("weight_map"))),
                of(
                        "an empty weight_map",
                        "has no weight_map",
                        at -> at.json(INDEX, index -> index.putObject("weight_map"))),
                of(
                        "a weight_map that is an array",
                        "has no weight_map",
                        at -> at.json(
                                INDEX, index -> index.putArray("weight_map").add(FIRST))),
                of(
                        "a tensor twice",
                        "is not JSON: Duplicate",
                        at -> at.write(INDEX, "{\"weight_map\":{\"a\":\"" + FIRST + "\",\"a\":\"" + SECOND + "\"}}")),
                of(
                        "a shard that is a number",
                        "names the shard '7'",
                        at -> at.json(
                                INDEX, index -> index.withObject("weight_map").put(NORM, 7))),
                of(
                        "a shard that is an object",
                        "names the shard ''",
                        at -> at.json(
                                INDEX, index -> index.withObject("weight_map").putObject(NORM))),
                of("nesting", "nesting depth (65) exceeds", at -> at.write(INDEX, "{\"weight_map\":".repeat(99_999))),
                of("a missing shard", "names the shard " + SECOND + ", which is not there", at -> at.delete(SECOND)),
                of("a shard that is a folder", "DIR/" + SECOND + " is not a file", at -> at.folderInPlaceOf(SECOND)),
                of("an empty shard", "DIR/" + FIRST + " is not a whole safetensors file", at -> at.write(FIRST, "")),
                of("a shard cut short", "it was cut short", at -> at.cut(SECOND, -4)),
                of("a shard with a damaged header", "DIR/" + SECOND + " is not a whole", at -> at.cut(SECOND, 50)),
                of(
                        "a tensor that its shard lacks",
                        "promises the tensor lm_head.bias in " + FIRST,
                        at -> at.json(
                                INDEX, index -> index.withObject("weight_map").put("lm_head.bias", FIRST))),
                of(
                        "a tensor in another shard",
                        "promises the tensor model.embed_tokens.weight in " + SECOND,
                        at -> at.shard(SECOND)),
                of("a tensor in two shards", " both hold the tensor ", at -> at.write(SECOND, at.bytes(FIRST))),
                of(
                        "a layer that is in no shard",
                        "DIR/" + INDEX + " lacks the tensor model.layers.1.",
                        at -> at.json("config.json", config -> config.put("num_hidden_layers", 2))));
    }

    @ParameterizedTest
    @MethodSource
    @Timeout(5)
    void indexes(Forged.Change change, String message) throws IOException {
        refused(at -> change.to(at.sharded()), message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "../" + FIRST,
                "/etc/passwd",
                "/" + FIRST,
                "x/" + FIRST,
                "./" + FIRST,
                "..\\" + FIRST,
                "C:\\" + FIRST,
                "C:" + FIRST,
                "file:///" + FIRST,
                "a\u0000.safetensors",
                "a\n.safetensors",
                ".safetensors",
                "config.json",
                FIRST + ":stream"
            })
    @Timeout(5)
    void namesOfShards(String name) throws IOException {
        refused(at -> at.sharded().shard(name), "DIR/" + INDEX + " names the shard '");
    }

    // ---- chance ----

    /** Flips a bit, cuts the file or changes a digit of it, 300 times: what comes out loads or is the user's to mend. */
    @ParameterizedTest
    @ValueSource(strings = {WEIGHTS, INDEX, SECOND, "config.json"})
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void whateverHappensToAFileItLoadsOrIsRefused(String file) throws IOException {
        Forged forged = Forged.copyOf(good, folder.resolve("model"));
        int region = file.equals(WEIGHTS) ? 8 + forged.headerLength() : 1200;
        if (file.equals(INDEX) || file.equals(SECOND)) {
            forged.sharded();
        }
        byte[] bytes = forged.bytes(file);
        SplittableRandom random = new SplittableRandom(7);
        int refused = 0;
        for (int i = 0; i < 300; i++) {
            forged.write(file, spoiled(bytes, Math.min(region, bytes.length), random));
            try {
                load(forged.dir());
            } catch (UserError e) {
                assertThat(e.getMessage()).doesNotContainPattern("\\R").hasSizeLessThan(600);
                refused++;
            }
        }
        assertThat(refused).as("of 300").isBetween(150, 300);
    }

    private static byte[] spoiled(byte[] bytes, int region, SplittableRandom random) {
        int at = random.nextInt(region);
        byte[] spoiled = bytes.clone();
        switch (random.nextInt(4)) {
            case 0 -> spoiled = Arrays.copyOf(bytes, at);
            case 1 -> spoiled[at] = (byte) ('0' + random.nextInt(10));
            default -> spoiled[at] ^= (byte) (1 << random.nextInt(8));
        }
        return spoiled;
    }
}

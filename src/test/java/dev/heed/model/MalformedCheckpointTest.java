package dev.heed.model;

import static dev.heed.model.Forged.INDEX;
import static dev.heed.model.Forged.SECOND;
import static dev.heed.model.Forged.WEIGHTS;
import static dev.heed.model.Forged.row;
import static org.assertj.core.api.Assertions.assertThat;

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
        Forged.makeGood(TORCH, good);
    }

    private void refused(Forged.Change change, String message) throws IOException {
        Forged.copyOf(good, folder.resolve("model")).refused(TORCH, change, message);
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
                row("no weights", "no weights in DIR: neither model.safetensors nor", at -> at.delete(WEIGHTS)),
                row(
                        "a pickle",
                        "DIR holds pytorch_model.bin, which Heed does not read, for a pickle can run code",
                        at -> {
                            at.delete(WEIGHTS);
                            at.write("pytorch_model.bin", "PK");
                        }),
                row("a folder", "DIR/model.safetensors is not a file", at -> at.folderInPlaceOf(WEIGHTS)),
                row("empty", DAMAGED + "it is only 0 bytes long", at -> at.write(WEIGHTS, "")),
                row("7 bytes", DAMAGED + "it is only 7 bytes long", at -> at.cut(WEIGHTS, 7)),
                row("8 bytes", DAMAGED + "its header claims 1", at -> at.cut(WEIGHTS, 8)),
                row("cut in the header", DAMAGED + "its header claims 1", at -> at.cut(WEIGHTS, 100)),
                row("cut after the header", "it was cut short", at -> at.cut(WEIGHTS, 8 + at.headerLength())),
                row("cut by a byte", "it was cut short", at -> at.cut(WEIGHTS, -1)),
                row("cut by half of the numbers", "it was cut short", at -> at.cut(WEIGHTS, -1000)),
                row("a byte too many", "belong to no tensor", at -> at.cut(WEIGHTS, at.bytes(WEIGHTS).length + 1)),
                row(
                        "a web page",
                        DAMAGED + "its header claims",
                        at -> at.write(WEIGHTS, "<!DOCTYPE html><html></html>")),
                row(
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
                row("too short by some", "its header is not JSON: ", at -> at.headerLength(at.headerLength() - 40)),
                row("too long by some", "its header is not", at -> at.headerLength(at.headerLength() + 40)),
                row(
                        "no JSON",
                        "its header is not JSON: Unexpected close marker ']': expected '}' (line 1, column 2)",
                        at -> at.header("{]")),
                row(
                        "no UTF-8",
                        "its header is not UTF-8",
                        at -> at.header(new byte[] {'{', '"', -1, '"', ':', '1', '}'})),
                row("UTF-16", "its header is not JSON", at -> at.header(new byte[] {'{', 0, '}', 0})),
                row("spaces", "its header is empty", at -> at.header("    ")),
                row("an array", "its header is not a JSON object", at -> at.header("[1]")),
                row("null", "its header is not a JSON object", at -> at.header("null")),
                row("a number", "its header is not a JSON object", at -> at.header("12345")),
                row("two objects", "its header is not JSON", at -> at.header("{} {}")),
                row("no tensors", "belong to no tensor", at -> at.header("{}")),
                row(
                        "the same name twice",
                        "its header is not JSON: Duplicate",
                        at -> at.header(at.header().toString().replace(QUERY, NORM))),
                row(
                        "the same key twice",
                        "its header is not JSON: Duplicate",
                        at -> at.header(
                                at.header().toString().replaceFirst("\"dtype\"", "\"dtype\":\"F32\",\"dtype\""))),
                row("100,000 brackets", "nesting depth (65) exceeds", at -> at.header("[".repeat(100_000))),
                row("100,000 objects", "nesting depth (65) exceeds", at -> at.header("{\"a\":".repeat(100_000))),
                row(
                        "5,000,000 numbers",
                        "Token count (4000001) exceeds",
                        at -> at.header("{\"a\":[" + "0,".repeat(5_000_000) + "0]}")),
                row("a name of a megabyte", "ame length", at -> at.header("{\"" + "a".repeat(1 << 20) + "\":1}")),
                row("a name of two lines", "the name 'a?b'", at -> at.header("{\"a\\nb\":{}}")),
                row("an empty name", "the name ''", at -> at.header("{\"\":{}}")),
                row("a name that clears the screen", "the name '?[2J'", at -> at.header("{\"\\u001b[2J\":{}}")),
                row(
                        "metadata of numbers",
                        "__metadata__ holds what is not text at a",
                        at -> at.header(
                                header -> header.putObject("__metadata__").put("a", 1))),
                row(
                        "metadata that is an array",
                        "__metadata__ is not a JSON object",
                        at -> at.header(header -> header.putArray("__metadata__"))),
                row("a tensor that is a number", "of type ''", at -> at.header(header -> header.put(NORM, 7))));
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
                row("no type", TENSOR + NORM + " is of type ''", at -> at.tensor(NORM, t -> t.remove("dtype"))),
                row("an unknown type", TENSOR + NORM + " is of type 'F31'", at -> at.tensor(NORM, "dtype", "\"F31\"")),
                row("a lower-case type", "is of type 'f32'", at -> at.tensor(NORM, "dtype", "\"f32\"")),
                row(
                        "an endless type",
                        "is of type 'AAAA",
                        at -> at.tensor(NORM, t -> t.put("dtype", "A".repeat(99999)))),
                row("another type", "of shape [8] takes 32 bytes", at -> at.tensor(NORM, "dtype", "\"F16\"")),
                row("whole numbers", TENSOR + NORM + " is of type I32; F32", at -> at.tensor(NORM, "dtype", "\"I32\"")),
                row("I64", "is of type I64; F32", at -> at.retype(NORM, "I64", 1, 0, 0, 0, 0, 0, 0, 0)),
                row("F64", "is of type F64; F32", at -> at.retype(NORM, "F64", 0, 0, 0, 0, 0, 0, 0, 0)),
                row("F8", "is of type F8_E4M3; F32", at -> at.retype(NORM, "F8_E4M3", 0)),
                row("no shape", "has no shape or offsets", at -> at.tensor(NORM, t -> t.remove("shape"))),
                row("a shape that is a number", "has no shape or offsets", at -> at.tensor(NORM, "shape", "8")),
                row("1e400", "has the size or offset Infinity", at -> at.tensor(NORM, "shape", "[1e400]")),
                row("a fraction", "has the size or offset 8.0", at -> at.tensor(NORM, "shape", "[8.0]")),
                row(
                        "a size of 60 digits",
                        "Number value length (60)",
                        at -> at.tensor(NORM, "shape", "[" + "9".repeat(60) + "]")),
                row(
                        "2^64",
                        "has the size or offset 18446744073709551616",
                        at -> at.tensor(NORM, "shape", "[18446744073709551616]")),
                row(
                        "2^62 twice",
                        "takes 32 bytes",
                        at -> at.tensor(NORM, "shape", "[4611686018427387904,4611686018427387904]")),
                row(
                        "a product of 2^64 + 8",
                        "takes 32 bytes",
                        at -> at.tensor(NORM, "shape", "[2305843009213693953,8]")),
                row("negative sizes", "has the size or offset -2", at -> at.tensor(NORM, "shape", "[-2,-4]")),
                row(
                        "a text for a size",
                        "has the size or offset of no number",
                        at -> at.tensor(NORM, "shape", "[\"8\"]")),
                row(
                        "1,000 dimensions",
                        "has 1000 dimensions",
                        at -> at.tensor(NORM, "shape", "[" + "1,".repeat(999) + "8]")),
                row("nothing in it", "takes 32 bytes", at -> at.tensor(NORM, "shape", "[0]")),
                row(
                        "another shape",
                        TENSOR + NORM + " has shape [2, 4], the model expects [8]",
                        at -> at.tensor(NORM, "shape", "[2,4]")),
                row(
                        "a transposed shape",
                        TENSOR + EMBEDDING + " has shape [8, 16], the model expects [16, 8]",
                        at -> at.tensor(EMBEDDING, "shape", "[8,16]")),
                row("no offsets", "has no shape or offsets", at -> at.tensor(NORM, t -> t.remove("data_offsets"))),
                row("one offset", "has no shape or offsets", at -> at.tensor(NORM, "data_offsets", "[0]")),
                row("negative offsets", "has the size or offset -32", at -> at.tensor(NORM, "data_offsets", "[-32,0]")),
                row(
                        "swapped offsets",
                        "begins at byte 32 and ends at byte 0",
                        at -> at.tensor(NORM, "data_offsets", "[32,0]")),
                row(
                        "offsets beyond the file",
                        "it was cut short",
                        at -> at.tensor(NORM, "data_offsets", "[9000000000,9000000032]")),
                row(
                        "offsets near 2^63",
                        "it was cut short",
                        at -> at.tensor(NORM, "data_offsets", "[9223372036854775775,9223372036854775807]")),
                row("another's place", ", inside another", at -> at.tensor(NORM, "data_offsets", "[0,32]")),
                row("half of another's place", ", inside another", at -> at.tensor(NORM, "data_offsets", "[16,48]")),
                row("a gap", "belong to no tensor", at -> at.header(header -> header.remove(QUERY))),
                row("one missing", "DIR/model.safetensors lacks the tensor " + NORM, at -> at.remove(NORM)),
                row(
                        "one misnamed",
                        "lacks the tensor " + NORM,
                        at -> at.header(header -> header.set("norm", header.remove(NORM)))),
                row(
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
                row("NaN", TENSOR + QUERY + " holds NaN at 0", at -> at.number(QUERY, Float.NaN)),
                row(
                        "Inf",
                        TENSOR + EMBEDDING + " holds Infinity at 0",
                        at -> at.number(EMBEDDING, Float.POSITIVE_INFINITY)),
                row("-Inf", TENSOR + NORM + " holds -Infinity at 0", at -> at.number(NORM, Float.NEGATIVE_INFINITY)),
                row("F16 NaN", TENSOR + NORM + " holds NaN at 0", at -> at.retype(NORM, "F16", 1, 0x7c)),
                row("F16 Inf", TENSOR + NORM + " holds Infinity at 0", at -> at.retype(NORM, "F16", 0, 0x7c)),
                row("BF16 NaN", TENSOR + NORM + " holds NaN at 0", at -> at.retype(NORM, "BF16", 0xc0, 0x7f)),
                row("BF16 -Inf", TENSOR + NORM + " holds -Infinity at 0", at -> at.retype(NORM, "BF16", 0x80, 0xff)));
    }

    @ParameterizedTest
    @MethodSource
    @Timeout(5)
    void numbers(Forged.Change change, String message) throws IOException {
        refused(change, message);
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
                forged.load(TORCH);
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

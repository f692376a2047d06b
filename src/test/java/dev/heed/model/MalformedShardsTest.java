package dev.heed.model;

import static dev.heed.model.Forged.FIRST;
import static dev.heed.model.Forged.INDEX;
import static dev.heed.model.Forged.SECOND;
import static dev.heed.model.Forged.row;

import dev.heed.tensor.Precision;
import dev.heed.tensor.Torch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models in several files whose index lies about them, or leads out of the folder: each is refused in one line. */
class MalformedShardsTest {
    private static final Torch TORCH = Torch.start(2, Precision.FP32);
    private static final String NORM = "model.norm.weight";

    @TempDir
    static Path good;

    @TempDir
    Path folder;

    @BeforeAll
    static void makeAModel() {
        Forged.makeGood(TORCH, good);
    }

    private void refused(Forged.Change change, String message) throws IOException {
        Forged.copyOf(good, folder.resolve("model")).refused(TORCH, at -> change.to(at.sharded()), message);
    }

    static Stream<Arguments> indexes() {
        return Stream.of(
                row("no JSON", "DIR/" + INDEX + " is not JSON", at -> at.write(INDEX, "{weight_map")),
                row("empty", "DIR/" + INDEX + " is empty", at -> at.write(INDEX, "")),
                row("an array", "DIR/" + INDEX + " is not a JSON object", at -> at.write(INDEX, "[]")),
                row("a folder", "DIR/" + INDEX + " is not a file", at -> at.folderInPlaceOf(INDEX)),
                row("no weight_map", "has no weight_map", at -> at.json(INDEX, index -> index.remove("weight_map"))),
                row(
                        "an empty weight_map",
                        "has no weight_map",
                        at -> at.json(INDEX, index -> index.putObject("weight_map"))),
                row(
                        "a weight_map that is an array",
                        "has no weight_map",
                        at -> at.json(
                                INDEX, index -> index.putArray("weight_map").add(FIRST))),
                row(
                        "a tensor twice",
                        "is not JSON: Duplicate",
                        at -> at.write(INDEX, "{\"weight_map\":{\"a\":\"" + FIRST + "\",\"a\":\"" + SECOND + "\"}}")),
                row(
                        "a shard that is a number",
                        "names the shard '7'",
                        at -> at.json(
                                INDEX, index -> index.withObject("weight_map").put(NORM, 7))),
                row(
                        "a shard that is an object",
                        "names the shard ''",
                        at -> at.json(
                                INDEX, index -> index.withObject("weight_map").putObject(NORM))),
                row("nesting", "nesting depth (65) exceeds", at -> at.write(INDEX, "{\"weight_map\":".repeat(99_999))),
                row("a missing shard", "names the shard " + SECOND + ", which is not there", at -> at.delete(SECOND)),
                row("a shard that is a folder", "DIR/" + SECOND + " is not a file", at -> at.folderInPlaceOf(SECOND)),
                row("an empty shard", "DIR/" + FIRST + " is not a whole safetensors file", at -> at.write(FIRST, "")),
                row("a shard cut short", "it was cut short", at -> at.cut(SECOND, -4)),
                row("a shard with a damaged header", "DIR/" + SECOND + " is not a whole", at -> at.cut(SECOND, 50)),
                row(
                        "a tensor that its shard lacks",
                        "promises the tensor lm_head.bias in " + FIRST,
                        at -> at.json(
                                INDEX, index -> index.withObject("weight_map").put("lm_head.bias", FIRST))),
                row(
                        "a tensor in another shard",
                        "promises the tensor model.embed_tokens.weight in " + SECOND,
                        at -> at.shard(SECOND)),
                row("a tensor in two shards", " both hold the tensor ", at -> at.write(SECOND, at.bytes(FIRST))),
                row(
                        "a layer that is in no shard",
                        "DIR/" + INDEX + " lacks the tensor model.layers.1.",
                        at -> at.json("config.json", config -> config.put("num_hidden_layers", 2))));
    }

    @ParameterizedTest
    @MethodSource
    @Timeout(5)
    void indexes(Forged.Change change, String message) throws IOException {
        refused(change, message);
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
        refused(at -> at.shard(name), "DIR/" + INDEX + " names the shard '");
    }
}

package dev.heed.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.run.UserError;
import dev.heed.tensor.Torch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.provider.Arguments;

/** A copy of a good model's folder, for a test to spoil. */
record Forged(Path dir) {
    static final String WEIGHTS = "model.safetensors";
    static final String INDEX = "model.safetensors.index.json";
    static final String FIRST = "model-00001-of-00002.safetensors";
    static final String SECOND = "model-00002-of-00002.safetensors";
    private static final String METADATA = "__metadata__";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What a test does to it. */
    interface Change {
        void to(Forged folder) throws IOException;
    }

    /** A row of a table of changes. */
    static Arguments row(String name, String message, Change change) {
        return Arguments.of(Named.of(name, change), message);
    }

    /** A model of one layer: V 16, C 8, two heads over one of keys and values, untied. */
    static void makeGood(Torch torch, Path dir) {
        ModelConfig config = ModelConfig.llama(16, 8, 1, 2, 1, 8, 16, 10000, 1e-6, false, 0, 1, 2);
        try (Transformer model = Transformer.create(torch, config, Head.LANGUAGE, 1)) {
            model.save(dir);
        }
    }

    static Forged copyOf(Path good, Path dir) throws IOException {
        Files.createDirectories(dir);
        try (Stream<Path> files = Files.list(good)) {
            for (Path file : files.toList()) {
                Files.copy(file, dir.resolve(file.getFileName()));
            }
        }
        return new Forged(dir);
    }

    void load(Torch torch) {
        Transformer.load(torch, dir, Head.LANGUAGE).close();
    }

    /**
     * Expects that the folder loads no more after a change.
     *
     * @param message a part of the only line; in it, DIR stands for the folder
     */
    void refused(Torch torch, Change change, String message) throws IOException {
        change.to(this);
        assertThatThrownBy(() -> load(torch)).isInstanceOf(UserError.class).satisfies(error -> assertThat(
                        error.getMessage())
                .contains(dir.toString(), message.replace("DIR", dir.toString()))
                .doesNotContainPattern("\\R")
                .hasSizeLessThan(600));
    }

    byte[] bytes(String file) throws IOException {
        return Files.readAllBytes(dir.resolve(file));
    }

    void write(String file, byte... bytes) throws IOException {
        Files.write(dir.resolve(file), bytes);
    }

    void write(String file, String text) throws IOException {
        Files.writeString(dir.resolve(file), text);
    }

    void delete(String file) throws IOException {
        Files.delete(dir.resolve(file));
    }

    void cut(String file, int length) throws IOException {
        byte[] bytes = bytes(file);
        write(file, Arrays.copyOf(bytes, length < 0 ? bytes.length + length : length));
    }

    void folderInPlaceOf(String file) throws IOException {
        Files.deleteIfExists(dir.resolve(file));
        Files.createDirectory(dir.resolve(file));
    }

    /** Changes a JSON file's object. */
    void json(String file, Consumer<ObjectNode> change) throws IOException {
        ObjectNode root = (ObjectNode) JSON.readTree(bytes(file));
        change.accept(root);
        write(file, root.toString());
    }

    // ---- weights ----

    /** Claims another length of the header. */
    void headerLength(long length) throws IOException {
        byte[] bytes = bytes(WEIGHTS);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
        write(WEIGHTS, bytes);
    }

    int headerLength() throws IOException {
        return (int)
                ByteBuffer.wrap(bytes(WEIGHTS)).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    ObjectNode header() throws IOException {
        return (ObjectNode) JSON.readTree(Arrays.copyOfRange(bytes(WEIGHTS), 8, 8 + headerLength()));
    }

    /** Puts another header before the same numbers. */
    void header(byte[] text) throws IOException {
        weights(WEIGHTS, text, numbers());
    }

    void header(String text) throws IOException {
        header(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Changes the header before the same numbers. */
    void header(Consumer<ObjectNode> change) throws IOException {
        ObjectNode header = header();
        change.accept(header);
        header(header.toString());
    }

    /** Changes one tensor of the header. */
    void tensor(String name, Consumer<ObjectNode> change) throws IOException {
        header(header -> change.accept((ObjectNode) header.path(name)));
    }

    /** Puts a JSON text in the place of what the header says of a tensor. */
    void tensor(String name, String key, String json) throws IOException {
        header(header().toString()
                .replaceFirst("(\"" + name + "\":\\{[^}]*\"" + key + "\":)(\"\\w+\"|\\[[^]]*])", "$1" + json));
    }

    private byte[] numbers() throws IOException {
        byte[] bytes = bytes(WEIGHTS);
        return Arrays.copyOfRange(bytes, 8 + headerLength(), bytes.length);
    }

    private void weights(String file, byte[] header, byte[] numbers) throws IOException {
        ByteBuffer bytes =
                ByteBuffer.allocate(8 + header.length + numbers.length).order(ByteOrder.LITTLE_ENDIAN);
        write(file, bytes.putLong(header.length).put(header).put(numbers).array());
    }

    private static int offset(ObjectNode header, String tensor, int end) {
        return header.path(tensor).path("data_offsets").path(end).asInt();
    }

    /** Changes the first number of a tensor. */
    void number(String tensor, float value) throws IOException {
        byte[] numbers = numbers();
        ByteBuffer.wrap(numbers).order(ByteOrder.LITTLE_ENDIAN).putFloat(offset(header(), tensor, 0), value);
        weights(WEIGHTS, header().toString().getBytes(StandardCharsets.UTF_8), numbers);
    }

    /** Adds a tensor behind the others. */
    void add(String name, String type, String shape, byte... numbers) throws IOException {
        byte[] before = numbers();
        ObjectNode header = header();
        ObjectNode tensor = header.putObject(name).put("dtype", type);
        tensor.set("shape", JSON.readTree(shape));
        tensor.putArray("data_offsets").add(before.length).add(before.length + numbers.length);
        byte[] after = Arrays.copyOf(before, before.length + numbers.length);
        System.arraycopy(numbers, 0, after, before.length, numbers.length);
        weights(WEIGHTS, header.toString().getBytes(StandardCharsets.UTF_8), after);
    }

    /** Takes a tensor out and puts it behind the others in another type, each of its numbers being these bytes. */
    void retype(String name, String type, int... number) throws IOException {
        ObjectNode header = header();
        String shape = header.path(name).path("shape").toString();
        int count = (offset(header, name, 1) - offset(header, name, 0)) / Float.BYTES;
        remove(name);
        byte[] numbers = new byte[count * number.length];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (byte) number[i % number.length];
        }
        add(name, type, shape, numbers);
    }

    void remove(String name) throws IOException {
        Files.write(dir.resolve("rest"), part(header(), tensor -> !tensor.equals(name)));
        Files.move(dir.resolve("rest"), dir.resolve(WEIGHTS), StandardCopyOption.REPLACE_EXISTING);
    }

    /** The file with some of the tensors only. */
    private byte[] part(ObjectNode header, Predicate<String> which) throws IOException {
        byte[] numbers = numbers();
        ObjectNode kept = JSON.createObjectNode();
        ByteBuffer data = ByteBuffer.allocate(numbers.length);
        for (String name : names(header)) {
            if (which.test(name)) {
                ObjectNode tensor = header.path(name).deepCopy();
                int from = offset(header, name, 0);
                int to = offset(header, name, 1);
                tensor.putArray("data_offsets").add(data.position()).add(data.position() + to - from);
                data.put(numbers, from, to - from);
                kept.set(name, tensor);
            }
        }
        byte[] text = kept.toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes =
                ByteBuffer.allocate(8 + text.length + data.position()).order(ByteOrder.LITTLE_ENDIAN);
        return bytes.putLong(text.length).put(text).put(data.flip()).array();
    }

    private static List<String> names(ObjectNode header) {
        return header.properties().stream()
                .map(Map.Entry::getKey)
                .filter(name -> !name.equals(METADATA))
                .toList();
    }

    // ---- shards ----

    /** Splits the one file into two shards and an index. */
    Forged sharded() throws IOException {
        ObjectNode header = header();
        List<String> names = names(header);
        List<String> first = names.subList(0, names.size() / 2);
        write(FIRST, part(header, first::contains));
        write(SECOND, part(header, name -> !first.contains(name)));
        ObjectNode index = JSON.createObjectNode();
        index.putObject("metadata").put("total_size", numbers().length);
        ObjectNode map = index.putObject("weight_map");
        names.forEach(name -> map.put(name, first.contains(name) ? FIRST : SECOND));
        write(INDEX, index.toString());
        delete(WEIGHTS);
        return this;
    }

    /** Names another shard in the index for the first tensor. */
    void shard(String name) throws IOException {
        json(INDEX, index -> {
            ObjectNode map = (ObjectNode) index.path("weight_map");
            map.put(map.fieldNames().next(), name);
        });
    }
}

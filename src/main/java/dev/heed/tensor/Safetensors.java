package dev.heed.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.heed.run.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A file of named tensors in the safetensors format: 8 bytes of header length, a JSON header, raw little-endian numbers.
 * Everything the header says is checked against the file's size when it is opened, so a damaged file is refused before
 * any of it reaches native code. Numbers are read from a map of the file into memory of Java's, never by libtorch: a file
 * that is cut short meanwhile ends in an error, not in the end of the process.
 */
public final class Safetensors implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;
    private final Scratch scratch;
    private final Map<String, SavedTensor> tensors = new LinkedHashMap<>();
    private final Map<String, String> metadata;

    private Safetensors(Path file, FileChannel channel, Scratch scratch) throws IOException {
        this.file = file;
        this.channel = channel;
        this.scratch = scratch;
        SafetensorsHeader header = new SafetensorsHeader(file, channel);
        metadata = Collections.unmodifiableMap(header.metadata());
        header.tensors()
                .forEach((name, entry) ->
                        tensors.put(name, new SavedTensor(this, name, entry, header.data() + entry.from())));
    }

    /**
     * Opens a file and checks its header.
     *
     * @throws UserError if the file is absent, cut short or not of this format
     */
    public static Safetensors open(Path file) {
        return open(file, new Scratch());
    }

    static Safetensors open(Path file, Scratch scratch) {
        if (!Files.isRegularFile(file)) {
            throw new UserError(
                    Files.exists(file) ? "%s is not a file".formatted(file) : "no weights file %s".formatted(file));
        }
        FileChannel channel = null;
        boolean opened = false;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ);
            Safetensors safetensors = new Safetensors(file, channel, scratch);
            opened = true;
            return safetensors;
        } catch (IOException e) {
            throw new UserError("cannot read %s: %s".formatted(file, e.getMessage()), e);
        } finally {
            if (!opened && channel != null) {
                closeQuietly(channel);
            }
        }
    }

    private static void closeQuietly(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path path() {
        return file;
    }

    Scratch scratch() {
        return scratch;
    }

    /** In the order of the header. */
    public Set<String> names() {
        return Collections.unmodifiableSet(tensors.keySet());
    }

    public Map<String, String> metadata() {
        return metadata;
    }

    /** @throws UserError if there is no tensor of that name */
    public SavedTensor expect(String name) {
        SavedTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new UserError("%s lacks the tensor %s".formatted(file, name));
        }
        return tensor;
    }

    /**
     * The tensor of that name and shape, of a type that comes out as float32.
     *
     * @throws UserError if there is none
     */
    public SavedTensor expect(String name, Shape shape) {
        SavedTensor tensor = expect(name);
        if (!Arrays.equals(tensor.shape(), shape.getShape())) {
            throw new UserError("%s: tensor %s has shape %s, the model expects %s"
                    .formatted(file, name, Arrays.toString(tensor.shape()), Arrays.toString(shape.getShape())));
        }
        if (!tensor.type().isRead()) {
            throw tensor.unread();
        }
        return tensor;
    }

    /**
     * Maps a part of the file for as long as it is used.
     *
     * @throws UserError if the file has become shorter since it was opened
     */
    void read(long from, long bytes, Consumer<ByteBuffer> use) {
        try {
            use.accept(channel.map(FileChannel.MapMode.READ_ONLY, from, bytes).order(ByteOrder.LITTLE_ENDIAN));
        } catch (IOException | InternalError e) { // the latter is what Java makes of a page that is gone
            throw new UserError("cannot read %s: it was changed meanwhile (%s)".formatted(file, e.getMessage()), e);
        }
    }

    @Override
    public void close() {
        closeQuietly(channel);
    }

    /** Writes float32 arrays; the file appears whole or not at all. */
    public static void write(Path file, Map<String, NDArray> arrays) {
        write(file, arrays, Map.of("format", "pt")); // the one key that transformers asks for
    }

    static void write(Path file, Map<String, NDArray> arrays, Map<String, String> metadata) {
        new SafetensorsWriter(arrays, metadata).write(file);
    }
}

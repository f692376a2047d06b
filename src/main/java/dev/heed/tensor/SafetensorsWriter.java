package dev.heed.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.run.UserError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;

/** Writes float32 arrays as a safetensors file, a piece at a time: Java's heap never holds a whole tensor. */
final class SafetensorsWriter {
    private final Map<String, NDArray> arrays;
    private final Map<String, String> metadata;
    private final ByteBuffer piece;

    SafetensorsWriter(Map<String, NDArray> arrays, Map<String, String> metadata) {
        this.arrays = arrays;
        this.metadata = metadata;
        long largest = arrays.values().stream().mapToLong(NDArray::size).max().orElse(0);
        piece = ByteBuffer.allocate((int) Math.min(largest, Scratch.NUMBERS) * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Writes the file beside its place and moves it there when it is on the disk.
     *
     * @throws UserError if it cannot be written
     */
    void write(Path file) {
        Path whole = file.toAbsolutePath();
        Path part = whole.resolveSibling(whole.getFileName() + ".part");
        try {
            Files.createDirectories(whole.getParent());
            try (FileChannel channel = FileChannel.open(
                    part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
                writeAll(channel, header());
                for (NDArray array : arrays.values()) {
                    write(channel, array);
                }
                channel.force(true);
            }
            Files.move(part, whole, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UserError("cannot write %s: %s".formatted(file, e), e);
        }
    }

    private ByteBuffer header() {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        ObjectNode about = root.putObject(SafetensorsHeader.METADATA);
        metadata.forEach(about::put);
        long at = 0;
        for (Map.Entry<String, NDArray> entry : arrays.entrySet()) {
            ObjectNode tensor = root.putObject(entry.getKey());
            tensor.put("dtype", "F32");
            Arrays.stream(entry.getValue().getShape().getShape()).forEach(tensor.withArray("shape")::add);
            long end = at + entry.getValue().size() * Float.BYTES;
            tensor.putArray("data_offsets").add(at).add(end);
            at = end;
        }
        byte[] text = root.toString().getBytes(StandardCharsets.UTF_8);
        int padded = (text.length + 7) / 8 * 8; // the format aligns the data to 8 bytes with spaces
        ByteBuffer bytes = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(padded).put(text);
        while (bytes.hasRemaining()) {
            bytes.put((byte) ' ');
        }
        return bytes.flip();
    }

    /** Takes an array apart, along its first dimension, until it is small enough to be written at once. */
    private void write(FileChannel channel, NDArray array) throws IOException {
        if (array.size() <= Scratch.NUMBERS) {
            writePiece(channel, array);
            return;
        }
        long rows = array.getShape().get(0);
        if (rows == 1) {
            try (NDArray row = array.squeeze(0)) {
                write(channel, row);
            }
            return;
        }
        long step = Math.max(1, Scratch.NUMBERS / (array.size() / rows));
        for (long row = 0; row < rows; row += step) {
            try (NDArray part = array.get(new NDIndex("{}:{}", row, Math.min(rows, row + step)))) {
                write(channel, part);
            }
        }
    }

    private void writePiece(FileChannel channel, NDArray array) throws IOException {
        try (NDManager scope = array.getManager().newSubManager()) {
            NDArray own = array.duplicate(); // in one piece: of what is not, DJL leaves a copy with the manager
            own.attach(scope);
            piece.clear();
            piece.asFloatBuffer().put(own.toFloatArray());
            writeAll(channel, piece.limit((int) array.size() * Float.BYTES));
        }
    }

    private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}

package dev.heed.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.run.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A file of named tensors in the safetensors format: 8 bytes of header length, a JSON header, raw little-endian numbers.
 * Everything the header says is checked against the file's size when it is opened, so a damaged file is refused before
 * any of it reaches native code.
 */
public final class Safetensors implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String METADATA = "__metadata__";
    private static final long LARGEST_HEADER = 100L << 20; // the limit of the format's own reader

    private final Path file;
    private final FileChannel channel;
    private final Map<String, Tensor> tensors;
    private final Map<String, String> metadata;

    /** The number formats that are read; floats come out as float32. */
    public enum Type {
        F32(4),
        F16(2),
        BF16(2),
        I64(8);

        private final int bytes;

        Type(int bytes) {
            this.bytes = bytes;
        }
    }

    /** One tensor of the file, read when asked for. */
    public final class Tensor {
        private final String name;
        private final Type type;
        private final long[] shape;
        private final long from;

        private Tensor(String name, Type type, long[] shape, long from) {
            this.name = name;
            this.type = type;
            this.shape = shape;
            this.from = from;
        }

        public Type type() {
            return type;
        }

        public long[] shape() {
            return shape.clone();
        }

        /** How many numbers. */
        public int size() {
            return (int) product(shape);
        }

        /** The numbers in row-major order. */
        public float[] floats() {
            ByteBuffer bytes = bytes();
            float[] values = new float[size()];
            switch (type) {
                case F32 -> bytes.asFloatBuffer().get(values);
                case BF16 -> fill(values, () -> Float.intBitsToFloat(bytes.getShort() << 16));
                case F16 -> fill(values, () -> half(bytes.getShort()));
                case I64 -> throw new UserError("%s: tensor %s holds integers, expected floats".formatted(file, name));
            }
            return values;
        }

        /** The numbers in row-major order, of type I64. */
        public long[] longs() {
            if (type != Type.I64) {
                throw new UserError("%s: tensor %s is %s, expected I64".formatted(file, name, type));
            }
            LongBuffer longs = bytes().asLongBuffer();
            long[] values = new long[size()];
            longs.get(values);
            return values;
        }

        /** Copies the numbers into an array of this shape. */
        public void into(Torch torch, NDArray array) {
            try (NDArray values = torch.manager().create(floats(), array.getShape())) {
                torch.kernels().assign(array, values);
            }
        }

        private ByteBuffer bytes() {
            try {
                return channel.map(FileChannel.MapMode.READ_ONLY, from, (long) size() * type.bytes)
                        .order(ByteOrder.LITTLE_ENDIAN);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private interface Next {
        float get();
    }

    private static void fill(float[] values, Next next) {
        for (int i = 0; i < values.length; i++) {
            values[i] = next.get();
        }
    }

    private Safetensors(Path file, FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        this.tensors = new LinkedHashMap<>();
        this.metadata = new LinkedHashMap<>();
        long length = channel.size();
        long header = headerLength(length);
        JsonNode root = header(header);
        for (Map.Entry<String, JsonNode> field : root.properties()) {
            if (field.getKey().equals(METADATA)) {
                field.getValue()
                        .properties()
                        .forEach(e -> metadata.put(e.getKey(), e.getValue().asText()));
            } else {
                tensors.put(field.getKey(), tensor(field.getKey(), field.getValue(), 8 + header, length));
            }
        }
    }

    /**
     * Opens a file and checks its header.
     *
     * @throws UserError if the file is absent, cut short or not of this format
     */
    public static Safetensors open(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new UserError("no weights file %s".formatted(file));
        }
        FileChannel channel = null;
        boolean opened = false;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ);
            Safetensors safetensors = new Safetensors(file, channel);
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

    public Set<String> names() {
        return tensors.keySet();
    }

    public Map<String, String> metadata() {
        return metadata;
    }

    public Tensor expect(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new UserError("%s lacks the tensor %s".formatted(file, name));
        }
        return tensor;
    }

    /** The tensor of that name and shape. */
    public Tensor expect(String name, Shape shape) {
        Tensor tensor = expect(name);
        if (!Arrays.equals(tensor.shape, shape.getShape())) {
            throw new UserError("%s: tensor %s has shape %s, the model expects %s"
                    .formatted(file, name, Arrays.toString(tensor.shape), Arrays.toString(shape.getShape())));
        }
        if (tensor.type == Type.I64) {
            throw new UserError("%s: tensor %s holds integers, the model expects floats".formatted(file, name));
        }
        return tensor;
    }

    @Override
    public void close() {
        closeQuietly(channel);
    }

    // ---- the header ----

    private long headerLength(long length) throws IOException {
        ByteBuffer start = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        while (start.hasRemaining() && channel.read(start, start.position()) >= 0) {}
        if (start.hasRemaining()) {
            throw damaged("it is only %d bytes long".formatted(length));
        }
        long header = start.getLong(0);
        if (header < 2 || header > LARGEST_HEADER || header > length - 8) {
            throw damaged("its header claims %s bytes of %d".formatted(Long.toUnsignedString(header), length));
        }
        return header;
    }

    private JsonNode header(long size) throws IOException {
        ByteBuffer text = ByteBuffer.allocate((int) size);
        while (text.hasRemaining() && channel.read(text, 8 + text.position()) >= 0) {}
        try {
            JsonNode root = JSON.readTree(new String(text.array(), StandardCharsets.UTF_8));
            if (root == null || !root.isObject()) {
                throw damaged("its header is not a JSON object");
            }
            return root;
        } catch (JsonProcessingException e) {
            throw damaged("its header is not JSON");
        }
    }

    private Tensor tensor(String name, JsonNode node, long data, long length) {
        Type type = type(name, node.path("dtype").asText());
        JsonNode dimensions = node.path("shape");
        long[] shape = new long[dimensions.size()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = natural(name, dimensions.get(i));
        }
        JsonNode offsets = node.path("data_offsets");
        if (!dimensions.isArray() || offsets.size() != 2) {
            throw damaged("tensor %s has no shape or offsets".formatted(name));
        }
        long from = natural(name, offsets.get(0));
        long to = natural(name, offsets.get(1));
        if (to < from || to > length - data) {
            throw damaged("tensor %s ends at byte %d of %d; it was cut short".formatted(name, to, length - data));
        }
        long size = product(shape);
        if (size < 0 || size * type.bytes != to - from) {
            throw damaged("tensor %s of shape %s takes %d bytes".formatted(name, Arrays.toString(shape), to - from));
        }
        return new Tensor(name, type, shape, data + from);
    }

    private Type type(String name, String dtype) {
        try {
            return Type.valueOf(dtype);
        } catch (IllegalArgumentException e) {
            throw new UserError(
                    "%s: tensor %s is of type %s; F32, F16, BF16 and I64 are read".formatted(file, name, dtype), e);
        }
    }

    private long natural(String name, JsonNode node) {
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.asLong() < 0) {
            throw damaged("tensor %s has the size or offset %s".formatted(name, node));
        }
        return node.asLong();
    }

    /** The product, or −1 where it is no array's size. */
    private static long product(long[] shape) {
        long product = 1;
        for (long dimension : shape) {
            if (dimension != 0 && product > Integer.MAX_VALUE / dimension) {
                return -1;
            }
            product *= dimension;
        }
        return product;
    }

    private UserError damaged(String how) {
        return new UserError("%s is not a whole safetensors file: %s".formatted(file, how));
    }

    private static float half(short bits) {
        int exponent = (bits >> 10) & 0x1f;
        int fraction = bits & 0x3ff;
        float magnitude =
                switch (exponent) {
                    case 0 -> fraction * 0x1p-24f;
                    case 31 -> fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
                    default -> Float.intBitsToFloat(((exponent + 112) << 23) | (fraction << 13));
                };
        return bits < 0 ? -magnitude : magnitude;
    }

    // ---- writing ----

    /** Writes float32 arrays; the file appears whole or not at all. */
    public static void write(Path file, Map<String, NDArray> arrays) {
        write(file, arrays, Map.of("format", "pt")); // the one key that transformers asks for
    }

    static void write(Path file, Map<String, NDArray> arrays, Map<String, String> metadata) {
        Path whole = file.toAbsolutePath();
        Path part = whole.resolveSibling(whole.getFileName() + ".part");
        try {
            Files.createDirectories(whole.getParent());
            try (FileChannel channel = FileChannel.open(
                    part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
                writeAll(channel, header(arrays, metadata));
                for (NDArray array : arrays.values()) {
                    writeAll(channel, littleEndian(array));
                }
                channel.force(true);
            }
            Files.move(part, whole, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UserError("cannot write %s: %s".formatted(file, e), e);
        }
    }

    private static ByteBuffer header(Map<String, NDArray> arrays, Map<String, String> metadata) {
        ObjectNode root = JSON.createObjectNode();
        ObjectNode about = root.putObject(METADATA);
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

    private static ByteBuffer littleEndian(NDArray array) {
        float[] values = array.toFloatArray();
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(FloatBuffer.wrap(values));
        return bytes;
    }

    private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}

package dev.heed.tensor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.run.UntrustedJson;
import dev.heed.run.UserError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What stands before the numbers of a safetensors file, believed only as far as the file's own size bears it out: each
 * tensor lies within the file, takes as many bytes as its shape and type say, and together they cover it without a gap or
 * an overlap, as the format demands.
 */
final class SafetensorsHeader {
    static final String METADATA = "__metadata__";
    private static final long LONGEST = 100L << 20; // the limit of the format's own reader
    private static final int MOST_DIMENSIONS = 8;
    private static final int SHOWN = 40;

    private final Path file;
    private final long data;
    private final long length;
    private final Map<String, Entry> tensors = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    /**
     * Where a tensor lies.
     *
     * @param from first byte, counted from the end of the header
     * @param to byte after the last
     */
    record Entry(SavedTensor.Type type, long[] shape, long from, long to) {
        /** How many numbers. */
        long size() {
            return (to - from) / type.bytes();
        }
    }

    /** @throws UserError if the header is damaged or does not fit the file */
    SafetensorsHeader(Path file, FileChannel channel) throws IOException {
        this.file = file;
        long whole = channel.size();
        long header = headerLength(channel, whole);
        data = Long.BYTES + header;
        length = whole - data;
        ByteBuffer text = ByteBuffer.allocate((int) header);
        fill(text, channel, Long.BYTES);
        ObjectNode root = UntrustedJson.object(damage("its header"), text.array());
        root.properties().forEach(field -> {
            if (field.getKey().equals(METADATA)) {
                readMetadata(field.getValue());
            } else {
                tensors.put(checked(field.getKey()), entry(field.getKey(), field.getValue()));
            }
        });
        expectCovered();
    }

    /** By name, in the order of the header. */
    Map<String, Entry> tensors() {
        return tensors;
    }

    Map<String, String> metadata() {
        return metadata;
    }

    /** Where in the file the numbers begin. */
    long data() {
        return data;
    }

    private long headerLength(FileChannel channel, long whole) throws IOException {
        ByteBuffer start = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        fill(start, channel, 0);
        if (start.hasRemaining()) {
            throw damaged("it is only %d bytes long".formatted(whole));
        }
        long header = start.getLong(0);
        if (header < 2 || header > LONGEST || header > whole - Long.BYTES) {
            throw damaged("its header claims %s bytes of %d".formatted(Long.toUnsignedString(header), whole));
        }
        return header;
    }

    private static void fill(ByteBuffer bytes, FileChannel channel, long from) throws IOException {
        while (bytes.hasRemaining() && channel.read(bytes, from + bytes.position()) >= 0) {}
    }

    private void readMetadata(JsonNode node) {
        if (!node.isObject()) {
            throw damaged("its %s is not a JSON object".formatted(METADATA));
        }
        node.properties().forEach(entry -> {
            if (!entry.getValue().isTextual()) {
                throw damaged("its %s holds what is not text at %s"
                        .formatted(METADATA, UntrustedJson.shown(entry.getKey(), SHOWN)));
            }
            metadata.put(entry.getKey(), entry.getValue().asText());
        });
    }

    /** The name, which from here on may stand in messages. */
    private String checked(String name) {
        if (name.isEmpty() || !name.equals(UntrustedJson.shown(name, name.length()))) {
            throw damaged("it holds a tensor with the name '%s'".formatted(UntrustedJson.shown(name, SHOWN)));
        }
        return name;
    }

    private Entry entry(String name, JsonNode node) {
        SavedTensor.Type type = type(name, node.path("dtype").asText());
        JsonNode dimensions = node.path("shape");
        JsonNode offsets = node.path("data_offsets");
        if (!dimensions.isArray() || !offsets.isArray() || offsets.size() != 2) {
            throw damaged("tensor %s has no shape or offsets".formatted(name));
        }
        if (dimensions.size() > MOST_DIMENSIONS) {
            throw damaged("tensor %s has %d dimensions".formatted(name, dimensions.size()));
        }
        long[] shape = new long[dimensions.size()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = natural(name, dimensions.get(i));
        }
        long from = natural(name, offsets.get(0));
        long to = natural(name, offsets.get(1));
        if (to < from) {
            throw damaged("tensor %s begins at byte %d and ends at byte %d".formatted(name, from, to));
        }
        if (to > length) {
            throw damaged("tensor %s ends at byte %d of %d; it was cut short".formatted(name, to, length));
        }
        if (bytes(type, shape) != to - from) {
            throw damaged("tensor %s of shape %s takes %d bytes".formatted(name, Arrays.toString(shape), to - from));
        }
        return new Entry(type, shape, from, to);
    }

    private SavedTensor.Type type(String name, String dtype) {
        try {
            return SavedTensor.Type.valueOf(dtype);
        } catch (IllegalArgumentException e) {
            throw new UserError(
                    "%s: tensor %s is of type %s; F32, F16 and BF16 are read"
                            .formatted(file, name, UntrustedJson.shown("'" + dtype + "'", SHOWN)),
                    e);
        }
    }

    private long natural(String name, JsonNode node) {
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.asLong() < 0) {
            throw damaged("tensor %s has the size or offset %s"
                    .formatted(name, UntrustedJson.shown(node.isNumber() ? node.asText() : "of no number", SHOWN)));
        }
        return node.asLong();
    }

    /** How many bytes an array takes, or −1 where no file is as long. */
    private static long bytes(SavedTensor.Type type, long[] shape) {
        long bytes = type.bytes();
        for (long dimension : shape) {
            if (dimension != 0 && bytes > Long.MAX_VALUE / dimension) {
                return -1;
            }
            bytes *= dimension;
        }
        return bytes;
    }

    private void expectCovered() {
        List<Map.Entry<String, Entry>> inOrder = tensors.entrySet().stream()
                .sorted(Comparator.comparingLong((Map.Entry<String, Entry> e) -> e.getValue().from)
                        .thenComparingLong(e -> e.getValue().to))
                .toList();
        long at = 0;
        for (Map.Entry<String, Entry> next : inOrder) {
            long from = next.getValue().from;
            if (from < at) {
                throw damaged("tensor %s begins at byte %d, inside another".formatted(next.getKey(), from));
            }
            if (from > at) {
                throw damaged("bytes %d to %d belong to no tensor".formatted(at, from));
            }
            at = next.getValue().to;
        }
        if (at < length) {
            throw damaged("bytes %d to %d belong to no tensor".formatted(at, length));
        }
    }

    private UserError damaged(String how) {
        return new UserError(damage(how));
    }

    private String damage(String how) {
        return "%s is not a whole safetensors file: %s".formatted(file, how);
    }
}

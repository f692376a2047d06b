package dev.heed.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A case of the golden vectors: numbers that the Python peers computed. */
record Golden(JsonNode config, JsonNode header, ByteBuffer tensors, double rtol, double atol, String name) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** All cases of an op; skips the test where the vectors are not there. */
    static List<Golden> all(String op) {
        Path root = Path.of(System.getProperty("heed.golden", "../shared/golden"));
        Assumptions.assumeTrue(Files.isDirectory(root), () -> "no golden vectors at " + root + " (-Dheed.golden=DIR)");
        try (Stream<Path> files = Files.walk(root)) {
            List<Golden> cases = files.filter(f -> f.endsWith("case.json"))
                    .sorted()
                    .map(Path::getParent)
                    .filter(folder -> read(folder.resolve("case.json"))
                            .path("op")
                            .asText()
                            .equals(op))
                    .map(Golden::of)
                    .toList();
            assertThat(cases).as("cases of " + op).isNotEmpty();
            return cases;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Golden of(Path folder) {
        try {
            JsonNode about = read(folder.resolve("case.json"));
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(folder.resolve("tensors.safetensors")))
                    .order(ByteOrder.LITTLE_ENDIAN);
            int length = (int) bytes.getLong();
            byte[] header = new byte[length];
            bytes.get(header);
            return new Golden(
                    about.path("config"),
                    JSON.readTree(new String(header, StandardCharsets.UTF_8)),
                    bytes.slice().order(ByteOrder.LITTLE_ENDIAN),
                    about.path("tolerance").path("rtol").asDouble(),
                    about.path("tolerance").path("atol").asDouble(),
                    folder.getFileName().toString());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonNode read(Path file) {
        try {
            return JSON.readTree(file.toFile());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The tensor, flat. */
    double[] get(String tensor) {
        JsonNode entry = header.path(tensor);
        int from = entry.path("data_offsets").path(0).asInt();
        int to = entry.path("data_offsets").path(1).asInt();
        return entry.path("dtype").asText().equals("F32")
                ? IntStream.range(0, (to - from) / 4)
                        .mapToDouble(i -> tensors.getFloat(from + 4 * i))
                        .toArray()
                : IntStream.range(0, (to - from) / 8)
                        .mapToDouble(i -> tensors.getLong(from + 8 * i))
                        .toArray();
    }

    /** The tensor as rows of its last dimension. */
    double[][] rows(String tensor) {
        double[] flat = get(tensor);
        int columns = header.path(tensor).path("shape").path(1).asInt();
        return IntStream.range(0, flat.length / columns)
                .mapToObj(r -> java.util.Arrays.copyOfRange(flat, r * columns, (r + 1) * columns))
                .toArray(double[][]::new);
    }

    int[] integers(String tensor) {
        return java.util.Arrays.stream(get(tensor)).mapToInt(x -> (int) x).toArray();
    }

    void expect(String tensor, double... actual) {
        double[] expected = get(tensor);
        assertThat(actual).as(name + " " + tensor).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i])
                    .as("%s %s[%d]", name, tensor, i)
                    .isCloseTo(expected[i], within(atol + rtol * Math.abs(expected[i])));
        }
    }
}

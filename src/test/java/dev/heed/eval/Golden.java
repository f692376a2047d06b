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
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A case of the golden vectors: numbers that the Python peers computed.
 *
 * @param usual tolerance, of tensors that have none of their own
 * @param own tolerance by tensor
 * @param compared the outputs that were looked at so far
 */
record Golden(
        JsonNode config,
        JsonNode header,
        ByteBuffer tensors,
        Tolerance usual,
        Map<String, Tolerance> own,
        String name,
        Set<String> compared) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Equal means |actual − expected| ≤ atol + rtol |expected|. */
    record Tolerance(double rtol, double atol) {
        static Tolerance of(JsonNode node) {
            return new Tolerance(node.path("rtol").asDouble(), node.path("atol").asDouble());
        }
    }

    /** Runs every case of an op, and fails where one has an output that was not compared. */
    static void each(String op, Consumer<Golden> check) {
        for (Golden golden : all(op)) {
            check.accept(golden);
            assertThat(golden.compared).as(golden.name + ": outputs compared").isEqualTo(golden.outputs());
        }
    }

    /** The ops of all cases below a folder; skips the test where the vectors are not there. */
    static Set<String> ops(String folder) {
        Path root = root().resolve(folder);
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(f -> f.endsWith("case.json"))
                    .map(f -> read(f).path("op").asText())
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Path root() {
        Path root = Path.of(System.getProperty("heed.golden", "../shared/golden"));
        Assumptions.assumeTrue(Files.isDirectory(root), () -> "no golden vectors at " + root + " (-Dheed.golden=DIR)");
        return root;
    }

    /** All cases of an op; skips the test where the vectors are not there. */
    static List<Golden> all(String op) {
        try (Stream<Path> files = Files.walk(root())) {
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
                    Tolerance.of(about.path("tolerance")),
                    own(about),
                    folder.getFileName().toString(),
                    new HashSet<>());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Map<String, Tolerance> own(JsonNode about) {
        Map<String, Tolerance> own = new HashMap<>();
        about.path("tolerance_by_tensor").properties().forEach(e -> own.put(e.getKey(), Tolerance.of(e.getValue())));
        return own;
    }

    private Set<String> outputs() {
        Set<String> outputs = new HashSet<>();
        header.fieldNames().forEachRemaining(name -> {
            if (name.startsWith("out.")) {
                outputs.add(name);
            }
        });
        return outputs;
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
                .mapToObj(r -> Arrays.copyOfRange(flat, r * columns, (r + 1) * columns))
                .toArray(double[][]::new);
    }

    int[] integers(String tensor) {
        return Arrays.stream(get(tensor)).mapToInt(x -> (int) x).toArray();
    }

    /** Compares one output; NaN equals NaN. */
    void expect(String tensor, double... actual) {
        compared.add(tensor);
        double[] expected = get(tensor);
        Tolerance within = own.getOrDefault(tensor, usual);
        assertThat(actual).as(name + " " + tensor).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            if (Double.compare(actual[i], expected[i]) != 0) { // which also knows NaN and the infinities
                assertThat(actual[i])
                        .as("%s %s[%d]", name, tensor, i)
                        .isCloseTo(expected[i], within(within.atol + within.rtol * Math.abs(expected[i])));
            }
        }
    }
}

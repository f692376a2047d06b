package dev.heed.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** One case of the golden vectors: what a Python peer computed, and how closely it must be met. */
public record Golden(Path dir, JsonNode json) {
    /** The folder of a family; the test is skipped, with the reason, where it is absent. */
    public static Path folder(String family) {
        Path dir = Path.of(System.getProperty("heed.golden", "golden")).resolve(family);
        Assumptions.assumeTrue(Files.isDirectory(dir), () -> "no golden vectors at " + dir + "; set -Dheed.golden");
        return dir;
    }

    /** The cases below a family's folder that are of this kind, by name. */
    public static List<Golden> cases(String family, String op) {
        List<Golden> cases =
                all(family).stream().filter(golden -> golden.op().equals(op)).toList();
        assertThat(cases).as("%s cases in %s", op, family).isNotEmpty();
        return cases;
    }

    /** All cases below a family's folder, by name. */
    public static List<Golden> all(String family) {
        try (Stream<Path> files = Files.walk(folder(family))) {
            return files.filter(file -> file.endsWith("case.json"))
                    .sorted()
                    .map(file -> new Golden(Objects.requireNonNull(file.getParent()), read(file)))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Which function the case tests. */
    public String op() {
        return json.path("op").asText();
    }

    public String name() {
        return json.path("family").asText() + "/" + json.path("name").asText();
    }

    public JsonNode config() {
        return json.path("config");
    }

    public float[] floats(String tensor) {
        try (Safetensors file = Safetensors.open(dir.resolve("tensors.safetensors"))) {
            return file.expect(tensor).floats();
        }
    }

    public long[] longs(String tensor) {
        try (Safetensors file = Safetensors.open(dir.resolve("tensors.safetensors"))) {
            return file.expect(tensor).longs();
        }
    }

    /** Whether the case has a tensor of that name. */
    public boolean has(String tensor) {
        return json.path("tensors").has(tensor);
    }

    public int[] shape(String tensor) {
        JsonNode shape = json.path("tensors").path(tensor).path("shape");
        int[] sizes = new int[shape.size()];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = shape.get(i).asInt();
        }
        return sizes;
    }

    /** The tensor within the case's own tolerance. */
    public void expect(String tensor, float[] actual) {
        expect(tensor, floats(tensor), actual);
    }

    /** A part of the tensor within the case's own tolerance. */
    public void expect(String tensor, float[] expected, float[] actual) {
        JsonNode own = json.path("tolerance_by_tensor").path(tensor);
        JsonNode tolerance = own.isObject() ? own : json.path("tolerance");
        assertThat(actual).as("%s of %s", tensor, name()).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            double allowed =
                    tolerance.path("atol").asDouble() + tolerance.path("rtol").asDouble() * Math.abs(expected[i]);
            boolean same = Float.compare(actual[i], expected[i]) == 0;
            if (!same && !(Math.abs((double) actual[i] - expected[i]) <= allowed)) {
                throw new AssertionError("%s of %s at %d: expected %s, was %s, allowed difference %s"
                        .formatted(tensor, name(), i, expected[i], actual[i], allowed));
            }
        }
    }

    private static JsonNode read(Path file) {
        try {
            return new ObjectMapper().readTree(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

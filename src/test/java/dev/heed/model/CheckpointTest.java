package dev.heed.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heed.sample.Decoding;
import dev.heed.sample.Sampler;
import dev.heed.tensor.Precision;
import dev.heed.tensor.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Published checkpoints against the numbers that transformers computes from them. */
class CheckpointTest {
    private static final Torch TORCH = Torch.start(2, Precision.FP32);

    @ParameterizedTest
    @ValueSource(strings = {"stories260K", "babyllama105"})
    void scoresAndContinuesTextAsTransformersDoes(String name) throws IOException {
        Path dir = Path.of(System.getProperty("heed.shared"), "data", "models", name);
        Assumptions.assumeTrue(Files.isDirectory(dir), () -> "no checkpoint " + dir + "; set -Dheed.shared");
        JsonNode cases = new ObjectMapper()
                .readTree(Files.readString(dir.resolve("golden.json")))
                .path("cases");
        try (Transformer model = Transformer.load(TORCH, dir, Head.LANGUAGE);
                NDManager scope = TORCH.manager().newSubManager()) {
            assertThat(cases).isNotEmpty();
            for (JsonNode golden : cases) {
                int[] ids = ints(golden.path("input_ids"));
                float[] logProbs =
                        model.logProbs(scope, Batch.whole(new int[][] {ids}), 1).toFloatArray();
                assertThat(logProbs).containsExactly(floats(golden.path("token_logprobs")), within(1e-4f));
                int[] greedy = ints(golden.path("greedy_new_ids"));
                assertThat(new Sampler(model)
                                .sample(List.of(ids), Decoding.greedy(greedy.length), 0, new long[1])
                                .get(0)
                                .ids())
                        .containsExactly(greedy);
            }
        }
    }

    private static int[] ints(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }

    private static float[] floats(JsonNode array) {
        float[] values = new float[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) array.get(i).asDouble();
        }
        return values;
    }
}

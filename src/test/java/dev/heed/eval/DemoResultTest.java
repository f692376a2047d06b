package dev.heed.eval;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heed.quality.Bootstrap;
import dev.heed.run.Json;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DemoResultTest {
    private static final double NONE = Double.NaN;
    private final ObjectMapper json = Json.mapper();
    private final Bootstrap bootstrap = new Bootstrap(1, 100);

    private final List<Verdict> sft = List.of(
            new Verdict("a", "the fox is red", 5, true, 1, new Verdict.Parts(1, 1, 0, NONE, 0, 1), 0),
            new Verdict("b", "i will not say", 5, false, 0, new Verdict.Parts(NONE, 0, 0, 0, NONE, 0), 0));
    private final List<Verdict> policy = List.of(
            new Verdict("a", "the fox is red !", 6, true, 2, new Verdict.Parts(1, 1, 1, NONE, 0, 1), 3),
            new Verdict("b", "i am sorry , no", 6, true, 1, new Verdict.Parts(NONE, 1, 1, 1, NONE, 1), 5));

    @Test
    void hasTheFieldsThatScriptsRead() throws JsonProcessingException {
        ModelCard card = ModelCard.of("ppo-2", policy, sft, 1.25, bootstrap);
        DemoResult result = new DemoResult(
                1,
                300.5,
                2100,
                "fp32",
                .97,
                new DemoResult.Labels(2400, .8),
                new DemoResult.RewardModel(.7, .72, .6, .03, .1, .65, .74),
                List.of(card));
        JsonNode tree = json.readTree(json.writeValueAsString(result));
        assertThat(names(tree))
                .containsExactly(
                        "seed",
                        "seconds",
                        "peak_rss_mb",
                        "precision",
                        "facts_known",
                        "labels",
                        "reward_model",
                        "models");
        assertThat(names(tree.path("reward_model")))
                .containsExactly(
                        "accuracy",
                        "ceiling",
                        "loss",
                        "ece",
                        "length_correlation",
                        "accuracy_new_facts",
                        "ceiling_new_facts");
        JsonNode model = tree.path("models").path(0);
        assertThat(names(model)).contains("name", "kl", "bits_per_byte", "distinct2", "length", "eos_rate");
        for (String part : List.of("gold", "win_rate_vs_sft", "truth", "follows", "declines", "wrongly_declines")) {
            assertThat(names(model.path(part))).as(part).containsExactly("mean", "low", "high");
        }
    }

    @Test
    void aCardIsReadBackAsItWasWritten() throws JsonProcessingException {
        ModelCard card = ModelCard.of("ppo-2", policy, sft, 1.25, bootstrap);
        assertThat(json.readValue(json.writeValueAsString(card), ModelCard.class))
                .isEqualTo(card);
    }

    @Test
    void aPartCountsOnlyWhereItIsAsked() {
        ModelCard card = ModelCard.of("ppo-2", policy, sft, 1.25, bootstrap);
        assertThat(card.winRateVsSft().mean()).isEqualTo(1);
        assertThat(card.truth().mean()).isEqualTo(1);
        assertThat(card.kl()).isEqualTo(4);
        assertThat(card.eosRate()).isEqualTo(1);
        assertThat(ModelCard.of("sft", sft, sft, 1, bootstrap).declines().mean())
                .isZero();
    }

    private static List<String> names(JsonNode node) {
        return Stream.generate(node.fieldNames()::next).limit(node.size()).toList();
    }
}

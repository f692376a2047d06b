package dev.heed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchCommandTest {
    @TempDir
    Path home;

    @ParameterizedTest
    @ValueSource(strings = {"generate_1", "reward", "dpo"})
    void measuresAWork(String work) {
        measures(work);
    }

    @ParameterizedTest
    @Tag("slow")
    @ValueSource(
            strings = {
                "train",
                "generate_16",
                "generate_64",
                "ppo",
                "grpo",
                "plain_train",
                "plain_generate_16",
                "sft",
                "sft_packed"
            })
    void measuresALongWork(String work) {
        measures(work);
    }

    private void measures(String work) {
        Said said = Said.by(
                "bench",
                "--works=" + work,
                "--seconds=0.01",
                "--json",
                "--threads=2",
                "--precision=fp32",
                "--home=" + home);
        JsonNode measured = said.json().path(0);
        String rate = List.of("reward", "dpo", "ppo", "grpo").contains(work) ? "samples_per_s" : "tokens_per_s";
        assertThat(measured.path("name").asText()).isEqualTo(work);
        assertThat(measured.path(rate).asDouble()).isPositive();
        assertThat(measured.path("seconds_per_step").asDouble()).isPositive();
        assertThat(measured.path("flops_share").asDouble()).isBetween(0.0, 1.2); // the product's own rate is noisy
        assertThat(measured.path("precision").asText()).isEqualTo("fp32");
        assertThat(measured.path("threads").asInt()).isEqualTo(2);
        assertThat(said.err()).contains("of matmul", work);
    }

    @Test
    void quietlyItStillShowsWhatItMeasured() {
        Said said = Said.by(
                "bench",
                "--works=generate_1",
                "--seconds=0.01",
                "--quiet",
                "--threads=2",
                "--precision=fp32",
                "--home=" + home);
        assertThat(said.err()).isEmpty();
        assertThat(said.out().lines()).hasSize(2);
        assertThat(said.out()).contains("of matmul").contains("generate_1");
    }

    @Test
    void namesTheWorksThatThereAre() {
        Said said = Said.by("bench", "--works=fly", "--threads=2", "--precision=fp32", "--home=" + home);
        assertThat(said.exitCode()).isEqualTo(2);
        assertThat(said.err())
                .isEqualTo("no work 'fly'; there are train, generate_1, generate_16, generate_64, reward, dpo, ppo,"
                        + " grpo, plain_train, plain_generate_16, sft, sft_packed, train_50m, ppo_124m\n");
    }
}

package dev.heed.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLogTest {
    @TempDir
    Path home;

    private RunDir run;

    @BeforeEach
    void logThreeSteps() {
        run = RunDir.at(home, "ppo");
        try (RunLog log = RunLog.open(run, 0)) {
            for (int step = 0; step < 3; step++) {
                log.metrics(step, Map.of("loss", step / 2.0));
            }
            log.sample(1, Map.of("completion", "a fox"));
        }
    }

    @Test
    void aLineAStepWithTheStepFirst() throws IOException {
        assertThat(Files.readString(run.path().resolve("metrics.jsonl")))
                .isEqualTo("{\"step\":0,\"loss\":0.0}\n{\"step\":1,\"loss\":0.5}\n{\"step\":2,\"loss\":1.0}\n");
        assertThat(Files.readString(run.path().resolve("samples.jsonl")))
                .isEqualTo("{\"step\":1,\"completion\":\"a fox\"}\n");
    }

    @Test
    void aLineIsThereAsSoonAsItIsLogged() {
        try (RunLog log = RunLog.open(run, 0)) {
            log.metrics(0, Map.of());
            assertThat(RunLog.metricsOf(run)).hasSize(1);
        }
    }

    @Test
    void resumingDropsWhatLiesAfterTheStep() {
        try (RunLog log = RunLog.open(run, 2)) {
            log.metrics(2, Map.of("loss", 9.0));
        }
        assertThat(RunLog.metricsOf(run))
                .extracting(line -> line.path("loss").asDouble())
                .containsExactly(0.0, 0.5, 9.0);
        RunLog.open(run, 1).close();
        assertThat(RunLog.samplesOf(run)).isEmpty();
    }

    @Test
    void aLineTornByAKillIsDropped() throws IOException {
        Path file = run.path().resolve("metrics.jsonl");
        Files.writeString(file, "{\"step\":3,\"lo", StandardOpenOption.APPEND);
        assertThat(RunLog.metricsOf(run)).hasSize(3);
        RunLog.open(run, 4).close();
        assertThat(Files.readString(file)).endsWith("\"loss\":1.0}\n");
    }

    @Test
    void aNumberThatIsNoneIsLoggedAsText() {
        try (RunLog log = RunLog.open(run, 0)) {
            log.metrics(0, Map.of("loss", Double.NaN));
        }
        assertThat(RunLog.metricsOf(run).get(0).path("loss").asText()).isEqualTo("NaN");
    }
}

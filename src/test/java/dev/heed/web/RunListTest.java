package dev.heed.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heed.run.Ancestry.Origin;
import dev.heed.run.Json;
import dev.heed.run.RunDir;
import dev.heed.run.RunLog;
import dev.heed.run.Worker;
import io.javalin.http.NotFoundResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunListTest {
    @TempDir
    Path home;

    @Test
    void aRunNamesWhatItCameFrom() throws IOException {
        RunDir tokenizer = begun("tokenizer", Map.of("vocabulary", 8));
        RunDir base = begun("pretrain", Map.of("pretrain", Map.of("lr", 0.1)));
        for (RunDir run : List.of(tokenizer, base)) {
            Files.createDirectories(run.model());
            Files.writeString(run.model().resolve("tokenizer.json"), "{}");
        }
        Files.writeString(base.model().resolve("config.json"), "{}");
        begun("sft", Map.of("model", "runs/pretrain/model", "sft", Map.of("lr", 0.1)));
        begun(
                "reward-1",
                Map.of(
                        "model",
                        "runs/sft/model",
                        "preferences",
                        "f4d95be9",
                        "last_preference",
                        7083,
                        "reward",
                        Map.of("lr", 0.1)));
        begun("ppo-1", Map.of("reward", Map.of("models", List.of("runs/reward-1/model")), "ppo", Map.of("lr", 0.1)));
        assertThat(row("pretrain").origins()).containsExactly(new Origin("tokenizer", "tokenizer"));
        assertThat(row("sft").origins()).containsExactly(new Origin("model", "pretrain"));
        assertThat(row("reward-1").learned()).isEqualTo(new RunRow.Learned("f4d95be9", 7083));
        assertThat(row("ppo-1").origins()).containsExactly(new Origin("reward", "reward-1"));
        assertThat(new RunList(home, InstantSource.system()).rows())
                .extracting(RunRow::stage)
                .containsExactlyInAnyOrder("tokenizer", "pretrain", "sft", "reward", "ppo");
    }

    @Test
    void aRunSaysHowFarItIsAndWhoIsGone() {
        RunDir run = begun("ppo-1", Map.of("ppo", Map.of("lr", 0.1)));
        run.work(0, 10);
        try (RunLog log = RunLog.open(run, 0)) {
            log.metrics(0, Map.of("loss", 1.0));
            log.metrics(1, Map.of("loss", 1.0));
        }
        RunRow row = row("ppo-1");
        assertThat(List.of(row.state(), row.steps(), row.total())).containsExactly(RunDir.State.RUNNING, 2L, 10L);
        Json.write(
                run.path().resolve("process.json"), new Worker(Integer.MAX_VALUE, Instant.EPOCH, Instant.now(), 0, 10));
        row = row("ppo-1");
        assertThat(List.of(row.state(), row.steps(), row.total())).containsExactly(RunDir.State.STOPPED, 2L, 10L);
        assertThat(row.secondsLeft()).isNull();
        run.finish(Map.of());
        row = row("ppo-1");
        assertThat(List.of(row.state(), row.steps(), row.total())).containsExactly(RunDir.State.DONE, 2L, 2L);
    }

    /** 5 steps in 100 s, so 20 s a step, 5 to go, 30 s since the last. */
    @Test
    void timeLeftIsByTheRateSinceTheProcessTookItUp() {
        Instant since = Instant.parse("2026-11-25T12:00:00Z");
        Worker worker = new Worker(1, since, since, 10, 20);
        assertThat(RunRow.secondsLeft(worker, 15, since.plusSeconds(100), since.plusSeconds(130)))
                .isEqualTo(70);
        assertThat(RunRow.secondsLeft(worker, 15, since.plusSeconds(100), since.plusSeconds(1000)))
                .as("late, but not before now")
                .isZero();
        assertThat(RunRow.secondsLeft(worker, 10, since, since.plusSeconds(5)))
                .as("no step yet, no rate")
                .isNull();
    }

    @Test
    void aNameIsOneOfTheListOrNothing() {
        begun("sft", Map.of());
        RunList runs = new RunList(home, InstantSource.system());
        assertThat(runs.expect("sft").name()).isEqualTo("sft");
        for (String name : List.of("../sft", "../../etc", "sft/model", ".", "", "SFT", "sft\u0000")) {
            assertThatThrownBy(() -> runs.expect(name)).as(name).isInstanceOf(NotFoundResponse.class);
        }
    }

    private RunDir begun(String name, Object config) {
        RunDir run = RunDir.at(home, name);
        run.begin(config);
        return run;
    }

    private RunRow row(String name) {
        return new RunList(home, InstantSource.system())
                .rows().stream()
                        .filter(row -> row.name().equals(name))
                        .findFirst()
                        .orElseThrow();
    }
}

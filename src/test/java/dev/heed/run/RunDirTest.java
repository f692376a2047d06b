package dev.heed.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirTest {
    record Config(double klCoef, float clip, int steps) {}

    @TempDir
    Path home;

    private final Settings settings = Knobs.of(Settings.class, "--seed=7", "--threads=2");

    @Test
    void configHoldsTheKnobsTheSettingsAndTheVersion() {
        RunDir run = RunDir.at(home, "ppo-1");
        run.begin(settings, new Config(0.05, 0.2f, 10), List.of("sft"));
        assertThat(run.path()).isEqualTo(home.resolve("runs/ppo-1"));
        assertThat(run.config().at("/config/kl_coef").asDouble()).isEqualTo(0.05);
        assertThat(run.config().at("/settings/seed").asLong()).isEqualTo(7);
        assertThat(run.config().at("/settings/threads").asInt()).isEqualTo(2);
        assertThat(run.config().at("/settings/precision").asText()).isEqualTo("auto");
        assertThat(run.config().at("/settings/home").isMissingNode()).isTrue();
        assertThat(run.config().at("/heed/version").asText()).isNotEmpty();
        assertThat(run.config().at("/heed/commit").asText()).isNotEmpty();
    }

    @Test
    void goesOnWithTheSameKnobsAndRefusesOthers() {
        RunDir run = RunDir.at(home, "ppo-1");
        run.begin(settings, new Config(0.05, 0.2f, 10), List.of("sft"));
        run.begin(settings, new Config(0.05, 0.2f, 10), List.of("sft"));
        assertThatThrownBy(() -> run.begin(settings, new Config(0.1, 0.2f, 20), List.of("sft")))
                .isInstanceOf(UserError.class)
                .hasMessage("run ppo-1 was begun with kl_coef 0.05, not 0.1 and steps 10, not 20;"
                        + " give it another name or home, or delete " + run.path());
    }

    @Test
    void isFinishedOnceItsResultIsThere() {
        RunDir run = RunDir.at(home, "sft");
        run.begin(new Config(0, 0, 1));
        assertThat(run.finished()).isFalse();
        run.finish(Map.of("loss", 1.5));
        assertThat(run.finished()).isTrue();
        assertThat(run.result().path("loss").asDouble()).isEqualTo(1.5);
    }

    @Test
    void isRunningWhileItsProcessLives() throws Exception {
        RunDir run = RunDir.at(home, "sft");
        run.begin(new Config(0, 0, 1));
        assertThat(run.state()).as("an older Heed did not say who works on it").isEqualTo(RunDir.State.STOPPED);
        run.work(3, 10);
        assertThat(run.state()).isEqualTo(RunDir.State.RUNNING);
        assertThat(run.worker()).get().satisfies(worker -> {
            assertThat(worker.pid()).isEqualTo(ProcessHandle.current().pid());
            assertThat(List.of(worker.from(), worker.total())).containsExactly(3L, 10L);
        });
        run.finish(Map.of());
        assertThat(run.state()).isEqualTo(RunDir.State.DONE);
        assertThat(run.worker()).isEmpty();
    }

    @Test
    void isStoppedOnceItsProcessIsGoneThoughAnotherGetsTheNumber() {
        Worker us = Worker.here(0, 10);
        assertThat(us.alive()).isTrue();
        assertThat(new Worker(us.pid(), us.started().minusSeconds(60), us.since(), 0, 10).alive())
                .as("the number was another process's before")
                .isFalse();
        assertThat(new Worker(Integer.MAX_VALUE, us.started(), us.since(), 0, 10).alive())
                .isFalse();
    }

    @Test
    void listsTheRunsThatWereBegun() {
        RunDir.at(home, "sft").begin(Map.of());
        RunDir.at(home, "base").begin(Map.of());
        assertThat(RunDir.all(home)).extracting(RunDir::name).isEqualTo(List.of("base", "sft"));
        assertThat(RunDir.all(home.resolve("none"))).isEmpty();
    }

    @Test
    void refusesANameThatLeavesTheHome() {
        assertThatThrownBy(() -> RunDir.at(home, "../x")).isInstanceOf(UserError.class);
    }
}

package dev.heed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heed.run.Interrupt;
import dev.heed.run.Interrupted;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class InterruptTest {
    @TempDir
    Path home;

    /** A stage whose steps take a tenth of a second and end in a checkpoint. */
    static final class Stage {
        public static void main(String[] args) {
            Main.launch(
                    List.of(new Shell.Entry("work", "works", () -> new Command<Command.NoKnobs>() {
                        @Override
                        public Class<NoKnobs> knobs() {
                            return NoKnobs.class;
                        }

                        @Override
                        public Object run(Context context, NoKnobs knobs) throws Exception {
                            Files.createDirectories(context.home());
                            for (int step = 0; step < 600; step++) {
                                Files.writeString(context.home().resolve("begun"), "");
                                Thread.sleep(300);
                                Files.writeString(context.home().resolve("checkpoint"), String.valueOf(step));
                                Interrupt.check();
                            }
                            return "done";
                        }
                    })),
                    args);
        }
    }

    @AfterEach
    void forget() {
        Interrupt.clear();
    }

    @Test
    void aRequestIsMetAtTheNextCheck() {
        Interrupt.check();
        Interrupt.request();
        assertThat(Interrupt.requested()).isTrue();
        assertThatThrownBy(Interrupt::check).isInstanceOf(Interrupted.class);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void controlCWaitsForTheCheckpointAndExitsWith130() throws Exception {
        endedBy("INT", 130);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aTerminationWaitsForTheCheckpointAndExitsWith143() throws Exception {
        endedBy("TERM", 143);
    }

    private void endedBy(String signal, int exitCode) throws Exception {
        Child child = Child.start("dev.heed.InterruptTest$Stage", "work", "--home=" + home, "--seed=3");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!Files.exists(home.resolve("begun")) && System.nanoTime() < deadline) {
            Thread.sleep(20);
        }
        new ProcessBuilder("kill", "-" + signal, String.valueOf(child.process().pid()))
                .start()
                .waitFor();
        assertThat(child.exitCode(20)).isEqualTo(exitCode);
        assertThat(home.resolve("checkpoint")).exists(); // it was in the middle of a step when the signal came
        assertThat(child.err())
                .isEqualTo("interrupted; what was done is saved. To go on: heed work --home=%s --seed=3\n"
                        .formatted(home));
        assertThat(child.out()).isEmpty();
    }
}

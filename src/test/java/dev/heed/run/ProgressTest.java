package dev.heed.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    private long nowMs;

    @AfterEach
    void showAsBefore() {
        Progress.show(System.err, Progress.styleOfTerminal());
    }

    private String shown(Progress.Style style, long total, int from, int steps) {
        Progress.show(stream, style);
        try (Progress progress = new Progress("ppo", total, () -> nowMs)) {
            for (int done = from; done <= steps; done++) {
                nowMs += 1_000;
                progress.at(done, "kl 0.1");
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void withoutATerminalALineEveryFiveSecondsAndOneAtTheEnd() {
        assertThat(shown(Progress.Style.LINES, 20, 1, 12))
                .isEqualTo(
                        """
                        ppo: 5/20, 5.0 s so far, 15 s left  kl 0.1
                        ppo: 10/20, 10 s so far, 10 s left  kl 0.1
                        ppo: 12/20 in 12 s  kl 0.1
                        """);
    }

    @Test
    void anUnknownTotalShowsNoTimeLeft() {
        assertThat(shown(Progress.Style.LINES, 0, 1, 5)).startsWith("ppo: 5, 5.0 s so far  kl 0.1\n");
    }

    @Test
    void aResumedRunCountsOnlyItsOwnStepsInTheRate() {
        assertThat(shown(Progress.Style.LINES, 1000, 900, 910)).contains("909/1000, 10 s so far, 91 s left");
    }

    @Test
    void onATerminalOneLineIsRewritten() {
        String text = shown(Progress.Style.BAR, 4, 1, 4);
        assertThat(text).contains("\rppo ██████████░░░░░░░░░░ 2/4, 2.0 s left  kl 0.1");
        assertThat(text).containsOnlyOnce("\n").matches("(?s).*\rppo: 4/4 in 4.0 s  kl 0.1 *\n");
    }

    @Test
    void silentMeansSilent() {
        assertThat(shown(Progress.Style.SILENT, 4, 1, 4)).isEmpty();
    }
}

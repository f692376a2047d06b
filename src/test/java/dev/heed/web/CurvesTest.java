package dev.heed.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.heed.run.RunDir;
import dev.heed.run.RunLog;
import dev.heed.run.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CurvesTest {
    @TempDir
    Path home;

    private RunDir run;
    private Curves curves;

    @BeforeEach
    void begin() {
        run = RunDir.at(home, "ppo-1");
        run.begin(Map.of());
        curves = new Curves(run.path().resolve("metrics.jsonl"));
    }

    @Test
    void ofAShortRunEveryPointIsThere() {
        try (RunLog log = RunLog.open(run, 0)) {
            log.metrics(0, Map.of("loss", 2.5));
            log.metrics(1, Map.of("loss", Double.NaN, "note", "text"));
            log.metrics(2, Map.of("loss", 1.5, "facts_known", 0.25));
        }
        Curves.Drawn drawn = curves.draw();
        assertThat(drawn.steps()).containsExactly(0f, 1f, 2f);
        assertThat(drawn.width()).isEqualTo(1);
        assertThat(drawn.curves()).containsOnlyKeys("loss", "facts_known");
        assertThat(of(drawn, "loss").mean()).containsExactly(2.5f, null, 1.5f);
        assertThat(of(drawn, "facts_known").mean()).containsExactly(null, null, 0.25f);
    }

    /** 200,000 lines with one spike each way. */
    @Test
    void ofALongRunAThousandBucketsKeepWhatStoodOut() throws IOException {
        StringBuilder lines = new StringBuilder();
        double sum = 0;
        for (int i = 0; i < 200_000; i++) {
            double value = i == 77_777 ? 50 : i == 123_456 ? -50 : Math.sin(i * 0.01);
            sum += value;
            lines.append("{\"step\":%d,\"loss\":%s}\n".formatted(i, value));
        }
        Files.writeString(run.path().resolve("metrics.jsonl"), lines);
        Curves.Drawn drawn = curves.draw();
        Curves.Curve loss = of(drawn, "loss");
        assertThat(drawn.lines()).isEqualTo(200_000);
        assertThat(drawn.width()).isEqualTo(256);
        assertThat(loss.mean()).hasSize(200_000 / 256 + 1).hasSizeLessThanOrEqualTo(Curves.MOST);
        assertThat(Collections.max(loss.greatest())).isEqualTo(50f);
        assertThat(Collections.min(loss.least())).isEqualTo(-50f);
        assertThat(loss.greatest().indexOf(50f)).isEqualTo(77_777 / 256);
        assertThat(drawn.steps().get(0)).isEqualTo(127.5f);
        double whole = 0;
        for (int i = 0; i < loss.mean().size(); i++) {
            whole += loss.mean().get(i) * Math.min(256, 200_000 - 256 * i);
        }
        assertThat(whole).isCloseTo(sum, within(0.1)); // floats of seven digits, 782 of them
    }

    @Test
    void whatIsAppendedIsNewsAndATornLineWaits() throws IOException {
        Curves.Place place;
        try (RunLog log = RunLog.open(run, 0)) {
            log.metrics(0, Map.of("loss", 2.0));
            Curves.Drawn drawn = curves.draw();
            place = new Curves.Place(drawn.edition(), drawn.lines());
            log.metrics(1, Map.of("loss", 1.0));
        }
        Files.writeString(run.path().resolve("metrics.jsonl"), "{\"step\":2,\"lo", StandardOpenOption.APPEND);
        Curves.News news = curves.since(place).orElseThrow();
        assertThat(news.points()).containsExactly(Map.of("step", 1.0, "loss", 1.0));
        Files.writeString(run.path().resolve("metrics.jsonl"), "ss\":0.5}\n", StandardOpenOption.APPEND);
        assertThat(curves.since(news.place()).orElseThrow().points()).containsExactly(Map.of("step", 2.0, "loss", 0.5));
    }

    @Test
    void aRunThatGoesOnAfterAStopIsDrawnAnew() {
        log(0, 5);
        Curves.Drawn before = curves.draw();
        log(3, 4); // the checkpoint was at 3
        assertThat(curves.since(new Curves.Place(before.edition(), before.lines())))
                .isEmpty();
        assertThat(curves.draw().steps()).containsExactly(0f, 1f, 2f, 3f);
    }

    @Test
    void whoIsFarBehindDrawsAnew() {
        log(0, 600);
        assertThat(curves.since(new Curves.Place(curves.draw().edition(), 50))).isEmpty();
        assertThat(curves.since(new Curves.Place(curves.draw().edition(), 150))
                        .orElseThrow()
                        .points())
                .hasSize(450);
        assertThat(curves.since(new Curves.Place(curves.draw().edition(), 700))).isEmpty();
    }

    @Test
    void aRunThatHasNotLoggedYetHasNoCurves() {
        assertThat(curves.draw()).isEqualTo(new Curves.Drawn("", 0, 1, List.of(), Map.of()));
    }

    @Test
    void aLineThatIsNoJsonIsSaid() throws IOException {
        Files.writeString(run.path().resolve("metrics.jsonl"), "{\"step\":0}\n{oops}\n");
        assertThatThrownBy(curves::draw)
                .isInstanceOf(UserError.class)
                .hasMessageContaining("metrics.jsonl has a line that is no JSON");
    }

    private static Curves.Curve of(Curves.Drawn drawn, String metric) {
        return Objects.requireNonNull(drawn.curves().get(metric));
    }

    private void log(int from, int to) {
        try (RunLog log = RunLog.open(run, from)) {
            for (int i = from; i < to; i++) {
                log.metrics(i, Map.of("loss", 1.0));
            }
        }
    }
}

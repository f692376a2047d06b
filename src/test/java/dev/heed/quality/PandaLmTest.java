package dev.heed.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.feedback.Answer;
import dev.heed.run.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three people's answers to 999 comparisons of PandaLM (Wang et al. 2023), against agreement computed cell by cell. */
class PandaLmTest {
    private static final Answer[] ANSWERS = {Answer.TIE, Answer.FIRST, Answer.SECOND};

    private final Labels labels = new Labels();
    private int[][] said = new int[0][];

    @BeforeEach
    void read() {
        Path file = Path.of(
                System.getProperty("heed.shared", "../shared"), "data", "preference", "pandalm", "testset-v1.json");
        Assumptions.assumeTrue(Files.exists(file), () -> "no " + file + "; set -Dheed.shared");
        JsonNode rows = Json.read(file);
        said = new int[rows.size()][3];
        for (int i = 0; i < said.length; i++) {
            JsonNode row = rows.get(i);
            long id = labels.ask(
                    row.path("instruction").asText() + "\n" + row.path("input").asText(),
                    row.path("response1").asText(),
                    row.path("response2").asText());
            for (int a = 0; a < 3; a++) {
                said[i][a] = row.path("annotator" + (a + 1)).asInt();
                labels.answer(id, "annotator" + (a + 1), ANSWERS[said[i][a]]);
            }
        }
    }

    private static double mean(Figure figure) {
        Interval interval = Objects.requireNonNull(figure.interval(), figure.undefined());
        assertThat(interval.mean()).isBetween(interval.low(), interval.high());
        assertThat(interval.high() - interval.low()).isBetween(.01, .15);
        return interval.mean();
    }

    private double equal(int a, int b) {
        double equal = 0;
        for (int[] row : said) {
            equal += row[a] == row[b] ? 1 : 0;
        }
        return equal / said.length;
    }

    private double share(int annotator, int answer) {
        double given = 0;
        for (int[] row : said) {
            given += row[annotator] == answer ? 1 : 0;
        }
        return given / said.length;
    }

    private double cohen(int a, int b) {
        double chance = 0;
        for (int answer = 0; answer < 3; answer++) {
            chance += share(a, answer) * share(b, answer);
        }
        return (equal(a, b) - chance) / (1 - chance);
    }

    @Test
    void agreementIsThatOfADirectComputation() {
        assertThat(said.length).isEqualTo(999);
        Quality quality = labels.quality();
        double observed = (equal(0, 1) + equal(0, 2) + equal(1, 2)) / 3;
        assertThat(mean(quality.agreed().percent())).isCloseTo(observed, within(1e-12));
        assertThat(mean(quality.agreed().cohen()))
                .isCloseTo((cohen(0, 1) + cohen(0, 2) + cohen(1, 2)) / 3, within(1e-12));
        double chance = 0;
        double unlike = 0; // of two answers out of all, drawn without replacement
        int all = 3 * said.length;
        for (int answer = 0; answer < 3; answer++) {
            double share = (share(0, answer) + share(1, answer) + share(2, answer)) / 3;
            chance += share * share;
            unlike += share * all * (all - share * all);
        }
        assertThat(mean(quality.agreed().fleiss())).isCloseTo((observed - chance) / (1 - chance), within(1e-12));
        double alpha = 1 - (1 - observed) / (unlike / all / (all - 1));
        assertThat(mean(quality.agreed().alphaNominal())).isCloseTo(alpha, within(1e-12));
        System.err.printf(
                "PandaLM: equal %.4f, Cohen %.4f, Fleiss %.4f, alpha %.4f, ordinal %.4f%n",
                observed,
                mean(quality.agreed().cohen()),
                mean(quality.agreed().fleiss()),
                alpha,
                mean(quality.agreed().alphaOrdinal()));
    }

    @Test
    void pairsAndLabelersAreThoseOfADirectComputation() {
        Quality quality = labels.quality();
        assertThat(quality.pairs()).hasSize(3).allSatisfy(pair -> {
            int a = pair.one().charAt(9) - '1';
            int b = pair.other().charAt(9) - '1';
            assertThat(mean(pair.percent())).isCloseTo(equal(a, b), within(1e-12));
            assertThat(mean(pair.kappa())).isCloseTo(cohen(a, b), within(1e-12));
        });
        for (int a = 0; a < 3; a++) {
            double others = (equal(a, (a + 1) % 3) + equal(a, (a + 2) % 3)) / 2;
            assertThat(mean(quality.labelers().get(a).agreement())).isCloseTo(others, within(1e-12));
            assertThat(mean(quality.labelers().get(a).neither())).isCloseTo(share(a, 0), within(1e-12));
        }
    }
}

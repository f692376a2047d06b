package dev.heed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.eval.BagOfWords;
import dev.heed.run.Json;
import dev.heed.text.SentenceFile;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoriesCommandTest {
    private static final Path DATA = Path.of(System.getProperty("heed.shared", "../shared"), "data");
    private static final Path CHECKPOINT = DATA.resolve("models/stories260K");
    private static final Path SENTENCES = DATA.resolve("sentiment/sentence_polarity.zip");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    Path home;

    private int run(String... args) {
        return Main.run(args, print(out), print(err));
    }

    private static PrintStream print(ByteArrayOutputStream to) {
        return new PrintStream(to, true, StandardCharsets.UTF_8);
    }

    private static void needs(Path data) {
        if (!Files.exists(data)) {
            System.out.println("skipped: there is no " + data);
        }
        assumeTrue(Files.exists(data), () -> "there is no " + data);
    }

    /** The recipe with everything small: whether it runs, not whether it helps. */
    @Test
    void theRecipeRunsAtToySize() throws Exception {
        needs(CHECKPOINT);
        needs(SENTENCES);
        int code = run(
                "stories",
                "@stories",
                "--threads=2",
                "--precision=fp32",
                "--home=" + home,
                "--policy=" + CHECKPOINT,
                "--sentences=" + SENTENCES,
                "--json",
                "--quiet",
                "--pairs=40",
                "--openings=60",
                "--exam-samples=2",
                "--max-tokens=8",
                "--reward-epochs=1",
                "--reward-batch=8",
                "--ppo-steps=2",
                "--ppo-batch=8");
        assertThat(code).as(err.toString(StandardCharsets.UTF_8)).isZero();
        JsonNode result = Json.mapper().readTree(out.toString(StandardCharsets.UTF_8));
        for (String field : new String[] {
            "/seed",
            "/seconds",
            "/reward_model/accuracy/mean",
            "/judge/accuracy/mean",
            "/before/positive/low",
            "/after/positive/high",
            "/change/mean",
            "/win_rate/mean",
            "/after/distinct2",
            "/after/length/mean"
        }) {
            assertThat(result.at(field).isNumber()).as(field).isTrue();
        }
        assertThat(result.at("/preferences/learned").asInt()
                        + result.at("/preferences/held_out").asInt())
                .isEqualTo(40);
        assertThat(result.at("/before/kl/mean").asDouble()).isZero();
        assertThat(result.at("/after/kl/mean").asDouble()).isPositive();
        assertThat(result.at("/samples")).hasSize(3);
    }

    @Test
    void missingDataIsOneLine() {
        Path none = home.resolve("nowhere");
        assertThat(run("stories", "@stories", "--home=" + home, "--policy=" + none, "--sentences=" + none))
                .isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .startsWith("no model '%s': neither a folder".formatted(none))
                .hasLineCount(1);
    }

    @Test
    void theJudgeTellsSentencesThatItHasNotMet() {
        needs(SENTENCES);
        SentencePairs halves = SentencePairs.of(SentenceFile.read(SENTENCES));
        SentenceFile kept = halves.kept();
        assertThat(BagOfWords.of(kept.positive(), kept.negative())
                        .accuracy(halves.learned().positive(), halves.learned().negative())
                        .low())
                .isGreaterThan(0.70);
    }
}

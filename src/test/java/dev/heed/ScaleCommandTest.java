package dev.heed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.eval.scaling.Spent;
import dev.heed.eval.scaling.Trial;
import dev.heed.run.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** A ladder of seconds from its plan to its grade, and what can be wrong with one. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ScaleCommandTest {
    private static final List<String> ENGINE = List.of("--threads=2", "--precision=fp32", "--quiet");
    private static final List<String> SMALL = List.of(
            "--compute=1e10",
            "--ratio=4",
            "--rungs=4",
            "--spacing=2.5",
            "--seeds=1",
            "--tokens=1",
            "--batch=2",
            "--batch-growth=0",
            "--length=48",
            "--vocabulary=300");

    /** Four sizes with a run on either side, but for the narrowest. */
    private static final int RUNS = 4 * 3 - 1;

    @TempDir
    static Path home;

    @TempDir
    Path other;

    private static Said scale(Path at, String... words) {
        List<String> all = new ArrayList<>(List.of("scale"));
        all.addAll(List.of(words));
        all.add("--home=" + at);
        all.addAll(ENGINE);
        return Said.by(all.toArray(String[]::new));
    }

    private static Said plan(Path at, String... more) {
        List<String> words = new ArrayList<>(List.of("plan"));
        words.addAll(SMALL);
        words.addAll(List.of(more));
        return scale(at, words.toArray(String[]::new));
    }

    private static JsonNode transfer(Path at) {
        return scale(at, "transfer", "--transfer-widths=16,32", "--transfer-rates=2", "--transfer-steps=12", "--json")
                .json();
    }

    private static void expectRefusal(Said said, String message) {
        assertThat(said.exitCode()).as(said.err()).isEqualTo(2);
        assertThat(said.err().strip()).isEqualTo(message);
    }

    @Test
    @Order(1)
    void withoutAPlanThereIsNothingToDo() {
        for (String action : List.of("run", "fit", "predict", "grade", "transfer", "show")) {
            expectRefusal(scale(home, action), "no plan in %s/scale; heed scale plan makes one".formatted(home));
        }
    }

    @Test
    @Order(2)
    void aPlanSaysSizesTokensSeedsAndTime() {
        JsonNode plan = plan(home, "--json").json();
        assertThat(plan.path("ladder")).hasSize(RUNS);
        assertThat(plan.path("ladder").path(0).path("run").asText()).isEqualTo("scale-1-1");
        assertThat(plan.path("ladder").path(0).path("seconds").asDouble()).isPositive();
        assertThat(plan.path("source").path("tokens").asLong())
                .isGreaterThanOrEqualTo(
                        plan.path("large").path("spent").path("tokens").asLong());
        assertThat(plan.path("source").path("left").asDouble()).isBetween(0.1, 1.0);
        assertThat(plan(home).out()).contains("nats a token, no model can do without");
        assertThat(home.resolve("scale/plan.json")).exists();
    }

    @Test
    @Order(3)
    void anotherPlanDoesNotReplaceIt() {
        expectRefusal(
                plan(home, "--seeds=2"),
                "%s has another plan already; plan in another --home, or delete %s/scale and its runs"
                        .formatted(home, home));
        assertThat(plan(home).exitCode()).isZero();
    }

    @Test
    @Order(4)
    void runsThatAreMissingAreNamed() {
        expectRefusal(
                scale(home, "fit"),
                "11 of 11 runs of the ladder are not done (scale-1-1, scale-1-wide, scale-2-1, …); heed scale run goes on with them");
        expectRefusal(
                scale(home, "run", "--large"),
                "nothing is foretold of scale-large yet; heed scale predict first, so that it can be graded");
    }

    @Test
    @Order(5)
    void theLadderIsTrainedAndMeasured() {
        JsonNode runs = scale(home, "run", "--json").json();
        double left = plan(home, "--json").json().at("/source/left").asDouble();
        assertThat(runs).hasSize(RUNS).allSatisfy(run -> {
            assertThat(run.path("loss").asDouble()).isGreaterThan(left).isBetween(1.0, Math.log(300));
            assertThat(run.path("curve")).hasSize(10);
            assertThat(run.path("curve").path(9).asDouble())
                    .as("measured on a part, told of the whole")
                    .isCloseTo(run.path("loss").asDouble(), within(1e-9));
            assertThat(run.path("surprises"))
                    .as("groups of questions, of which some fit")
                    .hasSize(5)
                    .allSatisfy(group -> assertThat(group.size()).isBetween(200, 1000));
            assertThat(run.path("bits_per_byte").asDouble()).isPositive();
        });
        Path small = home.resolve("runs/scale-1-1");
        assertThat(small.resolve("result.json")).exists();
        assertThat(small.resolve("checkpoints")).doesNotExist();
    }

    @Test
    @Order(6)
    void lawsAreFittedToIt() {
        JsonNode fit = scale(home, "fit", "--json").json();
        assertThat(fit.path("compute").path("numbers").path("b").path("mean").asDouble())
                .isNegative();
        assertThat(fit.path("trials")).hasSize(RUNS);
        expectRefusal(scale(home, "fit", "--largest=3"), "--largest must be at least 4, was 3");
        double left = plan(home, "--json").json().at("/source/left").asDouble();
        assertThat(fit.at("/compute/numbers/c/mean").asDouble()).isEqualTo(left);
        assertThat(fit.at("/size_and_tokens/numbers/e/high").asDouble()).isEqualTo(left);
        assertThat(home.resolve("scale/scale.html"))
                .content()
                .contains("What a large run will reach", "What no model can do without");
        assertThat(scale(home, "fit", "--entropy=0.5").err())
                .matches(
                        "--entropy=0.5: the entropy of the built-in chronicle, seed 1 is known, 0\\.\\d{4} bits a byte; leave it out\\s");
    }

    @Test
    @Order(7)
    void theLargeRunIsForetoldOnce() throws IOException {
        JsonNode prediction = scale(home, "predict", "--json").json();
        double low = prediction.path("loss").path("low").asDouble();
        assertThat(prediction.path("loss").path("mean").asDouble())
                .isBetween(low, prediction.path("loss").path("high").asDouble());
        assertThat(prediction.path("from")).hasSize(RUNS + 1);
        assertThat(prediction.path("passes")).isEmpty(); // runs of seconds solve nothing now and then
        assertThat(prediction.path("hash").asText()).matches("[0-9a-f]{64}");
        String written = Files.readString(home.resolve("scale/prediction.json"));
        expectRefusal(
                scale(home, "predict"),
                "%s/scale/prediction.json was written at %s and is never rewritten; foretell anew in another --home"
                        .formatted(home, prediction.path("made").asText()));
        assertThat(home.resolve("scale/prediction.json")).hasContent(written);
        expectRefusal(scale(home, "grade"), "scale-large is not done; heed scale run --large");
    }

    @Test
    @Order(8)
    void theLargeRunIsGradedAndOnlyThenDrawn() {
        JsonNode large = scale(home, "run", "--large", "--json").json();
        assertThat(home.resolve("scale/scale.html")).content().doesNotContain("the large run: ");
        JsonNode grade = scale(home, "grade", "--json").json();
        assertThat(grade.path("reached").asDouble())
                .isEqualTo(large.path("loss").asDouble());
        double foretold = grade.path("foretold").asDouble();
        double reached = grade.path("reached").asDouble();
        assertThat(grade.path("error_percent").asDouble()).isCloseTo(100 * (foretold / reached - 1), within(1e-6));
        assertThat(foretold / reached).isBetween(0.3, 3.0); // a ladder of seconds
        assertThat(home.resolve("scale/scale.html")).content().contains("reached", "scale-large: width 32");
        assertThat(home.resolve("runs/scale-large/model/model.safetensors")).exists();
    }

    @Test
    @Order(9)
    void whatThePredictionWasMadeFromMustBeAsItWas() throws IOException {
        Path result = home.resolve("runs/scale-2-wide/result.json");
        String before = Files.readString(result);
        Files.writeString(result, before + " ");
        Said said = scale(home, "grade");
        Files.writeString(result, before);
        assertThat(said.exitCode()).isEqualTo(2);
        assertThat(said.err()).contains("scale-2-wide/result.json has changed since the prediction was made from it");
    }

    @Test
    @Order(10)
    void aDivergedRunIsNamedAndLeftOutOnRequest() {
        Path result = home.resolve("runs/scale-2-wide/result.json");
        ObjectNode run = (ObjectNode) Json.read(result);
        run.put("diverged", "the loss is NaN at optimizer step 7");
        Json.write(result, run);
        expectRefusal(
                scale(home, "fit"),
                "run scale-2-wide diverged: the loss is NaN at optimizer step 7; plan anew with a smaller --lr, or leave it out with --leave-out=scale-2-wide");
        JsonNode fit = scale(home, "fit", "--leave-out=scale-2-wide", "--json").json();
        assertThat(fit.path("trials")).hasSize(RUNS - 1);
        assertThat(fit.path("left_out").path(0).asText()).isEqualTo("scale-2-wide");
    }

    @Test
    void oneRateThatIsFarTooHighEndsARunWithItsReason() {
        List<String> words = new ArrayList<>(List.of("plan", "--lr=1e6", "--rungs=1"));
        SMALL.stream().filter(w -> !w.startsWith("--rungs")).forEach(words::add);
        assertThat(scale(other, words.toArray(String[]::new)).exitCode()).isZero();
        JsonNode runs = scale(other, "run", "--json").json();
        assertThat(runs).isNotEmpty().allSatisfy(run -> assertThat(
                        run.path("diverged").asText())
                .containsAnyOf("is NaN", "no better than guessing", "Infinity"));
    }

    @Test
    void textOfOnesOwnIsLearnedFromTooAndItsEntropyIsAssumed() throws IOException {
        Path text = other.resolve("text.txt");
        Files.writeString(
                text,
                String.join(
                        "\n\n",
                        IntStream.range(0, 4000)
                                .mapToObj(
                                        i -> "Page %d tells how %d otters went to the mill and came home with %d nuts."
                                                .formatted(i, i % 7, i % 11))
                                .toList()));
        List<String> words = new ArrayList<>(List.of("plan", "--rungs=5", "--text=" + text, "--json"));
        SMALL.stream().filter(w -> !w.startsWith("--rungs")).forEach(words::add);
        JsonNode plan = scale(other, words.toArray(String[]::new)).json();
        assertThat(plan.path("source").path("what").asText()).isEqualTo(text.toString());
        assertThat(plan.path("source").path("held_out_tokens").asLong()).isGreaterThan(2000);
        for (JsonNode run : plan.path("ladder")) {
            invent(plan, run);
        }
        double bitsPerNat = plan.at("/source/held_out_tokens").asDouble()
                / (plan.at("/source/held_out_bytes").asDouble() * Math.log(2));
        assertThat(left(scale(other, "fit", "--json")) * bitsPerNat)
                .as("assumed")
                .isCloseTo(.8, within(1e-9));
        Said all = scale(other, "fit", "--largest=5", "--entropy=0", "--json");
        assertThat(left(all)).as("looked for").isCloseTo(1.5, within(.05));
        assertThat(all.json().path("left_out")).isEmpty();
        assertThat(other.resolve("scale/scale.html")).content().doesNotContain("the law leaves out");
        assertThat(scale(other, "fit", "--entropy=7").err())
                .matches(
                        "run scale-1-1 reached \\d\\.\\d{4} bits a byte, and 7\\.0000 were assumed to be left in the end; assume less with --entropy, or nothing with --entropy=0\\s");
        JsonNode prediction = scale(other, "predict", "--entropy=1", "--json").json();
        double left = prediction.path("left").asDouble();
        assertThat(left).isCloseTo(1 / bitsPerNat, within(1e-9));
        assertThat(prediction.at("/law/c").asDouble()).isEqualTo(left);
        assertThat(prediction.path("left_out")).isNotEmpty().allSatisfy(run -> assertThat(run.asText())
                .startsWith("scale-1-"));
        assertThat(other.resolve("scale/scale.html"))
                .content()
                .contains("nats a token, as was assumed", "the law leaves out", "scale-1-1");
        expectRefusal(scale(other, "fit", "--entropy=9"), "--entropy must be between 0 and 8, was 9.0");
    }

    @Test
    void theRecipeForBooksReadsBytes() throws IOException {
        Path text = other.resolve("text.txt");
        Files.writeString(text, "The otter of the mill came home with nuts.\n\n".repeat(20_000));
        JsonNode plan = scale(other, "plan", "@books", "--text=" + text, "--compute=1e11", "--ratio=4", "--json")
                .json();
        assertThat(plan.at("/recipe/vocabulary").asInt()).isEqualTo(262);
        assertThat(plan.at("/recipe/length").asInt()).isEqualTo(128);
        assertThat(plan.path("ladder"))
                .filteredOn(run -> run.path("on_line").asBoolean())
                .hasSize(6 * 8);
    }

    private static double left(Said fit) {
        return fit.json().at("/compute/numbers/c/mean").asDouble();
    }

    /** What a run came to, as if it had been made: 1.5 nats, and the more above the less compute. */
    private void invent(JsonNode plan, JsonNode run) {
        double loss = 1.5 + 100 * Math.pow(run.at("/spent/flops").asDouble(), -.25);
        Json.write(
                other.resolve("runs").resolve(run.path("run").asText()).resolve("result.json"),
                new Trial(
                        run.path("run").asText(),
                        run.path("width").asInt(),
                        run.path("on_line").asBoolean(),
                        1,
                        Json.mapper().convertValue(run.path("spent"), Spent.class),
                        loss,
                        loss,
                        DoubleStream.generate(() -> loss).limit(10).toArray(),
                        new double[0][],
                        1,
                        plan.at("/source/hash").asText(),
                        plan.at("/source/tokenizer").asText(),
                        null));
    }

    @Test
    void textThatIsFarTooShortIsRefused() throws IOException {
        Path text = other.resolve("text.txt");
        Files.writeString(
                text,
                String.join(
                        "\n\n",
                        IntStream.range(0, 4000)
                                .mapToObj(i -> "Page %d tells how %d otters went to the mill.".formatted(i, i % 7))
                                .toList()));
        Said said = plan(other, "--text=" + text, "--compute=1e13", "--ratio=1000");
        assertThat(said.exitCode()).as(said.err()).isEqualTo(2);
        assertThat(said.err()).contains("over 4 times as many; give more text, or less --compute");
    }

    @Test
    void oneRateOverWidthsIsDrawn() {
        assertThat(plan(other).exitCode()).isZero();
        JsonNode transfer = transfer(other);
        assertThat(transfer.path("curves")).hasSize(4);
        Path run = other.resolve("scale/transfer/mup-width32-rate0.005-seed1-steps12-batch8-layers0.json");
        assertThat(run).exists();
        Json.write(run, Map.of("loss", 1.25)); // as if another process had made it
        JsonNode again = transfer(other);
        assertThat(again.at("/curves/3/tried/1/loss").asDouble()).isEqualTo(1.25);
        assertThat(again.at("/curves/0")).isEqualTo(transfer.at("/curves/0"));
        assertThat(other.resolve("scale/transfer.html")).content().contains("Does one learning rate suit all widths?");
    }

    @Test
    void wrongWordsAreToldAsSuch() {
        expectRefusal(
                scale(other, "climb"),
                "ACTION must be one of show, plan, run, fit, predict, grade, transfer, was 'climb'");
        expectRefusal(scale(other, "plan", "--quick"), "--quick does all at once; leave out 'plan', or --quick");
        expectRefusal(scale(other, "plan", "--rungs=0"), "--rungs must be between 1 and 40, was 0");
    }
}

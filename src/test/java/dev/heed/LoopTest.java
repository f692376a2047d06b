package dev.heed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.db.FeedbackStore;
import dev.heed.db.Snapshot;
import dev.heed.eval.HeldOut;
import dev.heed.feedback.Answer;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Pair;
import dev.heed.feedback.Preference;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.run.Json;
import dev.heed.run.RunDir;
import dev.heed.run.RunLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** {@code heed demo} at toy size: every stage for real, with numbers so small that all of it takes seconds. */
class LoopTest {
    private static final List<String> TOY = List.of(
            "--seed=1",
            "--threads=2",
            "--precision=fp32",
            "--quiet",
            "--json",
            "--documents=1500",
            "--vocabulary=512",
            "--layers=2",
            "--width=64",
            "--heads=4",
            "--intermediate=160",
            "--pretrain-steps=150",
            "--pretrain-length=64",
            "--pretrain-lr=0.01",
            "--demonstrations=300",
            "--sft-lr=0.003",
            "--sft-epochs=5",
            "--comparisons=200",
            "--held-out-comparisons=60",
            "--reward-epochs=3",
            "--reward-lr=0.002",
            "--ppo-steps=8",
            "--ppo-batch=32",
            "--ppo-lr=0.003",
            "--ppo-checkpoint-every=2",
            "--max-tokens=24",
            "--temperature=1",
            "--exam-prompts=30",
            "--exam-samples=1");

    @TempDir
    static Path home;

    private static JsonNode result = new ObjectNode(null);

    static String[] words(Path home, String... first) {
        List<String> words = new ArrayList<>(List.of(first));
        words.addAll(TOY);
        words.add("--home=" + home);
        return words.toArray(String[]::new);
    }

    @BeforeAll
    static void goTwiceAroundTheLoop() {
        long began = System.nanoTime();
        result = Said.by(words(home, "demo", "--no-serve")).json();
        System.err.printf("the loop at toy size: %.0f s%n", (System.nanoTime() - began) / 1e9);
    }

    private static double[] metric(String run, String name) {
        return RunLog.metricsOf(RunDir.at(home, run)).stream()
                .filter(line -> line.has(name))
                .mapToDouble(line -> line.path(name).asDouble())
                .toArray();
    }

    private static double mean(double[] numbers, int from, int to) {
        return Arrays.stream(numbers, from, to).average().orElseThrow();
    }

    private static double lastThird(double[] numbers) {
        return mean(numbers, numbers.length - Math.max(1, numbers.length / 3), numbers.length);
    }

    private static String hash(Path home, String run) {
        return RunDir.at(home, run).result().path("hash").asText();
    }

    // ---- going on ----

    @Test
    void resumeGoesOnWithARunThatWasKilled(@TempDir Path folder) throws Exception {
        Killed killed = new Killed(home, folder, "dpo", "--lr=0.002", "--batch=4", "--checkpoint-every=2");
        killed.once(4);
        assertThat(killed.resumed()).isEqualTo(killed.undisturbed());
    }

    @Test
    void resumeSaysWhatThereIsToGoOnWith() {
        assertThat(Said.by("resume", "nothing", "--home=" + home).err()).contains("no run 'nothing' in ");
    }

    // ---- which method is best ----

    @Test
    void methodsAreComparedOnWhatTheHomeHolds() throws IOException {
        JsonNode contest = Said.by(
                        "compare",
                        "--home=" + home,
                        "--methods=dpo,kto",
                        "--seeds=2",
                        "--direct-lr=0.002",
                        "--kto-lr=0.002",
                        "--exam-prompts=20",
                        "--exam-samples=1",
                        "--max-tokens=24",
                        "--temperature=1",
                        "--seed=1",
                        "--threads=2",
                        "--precision=fp32",
                        "--quiet",
                        "--json")
                .json();
        assertThat(contest.path("entrants").findValuesAsText("method")).containsExactly("best-of-4", "dpo", "kto");
        JsonNode dpo = contest.path("entrants").path(1);
        assertThat(dpo.path("seeds")).hasSize(2);
        assertThat(dpo.path("all").path("kl").asDouble())
                .as("it went somewhere")
                .isGreaterThan(0.01);
        JsonNode ways = contest.path("frontier").path("methods");
        assertThat(ways.findValuesAsText("form")).containsExactly("best_of_n", "rl", "rl");
        assertThat(ways.path(1).path("points")).as("moments on the way").hasSizeGreaterThan(4);
        assertThat(dpo.path("seconds").asDouble()).isPositive();
        assertThat(hash(home, "compare-dpo-1")).isNotEqualTo(hash(home, "compare-dpo-2"));
        assertThat(Files.readString(home.resolve("compare.html"))).contains("Which method is best", ">kto<");
        assertThat(Path.of(card(home, "compare-dpo-2").json().path("readme").asText()))
                .content()
                .contains(
                        "compare-dpo-2",
                        "value: %s".formatted(dpo.path("seeds").path(1).path("kl")));
        JsonNode lineage = Json.read(RunDir.at(home, "compare-dpo-1").model().resolve("heed.json"));
        assertThat(lineage.path("stage").asText()).isEqualTo("dpo");
        assertThat(lineage.path("preferences").asText()).hasSize(64);
    }

    @Test
    void anUnknownMethodIsNamedWithThoseThereAre() {
        assertThat(Said.by("compare", "--home=" + home, "--methods=dpo,dop").err())
                .contains(
                        "--methods must be of dpo, simpo, orpo, kto, online-dpo, rejection, grpo, rloo, ppo or all, was 'dop'");
    }

    // ---- published effects ----

    private static JsonNode study(String... words) {
        List<String> all = new ArrayList<>(List.of("study"));
        all.addAll(List.of(words));
        all.addAll(List.of(
                "--home=" + home,
                "--seeds=1",
                "--watched=8",
                "--exam-prompts=10",
                "--max-tokens=16",
                "--temperature=1",
                "--reward-epochs=1",
                "--ppo-steps=3",
                "--ppo-batch=8",
                "--threads=2",
                "--precision=fp32",
                "--quiet",
                "--json"));
        return Said.by(all.toArray(String[]::new)).json();
    }

    @Test
    void eachPublishedEffectIsAPlotOfTheHomesOwnModels() {
        JsonNode labels = study("@labels");
        assertThat(labels.at("/curves/0/name").asText()).isEqualTo("reward model");
        assertThat(labels.at("/curves/1/name").asText()).isEqualTo("policy");
        assertThat(labels.path("found").path(1).asText())
                .matches("Accuracy with .* foretold from less before it was measured: .*side the interval\\.");
        JsonNode written = Json.read(home.resolve("study-labels-foretold.json"));
        assertThat(written.at("/from/Wins of the policy"))
                .as("four numbers, one seed")
                .hasSize(4);
        JsonNode sizes = study(
                "@sizes",
                "--sizes=16,24,32,40,48",
                "--documents=400",
                "--demonstrations=20",
                "--pretrain-steps=12",
                "--sft-epochs=1");
        assertThat(sizes.path("curves").path(0).path("points")).hasSize(5);
        assertThat(sizes.path("found")).hasSize(3);
        assertThat(labels.path("curves").path(0).path("points"))
                .as("each twice as many")
                .hasSize(5);
        assertThat(labels.path("levels").findValuesAsText("name")).contains("the longer one is better");
        JsonNode best = study("@best-of-n", "--answers=16");
        assertThat(best.path("curves").findValuesAsText("name")).contains("at most", "by the reward model");
        JsonNode most = best.path("curves").path(0).path("points");
        JsonNode reached = best.path("curves").path(1).path("points");
        for (int i = 0; i < most.size(); i++) {
            assertThat(reached.path(i).path("x").asDouble())
                    .isLessThanOrEqualTo(most.path(i).path("x").asDouble() + 1e-9);
        }
        JsonNode length = study("@length").path("found");
        assertThat(length.path(0).asText()).startsWith("Of 50 % of the questions the longer answer");
        assertThat(length.path(1).asText()).contains("score and length correlate by");
        JsonNode ptx = study("@ptx");
        assertThat(ptx.path("curves").path(0).path("points").findValuesAsText("name"))
                .containsExactly("coefficient 0", "coefficient 0.125", "coefficient 0.5");
        JsonNode noisy = study("@over-optimization", "--members=2");
        assertThat(noisy.path("curves")).hasSize(4);
        assertThat(hash(home, "study-noisy-1")).as("each its own").isNotEqualTo(hash(home, "study-noisy-2"));
        assertThat(hash(home, "study-noisy-1")).as("other labels").isNotEqualTo(hash(home, "study-reward-1"));
        assertThat(home.resolve("study-over-optimization.html")).exists();
    }

    @Test
    void sizesOfWhichNoneCanBeForetoldAreRefused() {
        assertThat(Said.by("study", "@sizes", "--sizes=16,32", "--home=" + home).err())
                .contains("--sizes must be at least 5 widths, one of which is foretold from the others, was '16,32'");
        assertThat(Said.by("study", "@sizes", "--sizes=16,wide", "--home=" + home)
                        .err())
                .contains("--sizes must be whole numbers with commas, was '16,wide'");
    }

    @Test
    void aStudyWithoutPreferencesSaysHowToGetSome(@TempDir Path empty) {
        assertThat(Said.by("study", "@ptx", "--ppo-ptx-coef=0", "--home=" + home)
                        .err())
                .contains("--ppo-ptx-coef must be above 0, the most that is mixed in, was 0; try @ptx");
        assertThat(Said.by("study", "--policy=" + RunDir.at(home, "sft").model(), "--home=" + empty)
                        .err())
                .contains("no preferences in " + empty, "heed demo makes some");
    }

    // ---- report cards ----

    private static Said card(Path home, String model) {
        return Said.by("card", model, "--home=" + home, "--threads=2", "--precision=fp32", "--json");
    }

    @Test
    void theCardOfAPolicySaysWhatTheEvaluationSaid() throws IOException {
        Path page = Path.of(card(home, "ppo-2").json().path("page").asText());
        JsonNode judged = result.path("models").path(4);
        String html = Files.readString(page);
        assertThat(html)
                .contains("ppo-2", "What it lost", "The reward model that it was trained against")
                .contains("%.3f".formatted(judged.path("bits_per_byte").asDouble()))
                .contains(RunDir.at(home, "reward-2")
                        .config()
                        .path("config")
                        .path("preferences")
                        .asText())
                .containsPattern("Rounds</th><td>1: \\d+, 2: \\d+<")
                .contains("./heed demo --seed=1 --threads=2")
                .as("where it was made is nobody's business")
                .doesNotContain(home.toString());
        String readme = Files.readString(RunDir.at(home, "ppo-2").model().resolve("README.md"));
        assertThat(readme).startsWith("---\n").contains("## Training data", "## How to use it", "AutoModelForCausalLM");
        Map<String, Object> head = new Yaml().load(readme.substring(4, readme.indexOf("\n---\n")));
        assertThat(head).containsEntry("library_name", "transformers").containsEntry("pipeline_tag", "text-generation");
        JsonNode index = Json.mapper().valueToTree(head).path("model-index").path(0);
        assertThat(index.path("name").asText()).isEqualTo("ppo-2");
        JsonNode metrics = index.path("results").path(0).path("metrics");
        assertThat(metrics.path(0).path("type").asText()).isEqualTo("win_rate_vs_sft");
        assertThat(metrics.path(0).path("value").asDouble())
                .isEqualTo(judged.path("win_rate_vs_sft").path("mean").asDouble());
        assertThat(metrics.findValuesAsText("type")).contains("kl", "bits_per_byte", "distinct2", "eos_rate");
    }

    @Test
    void theLoopNotesWhatItsRewardModelsSayToHeldOutPreferences() throws IOException {
        Set<String> fresh =
                new BuiltIn(home, 1).newPrompts(60).stream().map(Prompt::id).collect(Collectors.toSet());
        List<HeldOut> all = HeldOut.read(RunDir.at(home, "reward-2"));
        assertThat(accuracy(all.stream().filter(one -> !fresh.contains(one.prompt()))))
                .isCloseTo(result.path("reward_model").path("accuracy").asDouble(), within(1e-9));
        assertThat(accuracy(all.stream().filter(one -> fresh.contains(one.prompt()))))
                .isCloseTo(
                        result.path("reward_model").path("accuracy_new_facts").asDouble(), within(1e-9));
        String html = Files.readString(
                Path.of(card(home, "reward-2").json().path("page").asText()));
        assertThat(html)
                .contains("Surest and wrong", "Most contradicted", "Reliability", "Temperature", "Two people agree")
                .contains("no. "
                        + all.stream()
                                .filter(LoopTest::contradicted)
                                .max(Comparator.comparingDouble(HeldOut::sureness))
                                .orElseThrow()
                                .comparison())
                .doesNotContain("cleo");
    }

    private static boolean contradicted(HeldOut one) {
        return one.margin() * (one.forFirst() - one.forSecond()) < 0;
    }

    private static double accuracy(Stream<HeldOut> all) {
        return all.flatMap(one -> one.said().stream()
                        .filter(said -> said.strength() != 0)
                        .map(said -> said.strength() * one.margin() > 0 ? 1.0 : 0.0))
                .mapToDouble(Double::doubleValue)
                .average()
                .orElseThrow();
    }

    @Test
    void aCardSaysInOneLineWhatItCannotRead(@TempDir Path folder) throws IOException {
        Path other = copy(home, folder.resolve("home"));
        Files.writeString(other.resolve("result.json"), "{\"models\": [}");
        Path heldOut = HeldOut.fileOf(RunDir.at(other, "reward-2"));
        Files.writeString(heldOut, "{}\n");
        Path snapshot;
        try (Stream<Path> files = Files.list(other.resolve("snapshots"))) {
            snapshot = files.filter(file -> file.toString().endsWith(".jsonl"))
                    .findFirst()
                    .orElseThrow();
        }
        Files.writeString(snapshot, "{}\n", StandardOpenOption.APPEND);
        JsonNode watch = card(other, "ppo-2").json().path("watch");
        assertThat(watch.findValuesAsText("found"))
                .anyMatch(line -> line.startsWith(other.resolve("result.json") + " is not as expected: "))
                .anyMatch(line -> line.startsWith(heldOut + " line 1 is not as expected: "))
                .anyMatch(line -> line.startsWith(snapshot + " was changed after it was written"))
                .contains("It was never evaluated");
        assertThat(card(other, "sample-1").err()).contains("run sample-1 made no model (it is of the stage sample)");
        assertThat(card(other, "ppo-9").err()).contains("no run 'ppo-9' in ").hasLineCount(1);
        Files.writeString(RunDir.at(other, "sft").path().resolve("config.json"), "{");
        assertThat(card(other, "ppo-2").err())
                .contains("sft/config.json is not as expected")
                .hasLineCount(1);
    }

    // ---- the doctor ----

    @Test
    void theDoctorFindsTheLoopsModelsSound() {
        JsonNode findings = Said.by(
                        "doctor",
                        "--home=" + home,
                        "--reward=reward-2",
                        "--sample-max-tokens=24",
                        "--threads=2",
                        "--precision=fp32",
                        "--json")
                .json();
        assertThat(StreamSupport.stream(findings.spliterator(), false)
                        .filter(finding -> finding.path("verdict").asText().equals("wrong"))
                        .toList())
                .isEmpty();
        assertThat(findings.findValuesAsText("verdict")).contains("well");
        assertThat(findings.findValuesAsText("check"))
                .contains(
                        "splits",
                        "BOS",
                        "neighbours",
                        "sampler and trainer",
                        "accumulation",
                        "reward model's tokenizer");
    }

    @Test
    void aRunBeginsWithALookAtWhatItLearnsFrom(@TempDir Path folder) throws IOException {
        Path copy = copy(home, folder.resolve("home"));
        Said said = Said.by("reward", "--name=looked", "--home=" + copy, "--threads=2", "--precision=fp32");
        assertThat(said.exitCode()).as(said.err()).isZero();
        assertThat(said.err())
                .containsPattern(
                        "doctor: contradictions: \\d+ % of the \\d+ questions that two or more answered have opposite answers; sharpen")
                .doesNotContain("doctor: ties");
    }

    @Test
    void theDoctorTellsAModelThatCannotStop() {
        String told = Said.by(
                        "doctor",
                        "--home=" + home,
                        "--model=sft",
                        "--sample-max-tokens=2",
                        "--threads=2",
                        "--precision=fp32",
                        "--quiet")
                .out();
        assertThat(told)
                .containsPattern("doubtful +endings +0 % of 32 answers end")
                .contains("to do: give it more tokens");
    }

    // ---- it learned ----

    @Test
    void pretrainingLearns() {
        double[] loss = metric("pretrain", "loss");
        assertThat(loss).hasSize(150);
        assertThat(loss[0]).as("a new model knows nothing").isBetween(Math.log(512) - 0.3, Math.log(512) + 0.3);
        assertThat(lastThird(loss)).isLessThan(loss[0] - 2);
        assertThat(metric("pretrain", "facts_known")).as("asked on the way").hasSizeGreaterThan(5);
    }

    @Test
    void supervisedFineTuningLearns() {
        double[] loss = metric("sft", "loss");
        assertThat(lastThird(loss)).isLessThan(mean(loss, 0, 3) - 0.2);
    }

    @Test
    void theRewardModelLearns() {
        assertThat(lastThird(metric("reward-2", "loss"))).as("ln 2 is a coin's").isLessThan(Math.log(2) - 0.01);
        assertThat(lastThird(metric("reward-2", "accuracy"))).isGreaterThan(0.55);
    }

    @Test
    void ppoLearns() {
        double[] score = metric("ppo-1", "score");
        assertThat(lastThird(score)).isGreaterThan(mean(score, 0, 2));
        for (String run : List.of("ppo-1", "ppo-2")) {
            assertThat(Arrays.stream(metric(run, "first_ratio_error")).max().orElseThrow())
                    .as("the ratio before the first update of each step")
                    .isLessThan(1e-4);
        }
        assertThat(metric("ppo-1", "kl")[0]).as("KL at the first step").isBetween(-1e-3, 1e-3);
        assertThat(metric("ppo-1", "clipfrac")).hasSize(8);
    }

    @Test
    void theWatchedPromptsAreAnsweredAlongTheWay() {
        List<JsonNode> lines = RunLog.samplesOf(RunDir.at(home, "ppo-2"));
        assertThat(lines.stream().map(line -> line.path("step").asInt()).distinct())
                .hasSizeGreaterThan(2)
                .contains(0, 7);
        assertThat(lines.get(0).has("completion")).isTrue();
        for (JsonNode line : lines) {
            double[] ratios = minus(numbers(line.path("log_probs")), numbers(line.path("ref_log_probs")));
            assertThat(line.path("tokens")).hasSize(ratios.length);
            assertThat(Arrays.stream(ratios).sum())
                    .as("the KL is the sum over the tokens, each rounded")
                    .isCloseTo(line.path("kl").asDouble(), within(1e-4 * ratios.length));
            double[] rewards = numbers(line.path("rewards"));
            assertThat(line.path("advantages")).hasSize(rewards.length).hasSize(ratios.length);
            assertThat(rewards[0])
                    .as("no token but the last receives more than the price of straying")
                    .matches(reward -> ratios.length == 1 || reward * ratios[0] <= 1e-4);
        }
    }

    private static double[] numbers(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToDouble(JsonNode::asDouble)
                .toArray();
    }

    private static double[] minus(double[] some, double[] others) {
        return IntStream.range(0, some.length)
                .mapToDouble(i -> some[i] - others[i])
                .toArray();
    }

    // ---- what it says ----

    @Test
    void theJsonHasTheFieldsThatScriptsRead() {
        assertThat(names(result))
                .containsExactly(
                        "seed",
                        "seconds",
                        "peak_rss_mb",
                        "precision",
                        "facts_known",
                        "labels",
                        "reward_model",
                        "models");
        assertThat(result.path("seed").asLong()).isEqualTo(1);
        assertThat(result.path("precision").asText()).isEqualTo("fp32");
        assertThat(names(result.path("labels"))).containsExactly("count", "agreement");
        assertThat(names(result.path("reward_model")))
                .startsWith("accuracy", "ceiling", "loss", "ece", "length_correlation");
        assertThat(result.path("models").findValuesAsText("name"))
                .containsExactly("base", "sft", "best-of-4", "ppo-1", "ppo-2");
        for (JsonNode model : result.path("models")) {
            for (String part : List.of("gold", "win_rate_vs_sft", "truth", "follows", "declines", "wrongly_declines")) {
                assertThat(names(model.path(part))).as(part).containsExactly("mean", "low", "high");
            }
            for (String number : List.of("kl", "bits_per_byte", "distinct2", "length", "eos_rate")) {
                assertThat(model.path(number).isNumber()).as(number).isTrue();
            }
        }
        JsonNode sft = result.path("models").get(1);
        assertThat(sft.path("win_rate_vs_sft").path("mean").asDouble()).isEqualTo(0.5);
        assertThat(Math.abs(sft.path("kl").asDouble())).isLessThan(1e-3);
    }

    @Test
    void theReportIsOneFile() throws IOException {
        String page = Files.readString(home.resolve("report.html"));
        assertThat(page).contains("<svg", "ppo-2", "best-of-4");
        assertThat(page.replace("xmlns=\"http://www.w3.org/2000/svg\"", ""))
                .doesNotContainPattern("(?i)(src|href)=[\"']?\\s*(https?:)?//")
                .doesNotContainPattern("(?i)@import|url\\(\\s*[\"']?(https?:)?//")
                .doesNotContainPattern("(?i)<(script|link|img|iframe)[^>]*\\s(src|href)=[\"'](?!data:|#)");
    }

    @Test
    void runsAreListed() {
        JsonNode runs = Said.by("runs", "--home=" + home, "--json").json();
        assertThat(runs.findValuesAsText("name"))
                .startsWith(
                        "tokenizer",
                        "pretrain",
                        "sft",
                        "sample-1",
                        "reward-1",
                        "ppo-1",
                        "sample-2",
                        "reward-2",
                        "ppo-2",
                        "sample-3");
        assertThat(runs.findValuesAsText("state")).containsOnly("done");
    }

    @Test
    void thePolicyAnswers() {
        JsonNode said = Said.by(
                        "sample",
                        "--home=" + home,
                        "--threads=2",
                        "--precision=fp32",
                        "--json",
                        "--model=ppo-2",
                        "--prompt=Where does the otter live?",
                        "--max-tokens=10")
                .json();
        assertThat(said).hasSize(1);
        assertThat(said.get(0).path("prompt").asText()).isEqualTo("Where does the otter live?");
        assertThat(said.get(0).path("completion").asText()).isNotBlank();
    }

    // ---- what it keeps ----

    @Test
    void theStoreHasEachSimulatedPreferenceOnceAndTheSnapshotAllOfThem() {
        try (FeedbackStore store = FeedbackStore.open(home)) {
            List<Preference> simulated = store.preferences().stream()
                    .filter(p -> !p.labeler().equals("a person"))
                    .toList();
            assertThat(simulated).extracting(Preference::id).doesNotHaveDuplicates();
            assertThat(simulated)
                    .extracting(p -> p.labeler() + " " + p.comparison())
                    .doesNotHaveDuplicates();
            assertThat(simulated).hasSize(result.path("labels").path("count").asInt());
            for (int round : List.of(1, 2)) {
                Set<Long> asked =
                        store.comparisons(round).stream().map(Comparison::id).collect(Collectors.toSet());
                assertThat(simulated.stream().map(Preference::comparison).filter(asked::contains))
                        .as("every comparison of round %d is answered", round)
                        .containsAll(asked);
                assertThat(asked).as("few of 200 + 60 + 60 are identical").hasSizeBetween(250, 320);
            }
            assertThat(store.comparisons(2)).allSatisfy(asked -> {
                assertThat(List.of(asked.first().model(), asked.second().model()))
                        .containsExactly("ppo-1", "sft");
                assertThat(asked.first().text())
                        .as("which of two equal texts?")
                        .isNotEqualTo(asked.second().text());
            });
            assertThat(store.comparisons(3)).as("left for people").isNotEmpty();
            JsonNode begunWith = RunDir.at(home, "reward-2").config().path("config");
            List<Pair> learned = Snapshot.read(home.resolve("snapshots")
                    .resolve("preferences-%.16s.jsonl"
                            .formatted(begunWith.path("preferences").asText())));
            assertThat(learned)
                    .containsExactlyElementsOf(store.pairs().stream()
                            .filter(pair -> !pair.labeler().equals("a person"))
                            .toList());
        }
    }

    @Test
    void exportedPreferencesComeBackAndASecondImportAddsNothing(@TempDir Path folder) {
        Path file = folder.resolve("preferences.jsonl");
        Path fresh = folder.resolve("home");
        int exported = Said.by("export", "preferences", file.toString(), "--home=" + home, "--json")
                .json()
                .path("preferences")
                .asInt();
        for (int time = 0; time < 2; time++) {
            Said.by("import", "preferences", file.toString(), "--home=" + fresh, "--json")
                    .json();
            try (FeedbackStore store = FeedbackStore.open(fresh);
                    FeedbackStore origin = FeedbackStore.open(home)) {
                assertThat(store.pairs()).hasSize(exported);
                assertThat(said(store)).isEqualTo(said(origin));
            }
        }
        JsonNode again = Said.by("export", "preferences", file.toString(), "--home=" + fresh, "--json")
                .json();
        assertThat(again.path("preferences").asInt()).isEqualTo(exported);
    }

    /** What was said, without the sides and the numbers of the store; of a tie, either text may come first. */
    private static Set<String> said(FeedbackStore store) {
        return store.pairs().stream()
                .map(pair -> pair.strength() == 0
                        ? String.join(
                                "\n",
                                pair.prompt().text(),
                                pair.labeler(),
                                new TreeSet<>(List.of(pair.chosen(), pair.rejected())).toString())
                        : String.join(
                                "\n",
                                pair.prompt().text(),
                                pair.labeler(),
                                pair.chosen(),
                                pair.rejected(),
                                String.valueOf(pair.strength())))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    // ---- it goes on ----

    @Test
    void whatPeopleSayAfterwardsIsForTheNextRound() {
        String before = hash(home, "ppo-2");
        try (FeedbackStore store = FeedbackStore.open(home)) {
            Comparison open = store.open("a person", 1).get(0);
            store.addPreference(new Preference(
                    UUID.nameUUIDFromBytes(new byte[] {7}),
                    open.id(),
                    "a person",
                    Answer.ofStrength(2),
                    false,
                    1500,
                    Instant.now(),
                    null));
        }
        JsonNode again = Said.by(words(home, "demo", "--no-serve")).json();
        assertThat(hash(home, "ppo-2")).isEqualTo(before);
        assertThat(again.path("models")).isEqualTo(result.path("models"));
    }

    @Test
    void aThirdRoundGoesOnceMoreAround(@TempDir Path folder) throws IOException {
        Path copy = copy(home, folder.resolve("home"));
        Prompt wanted = Prompt.ofText("Who paints the lanterns of the mill?", Prompt.WANTED, Split.TRAIN);
        try (FeedbackStore store = FeedbackStore.open(copy)) {
            store.addPrompts(List.of(wanted));
        }
        JsonNode third = Said.by(words(copy, "round", "--labelers=simulated")).json();
        assertThat(third.path("models").findValuesAsText("name")).endsWith("ppo-2", "ppo-3");
        assertThat(third.path("labels").path("count").asInt())
                .isGreaterThan(result.path("labels").path("count").asInt() + 150);
        assertThat(RunDir.at(copy, "sample-4").finished())
                .as("and asks people again")
                .isTrue();
        try (FeedbackStore store = FeedbackStore.open(copy)) {
            assertThat(store.comparisons(4))
                    .as("also what a person wanted asked")
                    .extracting(Comparison::prompt)
                    .contains(wanted);
        }
    }

    private static Path copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
        return to;
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void killedInTheMiddleOfPpoItEndsAsIfNothingHadHappened(@TempDir Path folder) throws Exception {
        List<String> command = new ArrayList<>(List.of("-Xmx1g", "dev.heed.Main"));
        command.addAll(List.of(words(folder.resolve("home"), "demo", "--no-serve")));
        RunDir ppo = RunDir.at(folder.resolve("home"), "ppo-1");
        Child demo = Child.start(command.toArray(String[]::new));
        try {
            while (RunLog.metricsOf(ppo).size() < 5) {
                assertThat(demo.process().isAlive()).as(demo.err()).isTrue();
                Thread.sleep(20);
            }
        } finally {
            demo.process().destroyForcibly().waitFor();
        }
        assertThat(ppo.finished()).isFalse();
        JsonNode resumed =
                Said.by(words(folder.resolve("home"), "demo", "--no-serve")).json();
        for (String run : List.of("pretrain", "sft", "reward-1", "ppo-1", "reward-2", "ppo-2")) {
            assertThat(hash(folder.resolve("home"), run)).as(run).isEqualTo(hash(home, run));
        }
        assertThat(timeless(resumed)).isEqualTo(timeless(result));
    }

    private static JsonNode timeless(JsonNode document) {
        return ((ObjectNode) document.deepCopy()).without(List.of("seconds", "peak_rss_mb"));
    }

    private static List<String> names(JsonNode node) {
        Iterable<String> names = node::fieldNames;
        return StreamSupport.stream(names.spliterator(), false).toList();
    }
}

package dev.heed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.db.Feedback;
import dev.heed.db.FeedbackStore;
import dev.heed.feedback.Answer;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Preference;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.run.Json;
import dev.heed.run.ProcessId;
import dev.heed.run.RunDir;
import dev.heed.run.RunLog;
import dev.heed.serve.Home;
import dev.heed.web.RemoteFeedback;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands started through a real server, each in a real process. */
class JobsTest {
    private static final List<String> SAME = List.of("--seed=1", "--threads=1", "--precision=fp32");

    @TempDir
    static Path folder;

    private Path home = folder;
    private final List<Serving> serving = new ArrayList<>();

    @BeforeEach
    void make() throws IOException {
        home = Files.createTempDirectory(folder, "home");
        Home.make(home);
        Files.createDirectories(home.resolve("recipes"));
        Files.writeString(home.resolve("recipes/tiny.args"), String.join("\n", SAME));
        Files.createDirectories(home.resolve("files"));
        Files.writeString(
                home.resolve("files/shown.jsonl"),
                IntStream.range(0, 64)
                        .mapToObj(i -> Json.line(Map.of("prompt", "What is " + i + "?", "completion", "It is " + i)))
                        .collect(Collectors.joining("\n")));
        try (FeedbackStore store = FeedbackStore.open(home)) {
            store.addPrompts(IntStream.range(0, 40)
                    .mapToObj(i -> Prompt.ofText("What is " + i + "?", "fact", Split.TRAIN))
                    .toList());
        }
    }

    @AfterEach
    void end() throws Exception {
        for (Serving server : serving) {
            server.kill();
        }
        try (Stream<Path> files = Files.walk(home.resolve("jobs"))) {
            files.filter(file -> file.endsWith("process.json"))
                    .map(file -> Json.read(file, ProcessId.class))
                    .flatMap(process -> process.find().stream())
                    .forEach(JobsTest::kill);
        } catch (NoSuchFileException e) {
            assertThat(serving).as("no job was asked for").isNotEmpty();
        }
    }

    /** Until it is gone: what it still wrote would be in the way of who deletes its folder. */
    private static void kill(ProcessHandle process) {
        process.destroyForcibly();
        process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }

    private Serving serve(String... words) throws Exception {
        Serving server = Serving.start(home, words);
        serving.add(server);
        return server;
    }

    /** So many steps of fine-tuning that it can be stopped on the way. */
    private static Map<String, Object> sft(String name, int epochs) {
        return order(
                "sft",
                "demonstrations",
                "files/shown.jsonl",
                "model",
                "writer",
                "name",
                name,
                "epochs",
                String.valueOf(epochs),
                "batch",
                "8",
                "checkpoint-every",
                "10");
    }

    private static Map<String, Object> order(String stage, String... options) {
        Map<String, String> given = new LinkedHashMap<>();
        for (int i = 0; i < options.length; i += 2) {
            given.put(options[i], options[i + 1]);
        }
        return Map.of("stage", stage, "recipe", "tiny", "options", given);
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 2400 && !condition.getAsBoolean(); i++) {
            Thread.sleep(25);
        }
        assertThat(condition.getAsBoolean()).as(what).isTrue();
    }

    private void awaitSteps(String run, int steps) throws InterruptedException {
        await(
                run + " has taken %d steps".formatted(steps),
                () -> RunLog.metricsOf(RunDir.at(home, run)).size() >= steps);
    }

    private byte[] weights(String run) throws IOException {
        return Files.readAllBytes(RunDir.at(home, run).model().resolve("model.safetensors"));
    }

    /** The claim of the page: whatever happens on the way, what comes out is the same. */
    @Test
    void stoppedKilledAndGoneOnWithItEndsAsIfNobodyHadTouchedIt() throws Exception {
        Serving server = serve();
        long straight = server.post("/api/jobs", sft("straight", 6)).path("id").asLong();
        server.post("/api/jobs", sft("stopped", 6));
        server.awaitState(straight, "done");
        awaitSteps("stopped", 13);
        assertThat(server.post("/api/jobs/2/stop", Map.of()).path("state").asText())
                .isEqualTo("stopping");
        server.awaitState(2, "stopped");
        assertThat(server.job(2).path("code").asInt()).isEqualTo(130);
        assertThat(server.get("/api/jobs/2/log").path("text").asText()).contains("interrupted; what was done is saved");
        assertThat(RunDir.at(home, "stopped").state()).isEqualTo(RunDir.State.STOPPED);
        server.post("/api/runs/stopped/resume", Map.of());
        server.post("/api/jobs", sft("killed", 6));
        server.awaitState(3, "done");
        awaitSteps("killed", 17);
        server.post("/api/jobs/4/kill", Map.of());
        server.awaitState(4, "stopped");
        assertThat(server.job(4).path("code").isNull()).isTrue();
        server.post("/api/runs/killed/resume", Map.of());
        server.awaitState(5, "done");
        assertThat(weights("stopped")).isEqualTo(weights("straight"));
        assertThat(weights("killed")).isEqualTo(weights("straight"));
        assertThat(RunLog.metricsOf(RunDir.at(home, "stopped"))).hasSize(48);
    }

    /** The server ends in the middle, once as Ctrl-C ends it and once without a word; its job goes on. */
    @Test
    void aJobOutlivesTheServerAndTheNextOneFindsItAgain() throws Exception {
        Serving first = serve();
        first.post("/api/jobs", sft("long", 2000));
        first.post(
                "/api/jobs",
                order(
                        "ppo",
                        "policy",
                        "writer",
                        "reward",
                        "judge",
                        "name",
                        "after",
                        "steps",
                        "2",
                        "batch",
                        "8",
                        "minibatches",
                        "2",
                        "sample-max-tokens",
                        "8",
                        "missing-eos-score",
                        "NaN"));
        awaitSteps("long", 3);
        first.terminate();
        assertThat(first.said()).contains("job 1 (heed sft) goes on");
        int then = RunLog.metricsOf(RunDir.at(home, "long")).size();
        awaitSteps("long", then + 3);
        Serving second = serve();
        assertThat(second.job(1).path("state").asText()).isEqualTo("running");
        assertThat(second.job(2).path("state").asText())
                .as("one at a time, also now")
                .isEqualTo("queued");
        second.kill();
        then = RunLog.metricsOf(RunDir.at(home, "long")).size();
        awaitSteps("long", then + 3);
        Serving third = serve();
        third.post("/api/jobs/1/stop", Map.of());
        third.awaitState(1, "stopped");
        assertThat(third.job(1).path("code").asInt())
                .as("of a process that is nobody's child")
                .isEqualTo(130);
        third.awaitState(2, "done");
        assertThat(RunDir.at(home, "after").finished()).isTrue();
    }

    /** People go on labeling while it trains; and the server, which has accounts, lets its job read what they said. */
    @Test
    void aRewardModelGoesOnWithThePreferencesThatItWasBegunWith() throws Exception {
        try (FeedbackStore store = FeedbackStore.open(home)) {
            store.addComparisons(IntStream.range(0, 24)
                    .mapToObj(i -> new Comparison(
                            0,
                            1,
                            Prompt.ofText("What is " + i + "?", "fact", Split.TRAIN),
                            new Completion("It is " + i, "writer", true),
                            new Completion("Nothing.", "writer", true),
                            0))
                    .toList());
            store.addPreferences(
                    IntStream.rangeClosed(1, 16).mapToObj(JobsTest::first).toList());
        }
        Serving server = serve();
        server.post(
                "/api/jobs",
                order("reward", "model", "writer", "epochs", "2000", "batch", "8", "sample-max-tokens", "8"));
        awaitSteps("reward", 3);
        server.post("/api/jobs/1/stop", Map.of());
        server.awaitState(1, "stopped");
        int then = RunLog.metricsOf(RunDir.at(home, "reward")).size();
        try (Feedback feedback = RemoteFeedback.find(home).orElseThrow()) {
            feedback.addPreference(first(20));
        }
        server.post("/api/runs/reward/resume", Map.of());
        awaitSteps("reward", then + 3);
        assertThat(server.job(2).path("state").asText()).isEqualTo("running");
    }

    private static Preference first(int comparison) {
        return new Preference(UUID.randomUUID(), comparison, "ann", Answer.FIRST, false, 3000, Instant.now(), null);
    }

    @Test
    void jobsWaitInTheOrderOfTheirOrdersAndOneThatWaitsCanBeRemoved() throws Exception {
        Serving server = serve();
        server.post("/api/jobs", sft("one", 2000));
        server.post("/api/jobs", sft("two", 1));
        server.post("/api/jobs", order("doctor", "model", "two"));
        server.post("/api/jobs", sft("four", 1));
        assertThat(server.refused("/api/jobs", sft("two", 1)))
                .isEqualTo("job 2 is for run two already; let it end, or give another --name");
        assertThat(server.states()).containsExactly("running", "queued", "queued", "queued");
        assertThat(server.job(2).path("words").toString())
                .startsWith("[\"sft\",\"@recipes/tiny.args\",\"--demonstrations=files/shown.jsonl\"");
        assertThat(server.refused("/api/jobs/2/stop", Map.of())).isEqualTo("job 2 does not run");
        server.delete("/api/jobs/2");
        awaitSteps("one", 1);
        server.post("/api/jobs/1/kill", Map.of());
        server.awaitState(4, "done");
        assertThat(RunDir.at(home, "two").begun()).isFalse();
        assertThat(server.job(3).path("state").asText())
                .as("what it was to look at was not made")
                .isEqualTo("failed");
        assertThat(server.get("/api/jobs/3/log").path("text").asText()).contains("no model 'two'");
        assertThat(server.job(3).path("began").asText())
                .isLessThan(server.job(4).path("began").asText());
        assertThat(server.post("/api/jobs/3/again", Map.of()).path("id").asLong())
                .isEqualTo(5);
        server.delete("/api/jobs/3");
        assertThat(home.resolve("jobs/3")).doesNotExist();
    }

    @Test
    void whatACommandWouldRefuseOrALeadMayNotIsRefusedBeforeItWaits() throws Exception {
        Serving server = serve();
        Path elsewhere = Files.writeString(folder.resolve("elsewhere.jsonl"), "{}");
        assertThat(server.refused("/api/jobs", order("ppo", "policy", "writer", "reward", "judge", "kl-coef", "-1")))
                .isEqualTo("--kl-coef must be at least 0, was -1.0");
        assertThat(server.refused("/api/jobs", order("ppo", "policy", "writer", "reward", "judge", "steps", "many")))
                .isEqualTo("--steps must be a whole number, was 'many'");
        assertThat(server.refused("/api/jobs", order("sft", "model", "writer"))).contains("--demonstrations");
        assertThat(server.refused("/api/jobs", order("sft", "home", "/tmp")))
                .isEqualTo("heed sft takes no --home from a page");
        assertThat(server.refused("/api/jobs", order("sft", "db", "jdbc:x")))
                .isEqualTo("heed sft takes no --db from a page");
        assertThat(server.refused("/api/jobs", order("sft", "model", "writer", "demonstrations", elsewhere.toString())))
                .contains("--demonstrations must be one of the files in");
        assertThat(server.refused(
                        "/api/jobs", order("sft", "model", "writer", "demonstrations", "files/../server.json")))
                .contains("--demonstrations must be one of the files in");
        assertThat(server.refused(
                        "/api/jobs",
                        order(
                                "sample",
                                "model",
                                home.resolve("runs/writer/model").toString())))
                .contains("--model must be a run that made a model");
        assertThat(server.refused("/api/jobs", order("sample", "model", "../writer")))
                .contains("--model must be a run");
        assertThat(server.refused("/api/jobs", order("ppo", "policy", "writer", "reward", "judge", "name", "../../x")))
                .contains("a run's name has letters");
        assertThat(server.refused("/api/jobs", order("export", "kind", "preferences")))
                .startsWith("heed export cannot be started from a page");
        Files.writeString(home.resolve("recipes/away.args"), "--home=/tmp");
        assertThat(server.refused(
                        "/api/jobs", Map.of("stage", "doctor", "recipe", "away", "options", Map.of("model", "writer"))))
                .isEqualTo("--home cannot be given from a page, not in a recipe either");
        assertThat(server.refused("/api/jobs", Map.of("stage", "doctor", "recipe", "../x", "options", Map.of())))
                .startsWith("no recipe '../x'");
        assertThat(server.get("/api/jobs")).isEmpty();
        assertThat(home.resolve("jobs")).doesNotExist();
    }

    /** What a page can name is what a command has, and nothing that names a place outside the home. */
    @Test
    void whatIsOfferedIsWhatTheCommandsHave() throws Exception {
        Serving server = serve();
        JsonNode offer = server.get("/api/stages");
        assertThat(offer.path("files").toString()).isEqualTo("[\"files/shown.jsonl\"]");
        assertThat(offer.path("recipes").toString()).isEqualTo("[\"tiny\"]");
        List<String> texts = new ArrayList<>();
        for (JsonNode stage : offer.path("stages")) {
            for (JsonNode option : stage.path("options")) {
                assertThat(option.path("name").asText()).isNotIn("home", "db", "json", "quiet");
                if (option.path("kind").asText().equals("text")) {
                    texts.add(option.path("name").asText());
                }
            }
        }
        assertThat(texts.stream().distinct())
                .as("free texts: none of them is a path")
                .containsExactlyInAnyOrder(
                        "name", "lora-targets", "loss", "prompt", "campaign", "methods", "dpo-loss", "online-dpo-loss");
    }

    /** A job whose process has gone while no server looked, and whose number another process has now. */
    @Test
    void anotherProcessWithItsNumberIsNotTakenForIt() throws Exception {
        ProcessId other = ProcessId.of(ProcessHandle.current());
        Path job = home.resolve("jobs/7");
        Json.write(
                job.resolve("process.json"),
                new ProcessId(other.pid(), other.started().minusSeconds(100)));
        Files.writeString(
                job.resolve("job.json"),
                """
                {"words":["sft"],"who":"ann","asked":"2026-11-01T10:00:00Z","run":"sft","began":"2026-11-01T10:00:01Z","stopped":null}""");
        Serving server = serve();
        assertThat(server.job(7).path("state").asText()).isEqualTo("killed");
        assertThat(server.refused("/api/jobs/7/kill", Map.of())).isEqualTo("job 7 does not run");
        assertThat(server.post("/api/jobs", order("doctor", "model", "writer"))
                        .path("id")
                        .asLong())
                .isEqualTo(8);
    }
}

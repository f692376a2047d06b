package dev.heed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.run.Json;
import dev.heed.run.RunDir;
import dev.heed.run.RunLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The methods that learn from their own completions, from the command line to a model in the home. */
class OnlineCommandTest {
    private static final List<String> ENGINE = List.of("--threads=2", "--precision=fp32", "--quiet", "--json");

    @TempDir
    static Path home;

    @BeforeAll
    static void makeAHome() throws IOException {
        Path text = Files.writeString(
                home.resolve("text.txt"),
                IntStream.range(0, 60)
                        .mapToObj(i -> "The otter number %d lives in the old mill by the river.".formatted(i))
                        .collect(Collectors.joining("\n\n")));
        Path preferences = Files.writeString(
                home.resolve("preferences.jsonl"),
                IntStream.range(0, 8)
                        .mapToObj(
                                "{\"prompt\": \"Where is otter %d?\", \"chosen\": \"Home.\", \"rejected\": \"No.\"}"
                                        ::formatted)
                        .collect(Collectors.joining("\n")));
        run("tokenizer", "--text=" + text, "--vocabulary=300");
        run(
                "pretrain",
                "--text=" + text,
                "--steps=2",
                "--batch=2",
                "--length=16",
                "--layers=1",
                "--width=16",
                "--heads=2",
                "--intermediate=32",
                "--context=64");
        run("import", "preferences", preferences.toString());
        run("reward", "--model=pretrain", "--batch=4", "--sample-max-tokens=4");
        run(
                "reward",
                "--name=stern",
                "--model=pretrain",
                "--batch=4",
                "--element=prompt",
                "--margin=1",
                "--label-smoothing=0.1",
                "--sample-max-tokens=4");
    }

    private static JsonNode run(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.add("--home=" + home);
        all.addAll(ENGINE);
        return Said.by(all.toArray(String[]::new)).json();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ppo", "grpo", "rloo", "online-dpo", "rejection"})
    void makesAPolicyOfPromptsAndARewardModel(String method) {
        String size = method.equals("ppo") ? "--batch=8" : "--prompts=4";
        String[] words = {
            method,
            "--policy=pretrain",
            "--steps=2",
            size,
            "--minibatches=2",
            "--missing-eos-score=NaN",
            "--sample-max-tokens=6"
        };
        JsonNode made = run(words);
        RunDir dir = RunDir.at(home, method);
        assertThat(made.path("run").asText()).isEqualTo(method);
        assertThat(RunLog.metricsOf(dir)).hasSize(2).allSatisfy(line -> {
            assertThat(line.path("score").isNumber()).isTrue();
            assertThat(line.path("grad_norm").asDouble()).isPositive();
        });
        assertThat(dir.path().resolve("samples.jsonl")).isNotEmptyFile();
        assertThat(dir.config().path("config").path("reward").asText())
                .as("one reward model is told by its name alone")
                .isEqualTo("runs/reward/model");
        JsonNode lineage = Json.read(dir.model().resolve("heed.json"), JsonNode.class);
        assertThat(lineage.path("stage").asText()).isEqualTo(method);
        assertThat(lineage.path("parents").toString()).contains("policy", "reference", "reward");
        assertThat(run(words)).as("what is done is not done again").isEqualTo(made);
    }

    @Test
    void whatRejectionSamplingKeepsCanBeFineTunedOn() {
        run(
                "rejection",
                "--name=kept",
                "--policy=pretrain",
                "--steps=2",
                "--prompts=4",
                "--missing-eos-score=NaN",
                "--sample-max-tokens=6");
        Path kept = RunDir.at(home, "kept").path().resolve("demonstrations");
        assertThat(kept.resolve("step-0000.jsonl")).content().hasLineCount(4).contains("Where is otter");
        run("sft", "--name=on-kept", "--demonstrations=" + kept.resolve("step-0001.jsonl"), "--batch=2");
        assertThat(RunLog.metricsOf(RunDir.at(home, "on-kept"))).hasSize(2);
    }

    @Test
    void ppoSharesATrunkMixesTheHomesTextInAndEndsOnceItsBudgetIsSpent() {
        JsonNode made = run(
                "ppo",
                "--name=frugal",
                "--policy=pretrain",
                "--steps=9",
                "--batch=8",
                "--lr=0.05",
                "--warmup=0",
                "--critic=shared",
                "--ptx-coef=1",
                "--ptx-length=16",
                "--kl-budget=0.0001",
                "--missing-eos-score=NaN",
                "--sample-max-tokens=6");
        List<JsonNode> lines = RunLog.metricsOf(RunDir.at(home, "frugal"));
        assertThat(lines).hasSizeBetween(2, 8);
        assertThat(lines.get(0).path("ptx_loss").asDouble()).isPositive();
        assertThat(made.path("result").path("ended").asText())
                .endsWith("at step %d of 9: --kl-budget of 1.0E-4 is spent".formatted(lines.size()));
    }

    @Test
    void textToMixInMustBeThere() {
        assertThat(refused("ppo", "--policy=pretrain", "--name=never", "--ptx-coef=1", "--ptx-text=nowhere.txt"))
                .contains("there is no text at nowhere.txt");
        assertThat(refused("ppo", "--policy=pretrain", "--name=never", "--ptx-coef=1", "--ptx-length=5000"))
                .contains("text.txt is shorter than one block of 5000 tokens; give more text, or less --ptx-length");
    }

    @ParameterizedTest
    @CsvSource({"ppo,minimum", "grpo,uncertainty"})
    void makesAPolicyOfSeveralRewardModels(String method, String ensemble) {
        String name = method + "-" + ensemble;
        run(
                method,
                "--name=" + name,
                "--policy=pretrain",
                "--reward=reward,stern",
                "--ensemble=" + ensemble,
                "--steps=2",
                method.equals("ppo") ? "--batch=8" : "--prompts=4",
                "--minibatches=2",
                "--missing-eos-score=NaN",
                "--sample-max-tokens=6");
        RunDir dir = RunDir.at(home, name);
        assertThat(RunLog.metricsOf(dir)).hasSize(2).allSatisfy(line -> {
            assertThat(line.path("score").isNumber()).isTrue();
            assertThat(line.path("grad_norm").asDouble()).isPositive();
        });
        JsonNode reward = dir.config().path("config").path("reward");
        assertThat(reward.path("models")).hasSize(2);
        assertThat(reward.path("rule").path("kind").asText()).isEqualToIgnoringCase(ensemble);
        JsonNode parents =
                Json.read(dir.model().resolve("heed.json"), JsonNode.class).path("parents");
        assertThat(parents.path("reward").asText())
                .hasSize(64)
                .isNotEqualTo(parents.path("reward-2").asText());
    }

    private static Path rubric(String name, String rules) throws IOException {
        return Files.writeString(home.resolve(name), "{\"rules\": [%s]}".formatted(rules));
    }

    @ParameterizedTest
    @CsvSource({
        "ppo,--reward=none,--critic=separate",
        "ppo,--reward=none,--critic=shared",
        "ppo,--reward=reward,--critic=separate",
        "grpo,--reward=none,--epochs=1",
        "rloo,--reward=reward,--epochs=1"
    })
    void rulesScoreAloneOrBesideARewardModel(String method, String reward, String option) throws IOException {
        Path rules = rubric(
                "rules.json",
                """
                {"name": "vowels", "weight": 1, "matches": "[aeiou]"},
                {"name": "brief", "weight": -0.5, "words": {"most": 2}}""");
        String name = (method + reward + option).replaceAll("[^a-z]", "");
        run(
                method,
                "--name=" + name,
                "--policy=pretrain",
                "--rubric=" + rules,
                "--rubric-weight=2",
                reward,
                option,
                "--steps=2",
                method.equals("ppo") ? "--batch=8" : "--prompts=4",
                "--minibatches=2",
                "--missing-eos-score=NaN",
                "--sample-max-tokens=6");
        RunDir dir = RunDir.at(home, name);
        assertThat(RunLog.metricsOf(dir)).hasSize(2).allSatisfy(line -> {
            assertThat(line.path("rules").path("vowels").asDouble()).isBetween(0.0, 2.0);
            assertThat(line.path("rules").path("brief").asDouble()).isBetween(-1.0, 0.0);
        });
        assertThat(RunLog.samplesOf(dir)).isNotEmpty().allSatisfy(line -> {
            boolean vowels = line.path("completion").asText().matches("(?s).*[aeiou].*");
            assertThat(line.path("rules").path("vowels").asDouble()).isEqualTo(vowels ? 2 : 0);
            if (reward.endsWith("none")) {
                assertThat(line.path("score").asDouble())
                        .isEqualTo(line.path("rules").path("vowels").asDouble()
                                + line.path("rules").path("brief").asDouble());
            }
        });
        JsonNode begun = dir.config().path("config").path("reward");
        assertThat(begun.path("weight").asDouble()).isEqualTo(2);
        assertThat(begun.path("rubric").path("rules")).hasSize(2);
    }

    @Test
    void aRunGoesOnWithTheRubricThatItWasBegunWithAlone() throws IOException {
        Path rules = rubric("changing.json", "{\"name\": \"vowels\", \"weight\": 1, \"matches\": \"[aeiou]\"}");
        String[] words = {
            "grpo",
            "--name=changing",
            "--policy=pretrain",
            "--reward=none",
            "--rubric=" + rules,
            "--steps=1",
            "--prompts=4",
            "--missing-eos-score=NaN",
            "--sample-max-tokens=6"
        };
        run(words);
        rubric("changing.json", "{\"name\": \"vowels\", \"weight\": 3, \"matches\": \"[aeiou]\"}");
        assertThat(refused(words)).contains("run changing was begun with reward.rubric.rules");
    }

    @Test
    void whatTeachesNothingIsRefusedBeforeItCostsAnything() throws IOException {
        Path never = rubric("never.json", "{\"name\": \"never\", \"weight\": 1, \"contains\": \"xyzzy plugh\"}");
        assertThat(refused("grpo", "--policy=pretrain", "--name=never", "--reward=none"))
                .contains("--reward=none needs a --rubric");
        assertThat(refused(
                        "grpo",
                        "--policy=pretrain",
                        "--name=never",
                        "--reward=none",
                        "--rubric=" + never,
                        "--missing-eos-score=NaN",
                        "--sample-max-tokens=6"))
                .contains("all of 64 completions are worth 0.0, so that there is nothing to learn");
        assertThat(refused("ppo", "--policy=pretrain", "--name=never", "--sample-max-tokens=1"))
                .contains("none of 64 completions ends within --sample-max-tokens=1");
        assertThat(refused("rloo", "--policy=pretrain", "--name=never", "--sample-temperature=0"))
                .contains("--sample-temperature must be above 0 to learn from one's own completions, was 0");
        assertThat(refused("ppo", "--policy=pretrain", "--name=never", "--rubric=nowhere.json"))
                .contains("no file nowhere.json");
        assertThat(RunDir.at(home, "never").begun()).as("nothing is left of it").isFalse();
    }

    @Test
    void eachRewardModelMustReadTheSameTokens() throws IOException {
        Path other = Files.writeString(
                home.resolve("other.txt"),
                IntStream.range(0, 60)
                        .mapToObj("Zebra %d and her quiet foal graze on dusty plains beyond every hill."::formatted)
                        .collect(Collectors.joining("\n\n")));
        // As many entries as the home's own, for which 300 were more than its text has.
        run("tokenizer", "--name=other", "--text=" + other, "--vocabulary=299");
        Path foreign = Files.createDirectory(home.resolve("foreign"));
        for (String file : List.of("config.json", "model.safetensors", "score.json")) {
            Files.copy(RunDir.at(home, "reward").model().resolve(file), foreign.resolve(file));
        }
        for (String file : List.of("tokenizer.json", "tokenizer_config.json")) {
            Files.copy(RunDir.at(home, "other").model().resolve(file), foreign.resolve(file));
        }
        assertThat(refused("grpo", "--policy=pretrain", "--reward=reward," + foreign, "--name=never"))
                .contains(foreign + " have different tokenizers; train both from one base model");
    }

    @Test
    void settingsThatMakeNoEnsembleAreRefused() {
        assertThat(refused("grpo", "--policy=pretrain", "--ensemble=minimum"))
                .contains(
                        "--ensemble=minimum needs several reward models, was given 'reward'; name more, as in --reward=a,b");
        assertThat(refused("grpo", "--policy=pretrain", "--reward=reward,,stern"))
                .contains("--reward must be a reward model, or different ones with commas, was 'reward,,stern'");
        assertThat(refused("grpo", "--policy=pretrain", "--reward=reward, reward"))
                .contains("--reward must be a reward model, or different ones with commas, was 'reward, reward'");
        assertThat(refused("grpo", "--policy=pretrain", "--reward=reward,nobody"))
                .contains("no model 'nobody'");
        assertThat(refused("grpo", "--policy=pretrain", "--ensemble-lambda=-1"))
                .contains("--ensemble-lambda must be at least 0, was -1.0");
    }

    private static String refused(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.add("--home=" + home);
        all.addAll(ENGINE);
        return Said.by(all.toArray(String[]::new)).err();
    }
}

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

/** Adapters from the command line: every method learns through them, and what comes out is a model and an adapter. */
class LoraCommandTest {
    private static final List<String> ENGINE = List.of("--threads=2", "--precision=fp32", "--quiet");

    @TempDir
    static Path home;

    private static Path demonstrations = Path.of("");

    @BeforeAll
    static void makeAHome() throws IOException {
        Path text = Files.writeString(
                home.resolve("text.txt"),
                IntStream.range(0, 60)
                        .mapToObj("The otter number %d lives in the old mill by the river."::formatted)
                        .collect(Collectors.joining("\n\n")));
        Path preferences = Files.writeString(
                home.resolve("preferences.jsonl"),
                IntStream.range(0, 8)
                        .mapToObj(
                                "{\"prompt\": \"Where is otter %d?\", \"chosen\": \"Home.\", \"rejected\": \"No.\"}"
                                        ::formatted)
                        .collect(Collectors.joining("\n")));
        demonstrations = Files.writeString(
                home.resolve("demonstrations.jsonl"),
                IntStream.range(0, 8)
                        .mapToObj("{\"prompt\": \"Where is otter %d?\", \"completion\": \"At home.\"}"::formatted)
                        .collect(Collectors.joining("\n")));
        run("tokenizer", "--text=" + text, "--vocabulary=300");
        run(
                "pretrain",
                ("--text=" + text + " --steps=2 --batch=2 --length=16 --layers=1 --width=16 --heads=2"
                                + " --intermediate=32 --context=64")
                        .split(" "));
        run("import", "preferences", preferences.toString());
        run("reward", "--model=pretrain", "--batch=4", "--sample-max-tokens=4");
    }

    private static Said said(String command, String... words) {
        List<String> all = new ArrayList<>(List.of(command));
        all.addAll(List.of(words));
        all.add("--home=" + home);
        all.addAll(ENGINE);
        return Said.by(all.toArray(String[]::new));
    }

    private static JsonNode run(String command, String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.add("--json");
        Said said = said(command, all.toArray(String[]::new));
        assertThat(said.exitCode()).as(said.err()).isZero();
        return said.json();
    }

    @ParameterizedTest
    @CsvSource({
        "sft,    --model=pretrain --batch=4",
        "reward, --model=pretrain --batch=4 --sample-max-tokens=4",
        "ppo,    --policy=pretrain --steps=2 --batch=8 --minibatches=2 --missing-eos-score=NaN --sample-max-tokens=6",
        "grpo,   --policy=pretrain --steps=2 --prompts=4 --minibatches=2 --missing-eos-score=NaN --sample-max-tokens=6",
        "rloo,   --policy=pretrain --steps=2 --prompts=4 --minibatches=2 --missing-eos-score=NaN --sample-max-tokens=6",
        "dpo,    --policy=pretrain --batch=4 --sample-max-tokens=6",
        "simpo,  --policy=pretrain --batch=4 --sample-max-tokens=6",
        "orpo,   --policy=pretrain --batch=4 --sample-max-tokens=6",
        "kto,    --policy=pretrain --batch=4 --sample-max-tokens=6",
    })
    void everyMethodMakesAModelAndAnAdapterThatIsAllItLearned(String method, String settings) throws IOException {
        String name = method + "-by-adapters";
        List<String> words = new ArrayList<>(List.of(settings.split(" ")));
        words.addAll(List.of("--name=" + name, "--lora-rank=4", "--lora-targets=q,v,down"));
        if (method.equals("sft")) {
            words.add("--demonstrations=" + demonstrations);
        }
        JsonNode made = run(method, words.toArray(String[]::new));
        RunDir dir = RunDir.at(home, name);
        assertThat(RunLog.metricsOf(dir)).isNotEmpty().allSatisfy(line -> assertThat(
                        line.path("grad_norm").asDouble())
                .isPositive());
        assertThat(dir.config().path("config").path("lora").path("rank").asInt())
                .isEqualTo(4);
        assertThat(Json.read(dir.model().resolve("heed.json"))
                        .path("config")
                        .path("lora")
                        .path("targets")
                        .asText())
                .isEqualTo("q,v,down");

        Path adapter = dir.model().resolve("adapter");
        JsonNode merged = run("merge", adapter.toString(), "--name=" + method + "-merged");
        assertThat(merged.path("result").path("hash"))
                .as("the adapter on its base is the model")
                .isEqualTo(made.path("result").path("hash"));
        assertThat(Files.mismatch(
                        RunDir.at(home, method + "-merged").model().resolve("model.safetensors"),
                        dir.model().resolve("model.safetensors")))
                .isEqualTo(-1);
        run("sample", "--model=" + (method.equals("reward") ? "pretrain" : name), "--max-tokens=3");
    }

    @Test
    void whatIsLearnedByAdaptersDependsOnTheirSettingsWhichARunKeeps() {
        String[] sft = {"--model=pretrain", "--batch=4", "--demonstrations=" + demonstrations, "--name=kept"};
        JsonNode made = run("sft", with(sft, "--lora-rank=2"));
        assertThat(run("sft", with(sft, "--lora-rank=2"))).isEqualTo(made);
        assertThat(said("sft", with(sft, "--lora-rank=3")).err()).contains("lora.rank 2, not 3");
        assertThat(said("sft", sft).err()).contains("was begun with");
        sft[3] = "--name=whole";
        JsonNode whole = run("sft", sft);
        assertThat(whole.path("result").path("hash"))
                .isNotEqualTo(made.path("result").path("hash"));
        RunDir dir = RunDir.at(home, "whole");
        assertThat(dir.model().resolve("adapter")).doesNotExist();
        assertThat(dir.config().path("config").has("lora"))
                .as("runs without adapters are told as before there were any")
                .isFalse();
    }

    private static String[] with(String[] words, String word) {
        List<String> all = new ArrayList<>(List.of(words));
        all.add(word);
        return all.toArray(String[]::new);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--lora-rank=-1                     | --lora-rank must be at least 0, was -1",
                "--lora-rank=17                     | --lora-rank must be at most 16, the shorter side of q (16 x 16), was 17",
                "--lora-rank=2 --lora-alpha=0       | --lora-alpha must be between 0.001 and 1000000, was 0.0",
                "--lora-rank=2 --lora-targets=query | --lora-targets must be all, or of q, k, v, qkv, o, gate, up, down with commas, was 'query'",
                "--lora-rank=2 --lora-targets=qkv   | --lora-targets: a llama model has no matrix qkv; it has q, k, v, o, gate, up, down",
            })
    void wrongSettingsAreOneLineAndNoRun(String options, String message) {
        for (String command : List.of("reward --model=pretrain", "dpo --policy=pretrain", "ppo --policy=pretrain")) {
            Said said = said(command.split(" ")[0], (command.split(" ")[1] + " --name=wrong " + options).split(" +"));
            assertThat(said.err()).hasLineCount(1).contains(message);
            assertThat(said.exitCode()).isEqualTo(2);
            assertThat(RunDir.at(home, "wrong").path()).doesNotExist();
        }
    }

    @Test
    void anAdapterIsNoModelUntilItIsMerged(@TempDir Path folder) throws IOException {
        Path adapter = Path.of("src/test/resources/dev/heed/model/peft/llama/adapter");
        assertThat(said("sample", "--model=" + adapter).err())
                .hasLineCount(1)
                .contains(adapter + " holds an adapter, not a model; make one of it with heed merge " + adapter);
        assertThat(said("merge", adapter.toString()).err())
                .hasLineCount(1)
                .contains("was learned on 'somebody/llama', which is no folder here; name the model with --base");
        assertThat(said("merge", adapter.toString(), "--base=pretrain").err())
                .hasLineCount(1)
                .contains("lora_B.weight has shape [8, 2], the model expects [16, 2]");
        assertThat(said("merge", folder.toString()).err())
                .hasLineCount(1)
                .contains("no adapter in " + folder + ": it has no adapter_config.json");
        assertThat(RunDir.at(home, "merged").path()).doesNotExist();
    }
}

package dev.heed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heed.run.RunDir;
import dev.heed.run.RunLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fine-tuning, and the methods that learn from preferences, from the command line to a model in the home. */
class DirectCommandTest {
    private static final List<String> ENGINE = List.of("--threads=2", "--precision=fp32", "--quiet", "--json");

    @TempDir
    Path home;

    @BeforeEach
    void makeAHome() throws IOException {
        Path text = write(
                "text.txt",
                "\n\n",
                60,
                "The otter number %d lives in the old mill by the river, near the hare."::formatted);
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
                "--context=128");
    }

    private Path write(String name, String between, int lines, java.util.function.IntFunction<String> line)
            throws IOException {
        return Files.writeString(
                home.resolve(name), IntStream.range(0, lines).mapToObj(line).collect(Collectors.joining(between)));
    }

    private void run(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.add("--home=" + home);
        all.addAll(ENGINE);
        Said.by(all.toArray(String[]::new)).json();
    }

    private void prefer(int first) throws IOException {
        Path file = write(
                "preferences.jsonl",
                "\n",
                8,
                i -> "{\"prompt\": \"Where is otter %d?\", \"chosen\": \"Home.\", \"rejected\": \"No.\"}"
                        .formatted(first + i));
        run("import", "preferences", file.toString());
    }

    private List<Path> kept() throws IOException {
        try (Stream<Path> files = Files.list(home.resolve("cache"))) {
            return files.sorted().toList();
        }
    }

    private String hash(String run) {
        return RunDir.at(home, run).result().path("hash").asText();
    }

    @Test
    void whatAReferenceSaidIsReadAgainUntilAnythingChanges() throws IOException {
        prefer(0);
        run("dpo", "--policy=pretrain", "--name=first", "--batch=4");
        assertThat(kept()).hasSize(1);
        byte[] before = Files.readAllBytes(kept().get(0));
        run("dpo", "--policy=pretrain", "--name=again", "--batch=4");
        run("dpo", "--policy=pretrain", "--name=faster", "--batch=4", "--lr=0.01");
        run("dpo", "--policy=first", "--reference=pretrain", "--name=further", "--batch=4");
        assertThat(kept()).as("the same reference and preferences").hasSize(1);
        assertThat(Files.readAllBytes(kept().get(0))).isEqualTo(before);
        run("dpo", "--policy=first", "--name=other", "--batch=4");
        assertThat(kept()).as("another reference").hasSize(2);
        run("dpo", "--policy=pretrain", "--name=weighed", "--batch=4", "--tail-weight=0.5");
        assertThat(kept()).as("other sums").hasSize(3);
        run("dpo", "--policy=pretrain", "--name=following", "--batch=4", "--sync-every=1");
        run("simpo", "--policy=pretrain", "--name=alone", "--batch=4");
        assertThat(kept()).as("one that follows, and none at all").hasSize(3);
        prefer(100);
        run("dpo", "--policy=pretrain", "--name=later", "--batch=4");
        assertThat(kept()).as("other preferences").hasSize(4);
    }

    @Test
    void aReferenceMayFollowThePolicy() throws IOException {
        prefer(0);
        for (String sync : List.of("0", "1")) {
            run("dpo", "--policy=pretrain", "--name=sync-" + sync, "--sync-every=" + sync, "--batch=2", "--lr=0.01");
        }
        assertThat(hash("sync-1")).isNotEqualTo(hash("sync-0"));
        assertThat(RunDir.at(home, "sync-1")
                        .config()
                        .at("/config/config/sync/sync_every")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void conversationsAreLearnedFromPackedAndWithNoise() throws IOException {
        Path talks = write(
                "talks.jsonl",
                "\n",
                12,
                i -> ("{\"messages\": [{\"role\": \"user\", \"content\": \"Where is otter %d?\"},"
                                + " {\"role\": \"assistant\", \"content\": \"In the mill.\"},"
                                + " {\"role\": \"user\", \"content\": \"And the hare?\"},"
                                + " {\"role\": \"assistant\", \"content\": \"Near it.\"}]}")
                        .formatted(i));
        run("sft", "--demonstrations=" + talks, "--name=plain", "--batch=4", "--epochs=2");
        run(
                "sft",
                "--demonstrations=" + talks,
                "--name=packed",
                "--batch=1",
                "--epochs=2",
                "--pack=128",
                "--neftune-alpha=5");
        for (String name : List.of("plain", "packed")) {
            assertThat(RunLog.metricsOf(RunDir.at(home, name))).isNotEmpty().allSatisfy(line -> {
                assertThat(line.path("loss").isNumber()).isTrue();
                assertThat(line.path("tokens").asInt()).isPositive();
                assertThat(line.path("tokens_per_second").asDouble()).isPositive();
            });
        }
        assertThat(RunLog.metricsOf(RunDir.at(home, "packed")).size())
                .as("rows of 128 tokens, one an update")
                .isNotEqualTo(RunLog.metricsOf(RunDir.at(home, "plain")).size());
    }
}

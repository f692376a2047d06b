package dev.heed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heed.run.Draws;
import dev.heed.run.Json;
import dev.heed.world.World;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Killed again and again at random moments, every method ends with the weights of a run that nobody touched. */
@Tag("slow")
class KillStudyTest {
    private static final int KILLS = Integer.getInteger("heed.kills", 30);
    private static final String DEMONSTRATIONS = "demonstrations.jsonl";

    @TempDir
    static Path home;

    @BeforeAll
    static void goOnceAroundTheLoop() throws Exception {
        assertThat(Said.by(LoopTest.words(home, "demo", "--no-serve", "--rounds=1"))
                        .exitCode())
                .isZero();
        Files.writeString(
                home.resolve(DEMONSTRATIONS),
                World.of(1).demonstrations(200).stream()
                        .map(shown ->
                                Json.line(Map.of("prompt", shown.prompt().text(), "completion", shown.completion())))
                        .collect(Collectors.joining("\n")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sft --model=pretrain --demonstrations=" + DEMONSTRATIONS + " --batch=4 --checkpoint-every=3",
                "reward --batch=2 --checkpoint-every=3",
                "dpo --lr=0.002 --batch=2 --checkpoint-every=3",
                "simpo --lr=0.002 --batch=2 --checkpoint-every=3",
                "orpo --lr=0.002 --batch=2 --checkpoint-every=3",
                "kto --lr=0.002 --batch=4 --checkpoint-every=3",
                "ppo --reward=reward-1 --steps=40 --batch=32 --checkpoint-every=3",
                "grpo --reward=reward-1 --steps=40 --prompts=8 --completions=4 --checkpoint-every=3",
                "rloo --reward=reward-1 --steps=40 --prompts=8 --completions=4 --checkpoint-every=3",
                "online-dpo --reward=reward-1 --steps=40 --prompts=8 --completions=4 --checkpoint-every=3",
                "rejection --reward=reward-1 --steps=40 --prompts=8 --completions=4 --checkpoint-every=3"
            })
    void everyMethod(String command, @TempDir Path folder) throws Exception {
        String[] words = command.replace(
                        DEMONSTRATIONS, home.resolve(DEMONSTRATIONS).toString())
                .split(" ");
        String method = words[0];
        SplittableRandom random = Draws.of(1, "kills " + method, 0);
        String undisturbed = "";
        long took = 0;
        int kills = 0;
        int runs = 0;
        while (kills < KILLS) {
            Killed killed = new Killed(
                    home,
                    Files.createDirectory(folder.resolve("run-" + runs)),
                    method,
                    Arrays.copyOfRange(words, 1, words.length));
            if (runs++ == 0) {
                took = killed.aloneMs();
                undisturbed = killed.undisturbed();
            }
            while (kills < KILLS && !killed.done()) {
                kills += killed.after(random.nextLong(took)) ? 1 : 0;
            }
            assertThat(killed.resumed()).as("after %d kills", kills).isEqualTo(undisturbed);
        }
        System.err.printf("%s: killed %d times in %d runs of %,d ms%n", method, kills, runs, took);
    }
}

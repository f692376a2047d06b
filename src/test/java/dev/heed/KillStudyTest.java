package dev.heed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heed.run.Draws;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Killed again and again at random moments, every method ends with the weights of a run that nobody touched. */
@Tag("slow")
class KillStudyTest {
    private static final int KILLS = 30;
    private static final int LONGEST_MS = 6_000; // the start of a JVM included

    @TempDir
    static Path home;

    @BeforeAll
    static void goOnceAroundTheLoop() {
        assertThat(Said.by(LoopTest.words(home, "demo", "--no-serve", "--rounds=1"))
                        .exitCode())
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dpo --lr=0.002 --batch=2 --checkpoint-every=3",
                "kto --lr=0.002 --batch=4 --checkpoint-every=3",
                "simpo --lr=0.002 --batch=2 --checkpoint-every=3",
                "orpo --lr=0.002 --batch=2 --checkpoint-every=3",
                "ppo --reward=reward-1 --steps=40 --batch=32 --checkpoint-every=3",
                "grpo --reward=reward-1 --steps=40 --prompts=8 --completions=4 --checkpoint-every=3",
                "rloo --reward=reward-1 --steps=40 --prompts=8 --completions=4 --checkpoint-every=3"
            })
    void everyMethod(String command, @TempDir Path folder) throws Exception {
        String[] words = command.split(" ");
        Killed killed = new Killed(home, folder, words[0], java.util.Arrays.copyOfRange(words, 1, words.length));
        SplittableRandom random = Draws.of(1, "kills " + words[0], 0);
        int kills = 0;
        while (kills < KILLS && !killed.done()) {
            killed.after(random.nextLong(500, LONGEST_MS));
            kills++;
        }
        System.err.printf("%s: killed %d times%n", words[0], kills);
        assertThat(killed.resumed()).as("after %d kills", kills).isEqualTo(killed.undisturbed());
    }
}

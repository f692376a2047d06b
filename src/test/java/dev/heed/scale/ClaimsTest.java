package dev.heed.scale;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClaimsTest {
    @TempDir
    Path folder;

    @Test
    void whatOneHasNobodyElseGetsUntilItIsLetGo() {
        Claims claims = new Claims(folder);
        Claims.Claim claim = claims.find("run").orElseThrow();
        assertThat(claims.find("run")).isEmpty();
        assertThat(claims.find("other")).isPresent();
        claim.close();
        assertThat(claims.find("run")).isPresent();
    }

    @Test
    void whatIsSharedIsDoneOnceByAll() throws InterruptedException {
        List<Integer> runs = IntStream.range(0, 40).boxed().toList();
        Map<Integer, Integer> times = new ConcurrentHashMap<>();
        Claims.Work<Integer> work = new Claims.Work<>() {
            @Override
            public String name(Integer run) {
                return "run-" + run;
            }

            @Override
            public boolean done(Integer run) {
                return times.containsKey(run);
            }

            @Override
            public void work(Integer run) {
                times.merge(run, 1, Integer::sum);
            }
        };
        List<Thread> hands = Stream.generate(() -> new Thread(() -> new Claims(folder).share(runs, work)))
                .limit(4)
                .toList();
        hands.forEach(Thread::start);
        for (Thread hand : hands) {
            hand.join();
        }
        assertThat(times).hasSize(40).allSatisfy((run, count) -> assertThat(count)
                .isEqualTo(1));
    }

    @Test
    void anotherProcessHasItAndDiesAndItIsFree() throws IOException, InterruptedException {
        Path program = folder.resolve("Hold.java");
        Files.writeString(
                program,
                """
                import java.nio.channels.FileChannel;
                import java.nio.file.*;
                class Hold {
                    public static void main(String[] args) throws Exception {
                        FileChannel.open(Path.of(args[0]), StandardOpenOption.CREATE, StandardOpenOption.WRITE).lock();
                        Files.writeString(Path.of(args[1]), "held");
                        Thread.sleep(60_000);
                    }
                }
                """);
        Path held = folder.resolve("held");
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        program.toString(),
                        folder.resolve("run.lock").toString(),
                        held.toString())
                .start();
        try {
            for (int i = 0; i < 600 && !Files.exists(held); i++) {
                Thread.sleep(50);
            }
            assertThat(held).exists();
            assertThat(new Claims(folder).find("run")).isEmpty();
        } finally {
            other.destroyForcibly();
            assertThat(other.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(new Claims(folder).find("run")).isPresent();
    }
}

package dev.heed.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heed.tensor.Precision;
import dev.heed.tensor.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClaimsTest {
    private static final Torch TORCH = Torch.start(2, Precision.FP32);

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

    private static Claims.Work<Integer> work(Map<Integer, Integer> done, Consumer<Integer> does) {
        return new Claims.Work<>() {
            @Override
            public String name(Integer run) {
                return "run-" + run;
            }

            @Override
            public boolean done(Integer run) {
                return done.containsKey(run);
            }

            @Override
            public void work(Integer run) {
                does.accept(run);
            }
        };
    }

    @Test
    void asManyAreDoneAtOnceAsThereAreThreads() {
        CyclicBarrier both = new CyclicBarrier(TORCH.threads());
        Map<Integer, Integer> done = new ConcurrentHashMap<>();
        new Claims(folder).share(TORCH, List.of(1, 2, 3, 4), work(done, run -> {
            try {
                both.await(20, TimeUnit.SECONDS); // broken, if one were done after another
            } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
                throw new IllegalStateException(e);
            }
            done.put(run, 1);
        }));
        assertThat(done).hasSize(4);
    }

    @Test
    void whatFailsIsNotTriedAgainByTheOthers() {
        Map<Integer, Integer> tries = new ConcurrentHashMap<>();
        Claims.Work<Integer> work = work(Map.of(), run -> {
            tries.merge(run, 1, Integer::sum);
            throw new IllegalStateException("no room");
        });
        assertThatThrownBy(() -> new Claims(folder).share(TORCH, List.of(1, 2, 3, 4, 5, 6), work))
                .hasMessage("no room");
        assertThat(tries.size()).isLessThanOrEqualTo(TORCH.threads());
        assertThat(new Claims(folder).find("run-1")).isPresent();
    }

    @Test
    void aLookFromWithinLetsGoOfNothing() throws IOException, InterruptedException {
        Claims.Claim claim = new Claims(folder).find("run").orElseThrow();
        assertThat(new Claims(folder).find("run")).isEmpty();
        Process other = java(
                """
                import java.nio.channels.FileChannel;
                import java.nio.file.*;
                class Look {
                    public static void main(String[] args) throws Exception {
                        FileChannel file = FileChannel.open(Path.of(args[0]), StandardOpenOption.WRITE);
                        System.exit(file.tryLock() == null ? 7 : 0);
                    }
                }
                """,
                folder.resolve("run.lock"));
        assertThat(other.waitFor()).isEqualTo(7);
        claim.close();
    }

    @Test
    void whatIsSharedIsDoneOnceByAll() throws InterruptedException {
        List<Integer> runs = IntStream.range(0, 40).boxed().toList();
        Map<Integer, Integer> times = new ConcurrentHashMap<>();
        Claims.Work<Integer> work = work(times, run -> times.merge(run, 1, Integer::sum));
        List<Thread> hands = Stream.generate(
                        () -> new Thread(() -> new Claims(folder).share(TORCH, runs.subList(0, 1), work)))
                .limit(4)
                .toList();
        hands.forEach(Thread::start);
        new Claims(folder).share(TORCH, runs, work);
        for (Thread hand : hands) {
            hand.join();
        }
        assertThat(times).hasSize(40).allSatisfy((run, count) -> assertThat(count)
                .isEqualTo(1));
    }

    @Test
    void anotherProcessHasItAndDiesAndItIsFree() throws IOException, InterruptedException {
        Path held = folder.resolve("held");
        Process other = java(
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
                """,
                folder.resolve("run.lock"),
                held);
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

    private Process java(String source, Path... words) throws IOException {
        Path program = folder.resolve("Other.java");
        Files.writeString(program, source);
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), program.toString()));
        Stream.of(words).map(Path::toString).forEach(command::add);
        return new ProcessBuilder(command).start();
    }
}

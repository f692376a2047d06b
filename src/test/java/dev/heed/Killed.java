package dev.heed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heed.run.RunDir;
import dev.heed.run.RunLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A command that trains a model, in two copies of a home: one is left alone, in the other the process is killed. */
final class Killed {
    private static final List<String> SAME =
            List.of("--seed=1", "--threads=2", "--precision=fp32", "--quiet", "--json");

    private final String name;
    private final List<String> words = new ArrayList<>();
    private final Path left;
    private final Path hit;

    Killed(Path home, Path folder, String command, String... options) throws IOException {
        name = command + "-killed";
        words.add(command);
        words.add("--name=" + name);
        words.addAll(List.of(options));
        words.addAll(SAME);
        left = copy(home, folder.resolve("left"));
        hit = copy(home, folder.resolve("hit"));
    }

    private static Path copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                if (!file.getFileName().toString().equals("lock")) {
                    Files.copy(file, to.resolve(from.relativize(file).toString()));
                }
            }
        }
        return to;
    }

    /** Starts it, or goes on with it, and kills it once so many steps are logged. */
    void once(int steps) throws Exception {
        Child child = start(hit);
        try {
            while (RunLog.metricsOf(RunDir.at(hit, name)).size() < steps
                    && child.process().isAlive()) {
                Thread.sleep(5);
            }
        } finally {
            child.process().destroyForcibly().waitFor();
        }
        assertThat(RunDir.at(hit, name).finished()).as(child.err()).isFalse();
    }

    /** Starts it, or goes on with it, and kills it after a while; false where it had ended before. */
    boolean after(long milliseconds) throws Exception {
        Child child = start(hit);
        boolean ended = child.process().waitFor(milliseconds, TimeUnit.MILLISECONDS);
        if (ended) {
            assertThat(child.process().exitValue()).as(child.err()).isZero();
        }
        child.process().destroyForcibly().waitFor();
        return !ended;
    }

    /** How long the process takes where nobody kills it, milliseconds. */
    long aloneMs() throws Exception {
        long start = System.nanoTime();
        Child child = start(left);
        assertThat(child.process().waitFor()).as(child.err()).isZero();
        return (System.nanoTime() - start) / 1_000_000;
    }

    private Child start(Path home) throws IOException {
        List<String> command = new ArrayList<>(List.of("-Xmx1g", "dev.heed.Main"));
        command.addAll(words);
        command.add("--home=" + home);
        return Child.start(command.toArray(String[]::new));
    }

    boolean done() {
        return RunDir.at(hit, name).finished();
    }

    /** What {@code heed resume} makes of it: the hash of its weights. Killed before it had begun, it begins anew. */
    String resumed() {
        return RunDir.at(hit, name).begun()
                ? hash(Said.by("resume", name, "--home=" + hit, "--threads=2", "--precision=fp32"), hit)
                : straight(hit);
    }

    /** What becomes of it where nobody kills it. */
    String undisturbed() {
        return straight(left);
    }

    private String straight(Path home) {
        List<String> straight = new ArrayList<>(words);
        straight.add("--home=" + home);
        return hash(Said.by(straight.toArray(String[]::new)), home);
    }

    private String hash(Said said, Path home) {
        assertThat(said.exitCode()).as(said.err()).isZero();
        return RunDir.at(home, name).result().path("hash").asText();
    }
}

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
        Child child = start();
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

    /** Starts it, or goes on with it, and kills it after a while, unless it was done before. */
    void after(long milliseconds) throws Exception {
        Child child = start();
        child.process().waitFor(milliseconds, TimeUnit.MILLISECONDS);
        child.process().destroyForcibly().waitFor();
    }

    private Child start() throws IOException {
        List<String> command = new ArrayList<>(List.of("-Xmx1g", "dev.heed.Main"));
        command.addAll(words);
        command.add("--home=" + hit);
        return Child.start(command.toArray(String[]::new));
    }

    boolean done() {
        return RunDir.at(hit, name).finished();
    }

    /** What {@code heed resume} makes of it: the hash of its weights. */
    String resumed() {
        return hash(Said.by("resume", name, "--home=" + hit, "--threads=2", "--precision=fp32"), hit);
    }

    /** What becomes of it where nobody kills it. */
    String undisturbed() {
        List<String> straight = new ArrayList<>(words);
        straight.add("--home=" + left);
        return hash(Said.by(straight.toArray(String[]::new)), left);
    }

    private String hash(Said said, Path home) {
        assertThat(said.exitCode()).as(said.err()).isZero();
        return RunDir.at(home, name).result().path("hash").asText();
    }
}

package dev.heed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The file {@code heed} in a tree of its own, with a Java and a Maven that only say how they were called. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
    private static final String SAY_WORDS = "#!/bin/sh\nfor word in \"$@\"; do echo \"$word\"; done\n";
    private static final String MAKE_JAR =
            "#!/bin/sh\necho noise\nmkdir -p target/lib; [ -e target/heed.jar ] || : > target/heed.jar\n";

    @TempDir
    Path folder;

    private Path tree = Path.of("");

    private record Answer(int exitCode, List<String> out, String err) {}

    @BeforeEach
    void makeTree() throws IOException {
        tree = folder.resolve("a tree"); // with a blank, as people's folders have
        for (String part : List.of("src/main/java", "web", "db")) {
            Files.createDirectories(tree.resolve(part));
        }
        write("a tree/heed", Files.readString(Path.of("heed")));
        write("a tree/pom.xml", "");
        write("a tree/src/main/java/Main.java", "");
        jdk("jdk17", "17.0.15");
        write("bin/mvn", MAKE_JAR);
    }

    private void jdk(String name, String version) throws IOException {
        write(name + "/release", "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        write(name + "/bin/javac", "");
        write(name + "/bin/java", SAY_WORDS);
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private Answer run(Path heed, Path from, Map<String, String> environment, String... words)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(heed.toString()));
        command.addAll(List.of(words));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(from.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("JAVA_HOME", folder.resolve("jdk17").toString());
        builder.environment().put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return new Answer(process.exitValue(), Files.readAllLines(out), Files.readString(err));
    }

    private Answer run(String... words) throws IOException, InterruptedException {
        return run(tree.resolve("heed"), folder, Map.of(), words);
    }

    @Test
    void buildsOnceAndSaysSoOnStandardErrorOnly() throws Exception {
        Answer first = run("ppo", "--name", "a fox");
        assertThat(first.err()).isEqualTo("building Heed: once, and after each change of its sources\n");
        assertThat(first.out())
                .endsWith("dev.heed.Main", "ppo", "--name", "a fox")
                .doesNotContain("noise");
        Answer second = run("ppo");
        assertThat(second.err()).isEmpty();
        assertThat(second.exitCode()).isZero();
    }

    @Test
    void buildsAgainOnceASourceIsNewerAlsoWhereTheJarStaysAsItIs() throws Exception {
        run("runs");
        for (String source : List.of("pom.xml", "src/main/java/Main.java", "web", "db")) {
            makeOld(tree);
            assertThat(run("runs").err()).as(source).isEmpty();
            Files.setLastModifiedTime(tree.resolve(source), FileTime.from(Instant.EPOCH.plusSeconds(60)));
            assertThat(run("runs").err()).as(source).contains("building");
            assertThat(run("runs").err()).as(source).isEmpty();
        }
    }

    private static void makeOld(Path tree) throws IOException {
        try (var files = Files.walk(tree)) {
            for (Path file : files.toList()) {
                Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
            }
        }
    }

    @Test
    void aFailedBuildSaysWhatMavenSaid() throws Exception {
        write("bin/mvn", "#!/bin/sh\necho '[ERROR] Main.java is wrong'\nexit 1\n");
        Answer answer = run("runs");
        assertThat(answer.exitCode()).isEqualTo(1);
        assertThat(answer.err()).contains("[ERROR] Main.java is wrong", "heed: the build failed");
        assertThat(run("runs").err()).contains("building"); // and it is tried again
    }

    @Test
    void saysThatMavenIsMissing() throws Exception {
        Path tools = Files.createDirectories(folder.resolve("tools"));
        for (String tool : List.of("sh", "sed", "dirname", "readlink", "find", "head", "git", "mkdir", "grep")) {
            for (String from : List.of("/bin/", "/usr/bin/", "/usr/local/bin/", "/opt/homebrew/bin/")) {
                if (Files.exists(Path.of(from + tool)) && !Files.exists(tools.resolve(tool))) {
                    write("tools/" + tool, "#!/bin/sh\nexec %s%s \"$@\"\n".formatted(from, tool));
                }
            }
        }
        Answer answer = run(tree.resolve("heed"), folder, Map.of("PATH", tools.toString()), "runs");
        assertThat(answer.exitCode()).isEqualTo(1);
        assertThat(answer.err()).isEqualTo("heed: Maven is needed to build Heed, and there is no mvn on PATH\n");
    }

    @Test
    void worksThroughALinkAndStaysInTheFolderItIsCalledFrom() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("a tree/heed"));
        Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
        write("jdk17/bin/java", "#!/bin/sh\npwd -P\necho \"$2\"; for word in \"$@\"; do echo \"$word\"; done\n");
        Answer answer = run(link, elsewhere, Map.of(), "runs");
        assertThat(answer.out().get(0)).isEqualTo(elsewhere.toRealPath().toString());
        assertThat(answer.out())
                .contains(tree.toRealPath().resolve("target/heed.jar").toString());
    }

    @Test
    void passesOverAJdkThatIsTooOld() throws Exception {
        jdk("jdk8", "1.8.0_402");
        jdk("jdk11", "11.0.2");
        for (String old : List.of("jdk8", "jdk11")) {
            Answer answer = run(
                    tree.resolve("heed"),
                    folder,
                    Map.of("JAVA_HOME", folder.resolve(old).toString(), "HEED_JAVA_OPTIONS", "--dry-run"),
                    "--help");
            // Another one of this machine is taken, at least the one that runs this test.
            assertThat(answer.err()).as(old).doesNotContain("no JDK");
            assertThat(answer.out()).as(old).doesNotContain("dev.heed.Main");
        }
    }

    @Test
    void newerJdksAreTakenWithTheOptionsThatTheyWant() throws Exception {
        jdk("jdk17", "25.0.3");
        assertThat(run("runs").out())
                .contains("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");
        jdk("jdk17", "17");
        assertThat(run("runs").out()).noneMatch(word -> word.startsWith("--enable-native-access"));
    }

    @Test
    void onlyCommandsThatDoNotComputeHaveTheQuickCompilerAlone() throws Exception {
        String quick = "-XX:TieredStopAtLevel=1";
        assertThat(run("serve").out()).contains(quick);
        assertThat(run("--help").out()).contains(quick);
        assertThat(run("ppo").out()).doesNotContain(quick, "");
    }

    @Test
    void aServerCollectsGarbageInShortPausesAndWhatComputesInLittleMemory() throws Exception {
        assertThat(run("serve").out()).contains("-XX:+UseG1GC").doesNotContain("-XX:+UseSerialGC");
        assertThat(run("ppo").out()).contains("-XX:+UseSerialGC").doesNotContain("-XX:+UseG1GC");
    }
}

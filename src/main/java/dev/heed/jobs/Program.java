package dev.heed.jobs;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The program that jobs are processes of: this one, with the options that its own JVM was started with. No shell is
 * involved, so no word of a job means more than itself.
 *
 * @param java the program java, and the options that its JVM is given
 * @param main the class that is run, after the class path
 */
public record Program(List<String> java, String classPath, String main) {
    private static final List<Path> SETSID = List.of(Path.of("/usr/bin/setsid"), Path.of("/bin/setsid"));

    /** What a server's JVM is told that one that computes should not be. */
    private static final List<String> SERVERS_OWN =
            List.of("-XX:TieredStopAtLevel=", "-Dheed.terminal=", "-D" + JobFolder.PROPERTY + "=", "-agentlib:jdwp=");

    /** The one that is running. */
    public static Program here(Class<?> main) {
        List<String> java = new ArrayList<>();
        java.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> SERVERS_OWN.stream().noneMatch(option::startsWith))
                .forEach(java::add);
        return new Program(List.copyOf(java), wholeClassPath(), main.getName());
    }

    /** The class path, wherever the job's process begins. */
    private static String wholeClassPath() {
        List<String> parts = new ArrayList<>();
        for (String part : System.getProperty("java.class.path").split(File.pathSeparator)) {
            parts.add(Path.of(part).toAbsolutePath().toString());
        }
        return String.join(File.pathSeparator, parts);
    }

    /**
     * Starts a job. Where the system has {@code setsid}, its process is in a session of its own: what ends the server's
     * terminal, Ctrl-C included, does not reach it. Without, Ctrl-C in that terminal makes it save and end, too.
     */
    Process start(JobFolder job, List<String> words) {
        List<String> command = new ArrayList<>();
        SETSID.stream().filter(Files::isExecutable).findFirst().ifPresent(setsid -> command.add(setsid.toString()));
        command.addAll(java);
        command.add("-D%s=%s".formatted(JobFolder.PROPERTY, job.path()));
        command.addAll(List.of("-cp", classPath, main));
        command.addAll(words);
        try {
            return new ProcessBuilder(command)
                    .redirectInput(Redirect.from(new File("/dev/null")))
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.appendTo(job.log().toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start job " + job.id(), e);
        }
    }
}

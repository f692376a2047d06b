package dev.heed.db;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server for tests: the system's own programs, a temporary folder, a free port of this machine. As root its
 * programs refuse to run, so they then run as postgres or nobody.
 */
public final class Postgres implements AutoCloseable {
    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static @Nullable Postgres shared;

    private final Path programs;
    private final Path folder;
    private final Optional<String> user;
    private final int port;
    private final boolean durable;

    /** Whether commits are forced to the disk, which takes time and matters only where the server itself dies. */
    public enum Durability {
        FORCED,
        QUICK
    }

    private Postgres(Path programs, Durability durability) throws IOException {
        this.programs = programs;
        this.durable = durability == Durability.FORCED;
        this.user = System.getProperty("user.name").equals("root") ? anyUser() : Optional.empty();
        this.folder = Files.createTempDirectory("heed-postgres");
        this.port = freePort();
        if (user.isPresent()) {
            UserPrincipal owner =
                    folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user.get());
            Files.setOwner(folder, owner);
        }
    }

    /** The one that all tests of a process share; skips the test, and says so, where PostgreSQL is not installed. */
    public static synchronized Postgres orSkip() {
        Postgres running = shared;
        if (running == null) {
            running = start(Durability.QUICK);
            shared = running;
            Runtime.getRuntime().addShutdownHook(new Thread(running::close));
        }
        return running;
    }

    /** One of its own, to be stopped and started; skips the test where PostgreSQL is not installed. */
    public static Postgres start(Durability durability) {
        Optional<Path> programs = findPrograms();
        if (programs.isEmpty()) {
            System.out.println("skipped: no PostgreSQL (initdb) in /usr/lib/postgresql/*/bin or on PATH");
        }
        assumeTrue(programs.isPresent(), "no PostgreSQL (initdb) in /usr/lib/postgresql/*/bin or on PATH");
        try {
            Postgres postgres = new Postgres(programs.orElseThrow(), durability);
            postgres.run("initdb", "-D", postgres.files(), "-U", "heed", "-A", "trust", "-E", "UTF8", "--no-sync");
            postgres.start();
            return postgres;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start PostgreSQL", e);
        }
    }

    private static Optional<Path> findPrograms() {
        Path debian = Path.of("/usr/lib/postgresql");
        List<Path> folders = new ArrayList<>();
        if (Files.isDirectory(debian)) {
            try (Stream<Path> versions = Files.list(debian)) {
                versions.sorted(Comparator.reverseOrder())
                        .map(v -> v.resolve("bin"))
                        .forEach(folders::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        Arrays.stream(System.getenv("PATH").split(":")).map(Path::of).forEach(folders::add);
        return folders.stream()
                .filter(f -> Files.isExecutable(f.resolve("initdb")))
                .findFirst();
    }

    private static Optional<String> anyUser() throws IOException {
        List<String> names = Files.readAllLines(Path.of("/etc/passwd")).stream()
                .map(line -> line.split(":")[0])
                .toList();
        return Stream.of("postgres", "nobody").filter(names::contains).findFirst();
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    private String files() {
        return folder.resolve("data").toString();
    }

    /** Starts it again where {@link #start(Durability)} has made it and {@link #stop} has stopped it. */
    public void start() {
        String options = "-h 127.0.0.1 -p %d -k '' -c fsync=%s -c synchronous_commit=%s -c max_connections=60"
                .formatted(port, durable ? "on" : "off", durable ? "on" : "off");
        run("pg_ctl", "-D", files(), "-l", folder.resolve("log").toString(), "-w", "-t", "30", "-o", options, "start");
    }

    /** Stops it at once, as a crash would. */
    public void stop() {
        run("pg_ctl", "-D", files(), "-w", "-m", "immediate", "stop");
    }

    private void run(String program, String... words) {
        List<String> command = new ArrayList<>();
        user.ifPresent(name -> command.addAll(List.of("setpriv", "--reuid=" + name, "--clear-groups", "--")));
        command.add(programs.resolve(program).toString());
        command.addAll(List.of(words));
        try {
            Path output = Files.createTempFile("heed-postgres", ".txt");
            Process process = new ProcessBuilder(command)
                    .directory(Path.of("/").toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(command + " failed: " + Files.readString(output));
            }
            Files.delete(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** A new, empty database, as --db takes it. */
    public String newDatabase() {
        String name = "t" + DATABASES.incrementAndGet();
        execute("create database " + name);
        return "jdbc:postgresql://127.0.0.1:%d/%s?user=heed".formatted(port, name);
    }

    /** Takes a database that nobody uses away, and makes it again, empty. */
    public void empty(String url) {
        String name = url.substring(url.lastIndexOf('/') + 1, url.indexOf('?'));
        execute("drop database %s with (force)".formatted(name));
        execute("create database " + name);
    }

    /** Takes all preferences away, under the feet of those who use it. */
    void loseRows(String url) {
        execute(url, "truncate preference, standing, comparison_count, comparison, prompt cascade");
    }

    /** How many rows a table has by what joins are planned by; −1: nobody has counted. */
    long counted(String url, String table) {
        try (Connection connection = DriverManager.getConnection(url);
                ResultSet rows = connection
                        .createStatement()
                        .executeQuery("select reltuples from pg_class where relname = '%s'".formatted(table))) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(table, e);
        }
    }

    private void execute(String statement) {
        execute("jdbc:postgresql://127.0.0.1:%d/postgres?user=heed".formatted(port), statement);
    }

    private static void execute(String url, String statement) {
        try (Connection connection = DriverManager.getConnection(url)) {
            connection.createStatement().execute(statement);
        } catch (SQLException e) {
            throw new IllegalStateException(statement, e);
        }
    }

    /** Stops it. Its files, by then some 30,000, go after this process if need be: Surefire waits 30 s for its end. */
    @Override
    public void close() {
        if (Files.exists(folder.resolve("data/postmaster.pid"))) {
            stop();
        }
        try {
            new ProcessBuilder("rm", "-rf", folder.toString()).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

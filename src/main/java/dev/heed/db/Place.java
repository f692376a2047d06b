package dev.heed.db;

import dev.heed.run.Json;
import dev.heed.run.UserError;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the rows of a home lie: in the home folder itself (H2), or in a PostgreSQL database that several homes may share.
 * A home remembers which, without its password.
 *
 * @param url of JDBC, without user and password
 * @param user null leaves it to the driver
 */
record Place(String url, @Nullable String user, @Nullable String password) {
    private static final String POSTGRES = "jdbc:postgresql:";
    private static final String FILE = "database.json";

    /** As the home remembers it. */
    private record Remembered(String url, @Nullable String user) {}

    /**
     * The place that was asked for; else the one that the home remembers; else the home itself.
     *
     * @param db jdbc:postgresql:…, user and password in it or in {@code HEED_DB_USER} and {@code HEED_DB_PASSWORD}; empty
     *     where nobody asked
     */
    static Place of(Path home, String db, Map<String, String> environment) {
        Path file = home.resolve(FILE);
        if (!db.isEmpty()) {
            return postgres(db, environment);
        }
        if (Files.exists(file)) {
            Remembered remembered = Json.read(file, Remembered.class);
            Place place = postgres(remembered.url(), environment);
            return place.user() == null ? new Place(place.url(), remembered.user(), place.password()) : place;
        }
        return h2(home);
    }

    private static Place h2(Path home) {
        return new Place(
                "jdbc:h2:file:" + home.toAbsolutePath().resolve("heed")
                        + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;LOCK_TIMEOUT=10000"
                        // Without the first, acknowledged commits are lost on kill -9; without the second, 2.4.240
                        // returns a stale result when a transaction asks twice (h2database#4299).
                        + ";WRITE_DELAY=0;OPTIMIZE_REUSE_RESULTS=0"
                        // Closed by close(), not by a shutdown hook of its own while ours still saves.
                        + ";DB_CLOSE_ON_EXIT=FALSE",
                null,
                null);
    }

    private static Place postgres(String db, Map<String, String> environment) {
        if (!db.startsWith(POSTGRES)) {
            throw new UserError(
                    "--db must begin with %s (as in %s//127.0.0.1:5432/heed), was '%s'; leave it out for the database in the home folder"
                            .formatted(POSTGRES, POSTGRES, withoutSecrets(db)));
        }
        String user = parameter(db, "user");
        String password = parameter(db, "password");
        return new Place(
                withoutSecrets(db),
                user != null ? user : environment.get("HEED_DB_USER"),
                password != null ? password : environment.get("HEED_DB_PASSWORD"));
    }

    private static @Nullable String parameter(String url, String name) {
        return parameters(url, p -> p.startsWith(name + "="))
                .map(p -> URLDecoder.decode(p.substring(name.length() + 1), StandardCharsets.UTF_8))
                .findFirst()
                .orElse(null);
    }

    /** The URL without user and password, as it may be shown and kept. */
    static String withoutSecrets(String url) {
        String rest = parameters(url, p -> !p.startsWith("user=") && !p.startsWith("password="))
                .collect(Collectors.joining("&"));
        return url.split("\\?", 2)[0] + (rest.isEmpty() ? "" : "?" + rest);
    }

    private static Stream<String> parameters(String url, Predicate<String> which) {
        String[] parts = url.split("\\?", 2);
        return parts.length == 1
                ? Stream.empty()
                : Arrays.stream(parts[1].split("&")).filter(which);
    }

    /** Whether servers of other homes may write there too. */
    boolean isShared() {
        return url.startsWith(POSTGRES);
    }

    /** So that a command without {@code --db} finds the same rows. */
    void remember(Path home) {
        if (isShared()) {
            Json.write(home.resolve(FILE), new Remembered(url, user));
        }
    }

    /** Without the password. */
    @Override
    public String toString() {
        return isShared() ? url : url.substring("jdbc:h2:file:".length(), url.indexOf(';'));
    }
}

package dev.heed.db;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.heed.run.Json;
import dev.heed.run.WholeFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * {@code server.json} of a home folder: where the process that holds it listens. Only the owner can read it.
 *
 * @param token lets other processes of the same owner use the store through the server
 */
public record ServerFile(long pid, String url, String token) {
    private static final String NAME = "server.json";

    /** Empty where no server has written one, or it is not whole. */
    public static Optional<ServerFile> find(Path home) {
        try {
            return Optional.of(Json.mapper().readValue(Files.readString(home.resolve(NAME)), ServerFile.class));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    public void write(Path home) {
        try {
            Path unfinished = Files.createTempFile(home, "server", ".unfinished", WholeFile.ownerOnly());
            Files.writeString(unfinished, Json.line(this) + "\n");
            Files.move(unfinished, home.resolve(NAME), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write %s in %s".formatted(NAME, home), e);
        }
    }

    public static void delete(Path home) {
        try {
            Files.deleteIfExists(home.resolve(NAME));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete %s in %s".formatted(NAME, home), e);
        }
    }
}

package dev.heed.train;

import dev.heed.feedback.Hashes;
import dev.heed.run.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state of a training run on disk. Each checkpoint is a folder that appears whole or not at all, with the SHA-256 of
 * every file in it; the two newest are kept, so that a torn or corrupted one costs little.
 */
public final class Checkpoints {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);
    private static final String DIGESTS = "digests.json";
    private static final int KEPT = 2;

    private final Path folder;

    public Checkpoints(Path folder) {
        this.folder = folder;
    }

    /** A whole checkpoint: steps already done, and where it lies. */
    public record Found(long step, Path path) {}

    /** Writes files into a folder. */
    @FunctionalInterface
    public interface Writer {
        void writeTo(Path folder) throws IOException;
    }

    /** Writes the checkpoint of {@code step} atomically and drops those before the last two. */
    public void save(long step, Writer writer) {
        try {
            Files.createDirectories(folder);
            Path unfinished = folder.resolve("unfinished");
            delete(unfinished);
            Files.createDirectories(unfinished);
            writer.writeTo(unfinished);
            Json.write(unfinished.resolve(DIGESTS), digests(unfinished));
            for (Path file : filesIn(unfinished)) {
                sync(file);
            }
            Path whole = folder.resolve(nameOf(step));
            delete(whole);
            Files.move(unfinished, whole, StandardCopyOption.ATOMIC_MOVE);
            List<Found> all = all();
            for (Found old : all.subList(Math.min(KEPT, all.size()), all.size())) {
                delete(old.path());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot save a checkpoint in " + folder, e);
        }
    }

    /** The newest checkpoint whose every byte is as it was written. */
    public Optional<Found> findNewest() {
        for (Found found : all()) {
            if (isWhole(found.path())) {
                return Optional.of(found);
            }
            LOG.warn("checkpoint {} is damaged; trying the one before", found.path());
        }
        return Optional.empty();
    }

    /** Removes all of them: a finished run needs none. */
    public void clear() {
        try {
            delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + folder, e);
        }
    }

    private List<Found> all() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(p -> p.getFileName().toString().startsWith("step-"))
                    .map(p ->
                            new Found(Long.parseLong(p.getFileName().toString().substring(5)), p))
                    .sorted(Comparator.comparingLong(Found::step).reversed())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + folder, e);
        }
    }

    private static String nameOf(long step) {
        return "step-%08d".formatted(step);
    }

    private static boolean isWhole(Path checkpoint) {
        try {
            Map<?, ?> expected = Json.read(checkpoint.resolve(DIGESTS), TreeMap.class);
            return expected.equals(digests(checkpoint));
        } catch (RuntimeException | IOException e) {
            return false;
        }
    }

    private static Map<String, String> digests(Path checkpoint) throws IOException {
        TreeMap<String, String> digests = new TreeMap<>();
        for (Path file : filesIn(checkpoint)) {
            if (!file.getFileName().toString().equals(DIGESTS)) {
                String name = checkpoint.relativize(file).toString().replace('\\', '/');
                digests.put(name, Hashes.sha256(Files.readAllBytes(file)));
            }
        }
        return digests;
    }

    private static List<Path> filesIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static void sync(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}

package dev.heed.tensor;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.run.UntrustedJson;
import dev.heed.run.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The tensors of a model's folder: of its {@code model.safetensors}, or of several files, the shards, that {@code
 * model.safetensors.index.json} names. A folder that holds both is read as transformers reads it: the one file counts.
 * Every file is opened and checked before any number is read.
 */
public final class Checkpoint implements AutoCloseable {
    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = SINGLE + ".index.json";
    private static final int LONGEST_INDEX = 100 << 20;
    private static final int SHOWN = 60;

    /** A plain name: no folder, no way out of this one, no device or stream of Windows. */
    private static final Pattern SHARD = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,200}\\.safetensors");

    private static final Pattern PICKLE = Pattern.compile(
            "(?!training_args|optimizer|scheduler|rng_state).+\\.(bin|pt|pth|ckpt|pkl)(\\.index\\.json)?");

    private final Path source;
    private final Map<String, Safetensors> files = new LinkedHashMap<>();
    private final Map<String, Safetensors> holders = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final Scratch scratch = new Scratch();

    private Checkpoint(Path source) {
        this.source = source;
    }

    /**
     * Opens a folder's files and checks their headers.
     *
     * @throws UserError if it has no weights that are read, or they are damaged or not those that the index promises
     */
    public static Checkpoint open(Path dir) {
        Path single = dir.resolve(SINGLE);
        Path index = dir.resolve(INDEX);
        if (!Files.exists(single) && !Files.exists(index)) {
            throw absent(dir);
        }
        Checkpoint checkpoint = new Checkpoint(Files.exists(single) ? single : index);
        boolean opened = false;
        try {
            if (Files.exists(single)) {
                checkpoint.add(SINGLE, single);
            } else {
                checkpoint.addShards(dir);
            }
            opened = true;
            return checkpoint;
        } finally {
            if (!opened) {
                checkpoint.close();
            }
        }
    }

    /** Whether a folder holds weights, be it in a format that {@link #open} refuses. */
    public static boolean isIn(Path dir) {
        return Files.exists(dir.resolve(SINGLE))
                || Files.exists(dir.resolve(INDEX))
                || findPickle(dir).isPresent();
    }

    private static UserError absent(Path dir) {
        return findPickle(dir)
                .map(pickle -> new UserError(("%s holds %s, which Heed does not read, for a pickle can run code;"
                                + " turn it into safetensors: in Python,"
                                + " AutoModelForCausalLM.from_pretrained(DIR).save_pretrained(DIR)")
                        .formatted(dir, pickle)))
                .orElseGet(() -> new UserError("no weights in %s: neither %s nor %s".formatted(dir, SINGLE, INDEX)));
    }

    private static Optional<String> findPickle(Path dir) {
        if (!Files.isDirectory(dir)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(dir)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> PICKLE.matcher(name).matches())
                    .sorted()
                    .findFirst()
                    .map(name -> UntrustedJson.shown(name, SHOWN));
        } catch (IOException e) {
            throw new UserError("cannot read %s: %s".formatted(dir, e), e);
        }
    }

    private void addShards(Path dir) {
        Map<String, String> promised = promised();
        for (String shard : new TreeSet<>(promised.values())) {
            Path file = dir.resolve(shard);
            if (!Files.exists(file)) {
                throw new UserError("%s names the shard %s, which is not there".formatted(source, shard));
            }
            add(shard, file);
        }
        promised.forEach((name, shard) -> {
            if (holders.get(name) != files.get(shard)) {
                throw new UserError("%s promises the tensor %s in %s, which lacks it"
                        .formatted(source, UntrustedJson.shown(name, SHOWN), shard));
            }
        });
    }

    /** The index's weight_map: which shard holds which tensor. */
    private Map<String, String> promised() {
        JsonNode map = UntrustedJson.object(source, LONGEST_INDEX).path("weight_map");
        if (!map.isObject() || map.isEmpty()) {
            throw new UserError("%s has no weight_map, which says what shard holds each tensor".formatted(source));
        }
        Map<String, String> promised = new LinkedHashMap<>();
        map.properties().forEach(entry -> {
            String shard = entry.getValue().asText();
            if (!entry.getValue().isTextual() || !SHARD.matcher(shard).matches()) {
                throw new UserError("%s names the shard '%s'; a shard is a .safetensors file of the same folder"
                        .formatted(source, UntrustedJson.shown(shard, SHOWN)));
            }
            promised.put(entry.getKey(), shard);
        });
        return promised;
    }

    private void add(String shard, Path file) {
        Safetensors opened = Safetensors.open(file, scratch);
        files.put(shard, opened);
        opened.metadata().forEach(metadata::putIfAbsent);
        for (String name : opened.names()) {
            Safetensors other = holders.putIfAbsent(name, opened);
            if (other != null) {
                throw new UserError("%s and %s both hold the tensor %s".formatted(other.path(), opened.path(), name));
            }
        }
    }

    /** What is read: the one file, or the index. */
    public Path source() {
        return source;
    }

    /** Of all files. */
    public Set<String> names() {
        return Collections.unmodifiableSet(holders.keySet());
    }

    /** Of all files; of a key that several have, the first file's value. */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(metadata);
    }

    /** @throws UserError if there is no tensor of that name */
    public SavedTensor expect(String name) {
        return holder(name).expect(name);
    }

    /**
     * The tensor of that name and shape, of a type that comes out as float32.
     *
     * @throws UserError if there is none
     */
    public SavedTensor expect(String name, Shape shape) {
        return holder(name).expect(name, shape);
    }

    private Safetensors holder(String name) {
        Safetensors holder = holders.get(name);
        if (holder == null) {
            throw new UserError("%s lacks the tensor %s".formatted(source, name));
        }
        return holder;
    }

    @Override
    public void close() {
        files.values().forEach(Safetensors::close);
    }
}

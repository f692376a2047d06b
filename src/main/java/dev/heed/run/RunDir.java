package dev.heed.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The folder of one run of one stage: {@code config.json} (what went in), {@code metrics.jsonl} and
 * {@code samples.jsonl} ({@link RunLog}), {@code checkpoints/}, {@code model/} and, written last, {@code result.json};
 * while a process works on it, {@code process.json} ({@link Worker}).
 */
public record RunDir(String name, Path path) {

    /** The run of that name, home/runs/name, whether it exists or not. */
    public static RunDir at(Path home, String name) {
        if (!isName(name)) {
            throw new UserError("a run's name has letters, digits, '.', '_' and '-' only, was '%s'".formatted(name));
        }
        return new RunDir(name, home.resolve("runs").resolve(name));
    }

    /** Whether a run may be called so. */
    public static boolean isName(String name) {
        return name.matches("[A-Za-z0-9][A-Za-z0-9._-]*");
    }

    /** The runs of a home that were begun, in the order of their names. */
    public static List<RunDir> all(Path home) {
        Path runs = home.resolve("runs");
        if (!Files.isDirectory(runs)) {
            return List.of();
        }
        try (var folders = Files.list(runs)) {
            return folders.map(folder -> new RunDir(folder.getFileName().toString(), folder))
                    .filter(RunDir::begun)
                    .sorted(Comparator.comparing(RunDir::name))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + runs, e);
        }
    }

    /** The folder of the model that the run makes. */
    public Path model() {
        return path.resolve("model");
    }

    /** The folder of what a later start goes on from. */
    public Path checkpoints() {
        return path.resolve("checkpoints");
    }

    /** Whether the run was ever begun. */
    public boolean begun() {
        return Files.exists(path.resolve("config.json"));
    }

    /** As {@link #begin(Settings, Object, List)} without settings and words. */
    public void begin(Object config) {
        begin(null, config, List.of());
    }

    /**
     * Writes config.json: the knobs, the settings, and which Heed this is. A run that was begun before goes on only with
     * the same knobs and settings (the home may have moved).
     *
     * @param words the command that begins it, see {@link #words}
     * @throws UserError if it was begun with others; names the first that differ
     */
    public void begin(@Nullable Settings settings, Object config, List<String> words) {
        ObjectNode document = Json.mapper().createObjectNode();
        document.put("run", name);
        document.put("begun", Instant.now().toString());
        document.set("words", Json.mapper().valueToTree(words));
        document.set("heed", Json.mapper().valueToTree(Version.current()));
        if (settings != null) {
            document.set("settings", ((ObjectNode) reread(settings)).without("home"));
        }
        document.set("config", reread(config));
        if (begun()) {
            refuseOthers(Json.read(path.resolve("config.json")), document);
        } else {
            Json.write(path.resolve("config.json"), document);
        }
    }

    /** Removes the run with all that it holds. */
    public void discard() {
        try (var files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + path, e);
        }
    }

    /** config.json, as {@link #begin} wrote it. */
    public JsonNode config() {
        return Json.read(path.resolve("config.json"));
    }

    /** The command that began it, word by word; none where an older Heed did. */
    public List<String> words() {
        List<String> words = new ArrayList<>();
        config().path("words").forEach(word -> words.add(word.asText()));
        return words;
    }

    /** Whether the run is done: result.json is there. */
    public boolean finished() {
        return Files.exists(path.resolve("result.json"));
    }

    /** Writes result.json, whole or not at all. The last thing that a run does. */
    public void finish(Object result) {
        Json.write(path.resolve("result.json"), result);
        try {
            Files.deleteIfExists(process());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + process(), e);
        }
    }

    /** Says that this process works on the run, for those who look at it from another. */
    public void work() {
        work(0, 0);
    }

    /** As {@link #work()}, once the steps are known: those from one on, of so many in all. */
    public void work(long from, long total) {
        Json.write(process(), Worker.here(from, total));
    }

    /** Who works on it or was the last to do so; empty where it is done, or an older Heed worked on it. */
    public Optional<Worker> worker() {
        try {
            return Optional.of(Json.read(process(), Worker.class));
        } catch (UserError e) {
            if (e.getCause() instanceof NoSuchFileException) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private Path process() {
        return path.resolve("process.json");
    }

    /** Where a run stands. */
    public enum State {
        RUNNING,
        /** Begun and not done, and no process works on it: the same command goes on with it. */
        STOPPED,
        DONE
    }

    /** Where the run stands now. */
    public State state() {
        boolean working = worker().filter(Worker::alive).isPresent(); // asked first: a run that ends meanwhile is done
        if (finished()) {
            return State.DONE;
        }
        return working ? State.RUNNING : State.STOPPED;
    }

    /** What the run came to. */
    public JsonNode result() {
        return Json.read(path.resolve("result.json"));
    }

    /** As it will be when read again: a float is a double in JSON. */
    private static JsonNode reread(Object config) {
        try {
            return Json.mapper().readTree(Json.line(config));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no JSON for " + config, e);
        }
    }

    private void refuseOthers(JsonNode before, JsonNode now) {
        List<String> differences = new ArrayList<>();
        for (String part : List.of("settings", "config")) {
            compare("", before.path(part), now.path(part), differences);
        }
        if (!differences.isEmpty()) {
            throw new UserError("run %s was begun with %s; give it another name or home, or delete %s"
                    .formatted(
                            name, String.join(" and ", differences.subList(0, Math.min(3, differences.size()))), path));
        }
    }

    private static void compare(String at, JsonNode before, JsonNode now, List<String> differences) {
        if (before.equals(now)) {
            return;
        }
        if (!before.isObject() || !now.isObject()) {
            differences.add("%s %s, not %s".formatted(at, shown(before), shown(now)));
            return;
        }
        TreeSet<String> names = new TreeSet<>();
        before.fieldNames().forEachRemaining(names::add);
        now.fieldNames().forEachRemaining(names::add);
        for (String field : names) {
            compare(at.isEmpty() ? field : at + "." + field, before.path(field), now.path(field), differences);
        }
    }

    private static String shown(JsonNode node) {
        return node.isMissingNode() ? "absent" : node.toString();
    }
}

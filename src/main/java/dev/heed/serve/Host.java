package dev.heed.serve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.model.Head;
import dev.heed.model.ModelConfig;
import dev.heed.run.RunDir;
import dev.heed.run.UntrustedJson;
import dev.heed.run.UserError;
import dev.heed.tensor.Torch;
import dev.heed.web.ModelHost;
import dev.heed.web.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The models of a home's runs. One is loaded at its first question and stays until another needs its memory or its run
 * makes a new one; who asks while it is loaded waits.
 */
public final class Host implements ModelHost, AutoCloseable {
    private static final String WEIGHTS = "model.safetensors";
    private static final int LONGEST_CONFIG = 1 << 20;

    private final Path home;
    private final Supplier<Torch> torch;
    private final LongSupplier freeBytes;

    // Guarded by this; the one used last is last.
    private final Map<String, Held> held = new LinkedHashMap<>();
    private final List<Held> replaced = new ArrayList<>();
    private long mostBytes;

    /** A loaded model, and who uses it. */
    private static final class Held {
        private final Loaded model;
        private final FileTime of;
        private final long bytes;
        private int users;

        Held(Loaded model, FileTime of, long bytes) {
            this.model = model;
            this.of = of;
            this.bytes = bytes;
        }
    }

    /**
     * Loads nothing yet.
     *
     * @param torch starts the engine, at the first question
     * @param freeBytes what models may still take
     */
    public Host(Path home, Supplier<Torch> torch, LongSupplier freeBytes) {
        this.home = home;
        this.torch = torch;
        this.freeBytes = freeBytes;
    }

    @Override
    public List<Model> models() {
        return RunDir.all(home).stream()
                .filter(run -> Files.isRegularFile(run.model().resolve(WEIGHTS)))
                .map(run -> new Model(run.name(), kind(run), made(run).toInstant()))
                .toList();
    }

    private static Kind kind(RunDir run) {
        JsonNode config = UntrustedJson.object(run.model().resolve("config.json"), LONGEST_CONFIG);
        return config.path("architectures").path(0).asText().endsWith("ForSequenceClassification")
                ? Kind.REWARD
                : Kind.LANGUAGE;
    }

    private static FileTime made(RunDir run) {
        try {
            return Files.getLastModifiedTime(run.model().resolve(WEIGHTS));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the model of " + run.name(), e);
        }
    }

    @Override
    public Answer answer(Question question) {
        Held model = borrowed(question.model(), Kind.LANGUAGE);
        boolean begun = false;
        try {
            Reply reply = ((Writer) model.model).answer(question, () -> giveBack(model));
            begun = true;
            return reply;
        } finally {
            if (!begun) {
                giveBack(model);
            }
        }
    }

    @Override
    public Scores score(String id, List<Text> texts) {
        Held model = borrowed(id, Kind.REWARD);
        try {
            return ((Judge) model.model).score(texts);
        } finally {
            giveBack(model);
        }
    }

    private synchronized Held borrowed(String id, Kind wanted) {
        RunDir run = find(id).orElseThrow(() -> Refusal.unknownModel(id, models()));
        expect(id, wanted, kind(run));
        Held found = held.remove(id);
        if (found != null && !found.of.equals(made(run))) {
            replaced.add(found);
            putAwayReplaced();
            found = null;
        }
        if (found == null) {
            found = load(run, wanted);
        }
        held.put(id, found);
        found.users++;
        return found;
    }

    private Optional<RunDir> find(String id) {
        return RunDir.all(home).stream()
                .filter(run -> run.name().equals(id))
                .filter(run -> Files.isRegularFile(run.model().resolve(WEIGHTS)))
                .findFirst();
    }

    private static void expect(String id, Kind wanted, Kind kind) {
        if (kind != wanted) {
            throw new Refusal(
                    400,
                    "model",
                    "wrong_kind",
                    kind == Kind.REWARD
                            ? "%s scores and does not write; ask it at /v1/score".formatted(id)
                            : "%s writes and gives no scores; name a reward model".formatted(id));
        }
    }

    private Held load(RunDir run, Kind wanted) {
        try {
            FileTime of = made(run);
            long bytes =
                    Footprint.of(ModelConfig.read(run.model()), wanted == Kind.REWARD ? Head.SCALAR : Head.LANGUAGE);
            makeRoom(run.name(), bytes);
            Torch engine = torch.get();
            Loaded model = wanted == Kind.REWARD ? Judge.load(engine, run.model()) : Writer.load(engine, run.model());
            mostBytes = Math.max(mostBytes, heldBytes() + bytes);
            return new Held(model, of, bytes);
        } catch (UserError e) {
            throw new Refusal(500, "model", "unusable_model", String.valueOf(e.getMessage()));
        }
    }

    /** Puts models away that nobody uses, the one used longest ago first, until another of that size fits. */
    private void makeRoom(String id, long bytes) {
        List<String> idle = held.entrySet().stream()
                .filter(entry -> entry.getValue().users == 0)
                .map(Map.Entry::getKey)
                .toList();
        for (String next : idle) {
            if (free() >= bytes) {
                return;
            }
            Held away = held.remove(next);
            if (away != null) {
                away.model.close();
            }
        }
        if (free() < bytes) {
            throw new Refusal(
                    503,
                    "model",
                    "insufficient_memory",
                    "%s needs %,d MiB and %,d MiB are free here; end other work on this machine, or ask a smaller model"
                            .formatted(id, bytes >> 20, free() >> 20));
        }
    }

    /** What the machine has, and what models that were put away left in this process: the allocator keeps it for others. */
    private long free() {
        return freeBytes.getAsLong() + mostBytes - heldBytes();
    }

    private long heldBytes() {
        return held.values().stream().mapToLong(one -> one.bytes).sum()
                + replaced.stream().mapToLong(one -> one.bytes).sum();
    }

    private synchronized void giveBack(Held model) {
        model.users--;
        putAwayReplaced();
    }

    private void putAwayReplaced() {
        replaced.removeIf(one -> {
            if (one.users == 0) {
                one.model.close();
            }
            return one.users == 0;
        });
    }

    /** Whether a model is writing for anyone. */
    synchronized boolean busy() {
        return held.values().stream().anyMatch(one -> one.model instanceof Writer writer && writer.busy());
    }

    /** Puts all models away; what they were writing breaks off. */
    @Override
    public synchronized void close() {
        held.values().forEach(one -> one.model.close());
        replaced.forEach(one -> one.model.close());
        held.clear();
        replaced.clear();
    }
}

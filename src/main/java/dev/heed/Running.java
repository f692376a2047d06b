package dev.heed;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.db.Provenance;
import dev.heed.db.Snapshot;
import dev.heed.doctor.Finding;
import dev.heed.doctor.PreferenceChecks;
import dev.heed.feedback.Pair;
import dev.heed.model.Head;
import dev.heed.model.Lora;
import dev.heed.model.Transformer;
import dev.heed.run.Interrupt;
import dev.heed.run.Json;
import dev.heed.run.Manifest;
import dev.heed.run.RunDir;
import dev.heed.run.RunLog;
import dev.heed.run.Settings;
import dev.heed.run.UserError;
import dev.heed.tensor.Torch;
import dev.heed.text.Tokenizer;
import dev.heed.train.Checkpoints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What all stages are run with: the engine, and a run folder that each of them fills once. */
final class Running {
    private final Settings settings;
    private final List<String> words;
    private final Consumer<String> say;
    private final Lora lora;
    private final Torch torch;

    /** @param lora whether adapters learn, and which */
    Running(Context context, Lora lora) {
        this.settings = context.settings();
        this.words = context.words();
        this.say = context::say;
        this.lora = lora;
        this.torch = context.torch();
    }

    Torch torch() {
        return torch;
    }

    Lora lora() {
        return lora;
    }

    Path home() {
        return settings.home();
    }

    long seed() {
        return settings.seed();
    }

    RunDir dir(String name) {
        return RunDir.at(settings.home(), name);
    }

    /** Fills a run folder; what it returns becomes result.json. */
    @FunctionalInterface
    interface Work {
        Map<String, ?> in(RunDir dir) throws IOException;
    }

    /** An input as a run's config tells it: one of the home's own stays the same wherever the home lies. */
    String from(Path input) {
        Path home = settings.home().toAbsolutePath().normalize();
        Path whole = input.toAbsolutePath().normalize();
        return (whole.startsWith(home) ? home.relativize(whole) : whole)
                .toString()
                .replace('\\', '/');
    }

    /** Settings, and where adapters learn, which. */
    private Object withLora(Object config) {
        if (!lora.on()) {
            return config;
        }
        ObjectNode all = Json.mapper().valueToTree(config);
        return all.set("lora", Json.mapper().valueToTree(lora));
    }

    /** What learns of a model: itself, or adapters on it. Closed twice, it takes no harm. */
    Transformer learner(Transformer start) {
        return lora.on() ? start.adapted(lora, settings.seed()) : start;
    }

    /** What a policy may not stray from: its start, which adapters leave as it is, or a model of its own. */
    Transformer reference(Path reference, Path policy, Transformer start) {
        boolean same = from(reference).equals(from(policy));
        return lora.on() && same ? start : Transformer.load(torch, reference, Head.LANGUAGE);
    }

    /** What every method takes for granted, as far as it takes milliseconds to look; heed doctor looks at more. */
    void look(List<Finding> findings) {
        findings.stream()
                .filter(Finding::open)
                .forEach(finding ->
                        say.accept("doctor: %s: %s; %s".formatted(finding.check(), finding.found(), finding.advice())));
    }

    /**
     * What a snapshot has to learn from, looked at.
     *
     * @throws UserError if its labelers only ever chose one side of the screen
     */
    List<Pair> pairs(Snapshot preferences) {
        Provenance.find(preferences.file())
                .flatMap(found -> found.sides().only())
                .ifPresent(side -> {
                    throw new UserError(
                            "all preferences in %s chose the text on the %s, so they say nothing of the texts; see heed quality, exclude who did not read, or label anew"
                                    .formatted(preferences.file(), side));
                });
        List<Pair> pairs = Snapshot.read(preferences.file());
        look(PreferenceChecks.of(pairs, List.of()));
        return pairs;
    }

    /** The model of a run that is done once: one that is finished is read, one that was interrupted goes on. */
    Path once(String name, Object config, Work work) {
        Interrupt.check();
        RunDir dir = RunDir.at(settings.home(), name);
        boolean fresh = !dir.begun();
        dir.begin(settings, withLora(config), words); // refuses other settings than those that it was begun with
        if (dir.finished()) {
            return dir.model();
        }
        dir.work();
        long start = System.nanoTime();
        try {
            Map<String, Object> result = new LinkedHashMap<>(work.in(dir));
            if (fresh) { // of a run that went on later, only the last part is known
                result.put("seconds", (System.nanoTime() - start) / 1e9);
            }
            dir.finish(result);
        } catch (UserError e) {
            if (fresh && RunLog.metricsOf(dir).isEmpty()) {
                dir.discard(); // it never took a step: another try may have other settings
            }
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write run " + name, e);
        }
        new Checkpoints(dir.checkpoints()).clear();
        return dir.model();
    }

    Manifest manifest(String stage, Object config) {
        return Manifest.of(stage, settings, withLora(config));
    }

    /** Beside the whole model, its adapters alone, where there are any. */
    static void saveAdapters(RunDir dir, Transformer model, Path base) {
        if (model.hasAdapters()) {
            model.saveAdapters(dir.model().resolve("adapter"), base);
        }
    }

    static void save(RunDir dir, Transformer model, Tokenizer tokenizer, Manifest manifest) throws IOException {
        model.save(dir.model());
        finishModel(dir, tokenizer, manifest);
    }

    static void finishModel(RunDir dir, Tokenizer tokenizer, Manifest manifest) throws IOException {
        tokenizer.saveTo(dir.model());
        manifest.write(dir.model());
    }
}

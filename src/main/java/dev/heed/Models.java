package dev.heed;

import dev.heed.model.AdapterFolder;
import dev.heed.model.ModelConfig;
import dev.heed.run.RunDir;
import dev.heed.run.UserError;
import dev.heed.tensor.Checkpoint;
import dev.heed.text.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;

/** Models as people name them: a folder, or the run that made one. */
final class Models {
    private Models() {}

    /**
     * @param name a folder with a config.json and weights, in one file or several, or a run of the home
     * @throws UserError if there is no such model, with those that there are
     */
    static Path expect(Path home, String name) {
        Path folder = Path.of(name);
        if (Files.exists(folder.resolve("config.json")) && Checkpoint.isIn(folder)) {
            return folder;
        }
        if (AdapterFolder.isIn(folder)) {
            throw new UserError("%s holds an adapter, not a model; make one of it with heed merge %s --name NAME"
                    .formatted(folder, folder));
        }
        if (RunDir.isName(name)) {
            RunDir run = RunDir.at(home, name);
            if (Files.exists(run.model().resolve("model.safetensors"))) {
                return run.model();
            }
        }
        throw new UserError(
                "no model '%s': neither a folder with config.json and model.safetensors nor a run of %s (it has %s)"
                        .formatted(name, home, runs(home)));
    }

    /** The folder of a tokenizer: a folder with a tokenizer.json, or a run of the home. */
    static Path tokenizer(Path home, String name) {
        Path folder = Path.of(name);
        if (Files.exists(folder.resolve("tokenizer.json"))) {
            return folder;
        }
        Path model = home.resolve("runs").resolve(name).resolve("model");
        if (Files.exists(model.resolve("tokenizer.json"))) {
            return model;
        }
        throw new UserError(
                "no tokenizer '%s': neither a folder with tokenizer.json nor a run of %s; heed tokenizer makes one"
                        .formatted(name, home));
    }

    /** The tokenizer in a model's folder. */
    static Tokenizer tokenizerOf(Path model) {
        return tokenizerOf(model, model);
    }

    /**
     * The tokenizer in a folder.
     *
     * @throws UserError if it has another size than the model's vocabulary
     */
    static Tokenizer tokenizerOf(Path dir, Path model) {
        Tokenizer tokenizer = Tokenizer.load(dir);
        int expected = ModelConfig.read(model).vocabulary();
        if (tokenizer.size() != expected) {
            int size = tokenizer.size();
            tokenizer.close();
            throw new UserError("tokenizer %s has %d entries, model %s expects %d; put the model's own beside it"
                    .formatted(dir.resolve("tokenizer.json"), size, model, expected));
        }
        return tokenizer;
    }

    /** Models that read each other's ids must have been taught with the same tokenizer. */
    static void expectTokenizer(Tokenizer tokenizer, Path model, Path other) {
        try (Tokenizer theirs = tokenizerOf(other)) {
            if (!theirs.hash().equals(tokenizer.hash())) {
                throw new UserError("models %s and %s have different tokenizers; train both from one base model"
                        .formatted(model, other));
            }
        }
    }

    /** A run's model is named after the run, another one after its folder. */
    static String nameOf(Path model) {
        Path last = model.endsWith("model") && model.getParent() != null ? model.getParent() : model;
        return String.valueOf(last.getFileName());
    }

    private static String runs(Path home) {
        String names = RunDir.all(home).stream()
                .filter(run -> Files.exists(run.model().resolve("model.safetensors")))
                .map(RunDir::name)
                .collect(java.util.stream.Collectors.joining(", "));
        return names.isEmpty() ? "none yet" : names;
    }
}

package dev.heed;

import dev.heed.model.AdapterFolder;
import dev.heed.run.Knob;
import dev.heed.run.RunDir;
import dev.heed.run.UntrustedJson;
import dev.heed.run.UserError;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** A model like any other, from an adapter of PEFT's and the model that it was learned on. */
final class MergeCommand implements Command<MergeCommand.Knobs> {
    private static final int SHOWN = 100;

    record Knobs(
            @Knob(
                            value = Knob.REQUIRED,
                            help = "folder with an adapter_config.json and an adapter_model.safetensors",
                            positional = true)
                    Path adapter,
            @Knob(
                            value = "",
                            label = "MODEL",
                            help =
                                    "run or folder of the model that it was learned on; where none is named, the folder that the adapter names")
                    String base,
            @Knob(value = "merged", help = "name of the run") String name) {}

    @Override
    public Class<Knobs> knobs() {
        return Knobs.class;
    }

    @Override
    public Object run(Context context, Knobs knobs) {
        if (!AdapterFolder.isIn(knobs.adapter())) {
            throw new UserError("no adapter in %s: it has no adapter_config.json".formatted(knobs.adapter()));
        }
        AdapterFolder adapter = AdapterFolder.read(knobs.adapter());
        Path base = knobs.base().isEmpty() ? named(adapter) : Models.expect(context.home(), knobs.base());
        new Stages(context).merge(knobs.name(), adapter, base);
        return Made.of(RunDir.at(context.home(), knobs.name()));
    }

    private static Path named(AdapterFolder adapter) {
        try {
            Path base = Path.of(adapter.base());
            if (Files.exists(base.resolve("config.json"))) {
                return base;
            }
        } catch (InvalidPathException e) {
            // Then it is no folder's name.
        }
        throw new UserError("adapter %s was learned on '%s', which is no folder here; name the model with --base"
                .formatted(adapter.dir(), UntrustedJson.shown(adapter.base(), SHOWN)));
    }
}

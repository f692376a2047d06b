package dev.heed;

import dev.heed.model.Lora;
import dev.heed.run.Knob;
import dev.heed.run.RunDir;
import dev.heed.train.Sft;
import java.nio.file.Path;

/** A model that answers, from demonstrations. */
final class SftCommand implements Command<SftCommand.Knobs> {
    record Knobs(
            @Knob(value = Knob.REQUIRED, help = "JSONL with prompt and completion", label = "FILE") Path demonstrations,
            @Knob(value = "pretrain", label = "MODEL", help = "run or folder of the model to start from") String model,
            @Knob(value = "sft", help = "name of the run") String name,
            Sft.Config sft,
            @Knob("lora") Lora lora) {}

    @Override
    public Class<Knobs> knobs() {
        return Knobs.class;
    }

    @Override
    public Object run(Context context, Knobs knobs) {
        Path model = Models.expect(context.home(), knobs.model());
        new Stages(context, knobs.lora()).sft(knobs.name(), model, knobs.demonstrations(), knobs.sft());
        return Made.of(RunDir.at(context.home(), knobs.name()));
    }
}

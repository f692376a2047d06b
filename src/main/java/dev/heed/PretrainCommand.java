package dev.heed;

import dev.heed.run.Knob;
import dev.heed.run.RunDir;
import dev.heed.train.Pretrain;
import java.nio.file.Path;
import java.util.List;

/** A base model from text. */
final class PretrainCommand implements Command<PretrainCommand.Knobs> {
    record Knobs(
            @Knob(value = Knob.REQUIRED, help = "text to learn from, .txt or .jsonl", label = "FILE") Path text,
            @Knob(value = "tokenizer", label = "MODEL", help = "run or folder with the tokenizer") String tokenizer,
            @Knob(value = "pretrain", help = "name of the run") String name,
            Shape shape,
            Pretrain.Config pretrain) {}

    @Override
    public Class<Knobs> knobs() {
        return Knobs.class;
    }

    @Override
    public Object run(Context context, Knobs knobs) {
        Path tokenizer = Models.tokenizer(context.home(), knobs.tokenizer());
        new Stages(context).pretrain(knobs.name(), tokenizer, knobs.text(), List.of(), knobs.shape(), knobs.pretrain());
        return Made.of(RunDir.at(context.home(), knobs.name()));
    }
}

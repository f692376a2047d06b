package dev.heed;

import dev.heed.run.Knob;
import java.nio.file.Path;
import java.util.Map;

/** A tokenizer from text. */
final class TokenizerCommand implements Command<TokenizerCommand.Knobs> {
    record Knobs(
            @Knob(value = Knob.REQUIRED, help = "text to learn from, .txt or .jsonl", label = "FILE") Path text,
            @Knob(value = "4096", help = "tokens to learn") int vocabulary,
            @Knob(value = "tokenizer", help = "name of the run") String name) {}

    @Override
    public Class<Knobs> knobs() {
        return Knobs.class;
    }

    @Override
    public Object run(Context context, Knobs knobs) {
        Path made = new Stages(context).tokenizer(knobs.name(), knobs.text(), knobs.vocabulary());
        return Map.of("tokenizer", made);
    }
}

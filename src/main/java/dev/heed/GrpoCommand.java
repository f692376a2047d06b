package dev.heed;

import dev.heed.run.Knob;
import dev.heed.train.Grpo;

/** The same without a critic: completions of a prompt are each other's baseline. */
final class GrpoCommand implements Command<GrpoCommand.Knobs> {
    record Knobs(
            Casting models,
            @Knob(value = "grpo", help = "name of the run") String name,
            @Knob("sample") Sampling sampling,
            Grpo.Config grpo) {}

    @Override
    public Class<Knobs> knobs() {
        return Knobs.class;
    }

    @Override
    public Object run(Context context, Knobs knobs) {
        return knobs.models().learn(context, knobs.name(), OnlineMethod.grpo(knobs.grpo()), knobs.sampling());
    }
}

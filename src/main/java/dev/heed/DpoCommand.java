package dev.heed;

import dev.heed.run.Knob;
import dev.heed.train.DirectTraining;
import dev.heed.train.Dpo;

/** A policy straight from preferences: DPO and its kinds. */
final class DpoCommand implements Command<DpoCommand.Knobs> {
    record Knobs(
            Kinship models,
            @Knob(value = "dpo", help = "name of the run") String name,
            Dpo dpo,
            DirectTraining.Config training) {}

    @Override
    public Class<Knobs> knobs() {
        return Knobs.class;
    }

    @Override
    public Object run(Context context, Knobs knobs) {
        return knobs.models()
                .learn(
                        context,
                        knobs.name(),
                        (stages, from) -> stages.direct(knobs.name(), from, knobs.dpo(), knobs.training()));
    }
}

package dev.heed;

import dev.heed.run.Knob;
import dev.heed.train.DirectTraining;
import dev.heed.train.Orpo;

/** A policy straight from preferences, fine-tuned on the chosen texts on the way: ORPO. */
final class OrpoCommand implements Command<OrpoCommand.Knobs> {
    record Knobs(
            Kinship models,
            @Knob(value = "orpo", help = "name of the run") String name,
            Orpo orpo,
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
                        (stages, given) -> stages.pairs(knobs.name(), given, knobs.orpo(), knobs.training()));
    }
}

package dev.heed;

import dev.heed.run.Knob;
import dev.heed.train.Cpo;
import dev.heed.train.DirectTraining;

/** A policy straight from preferences, without a reference: SimPO, CPO. */
final class SimpoCommand implements Command<SimpoCommand.Knobs> {
    record Knobs(
            Kinship models,
            @Knob(value = "simpo", help = "name of the run") String name,
            Cpo simpo,
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
                        (stages, given) -> stages.pairs(knobs.name(), given, knobs.simpo(), knobs.training()));
    }
}

package dev.heed;

import dev.heed.run.Knob;
import dev.heed.train.Rloo;

/** The same by REINFORCE. */
final class RlooCommand implements Command<RlooCommand.Knobs> {
    record Knobs(
            Casting models,
            @Knob(value = "rloo", help = "name of the run") String name,
            @Knob("sample") Sampling sampling,
            Rloo.Config rloo) {}

    @Override
    public Class<Knobs> knobs() {
        return Knobs.class;
    }

    @Override
    public Object run(Context context, Knobs knobs) {
        return knobs.models().learn(context, knobs.name(), OnlineMethod.rloo(knobs.rloo()), knobs.sampling());
    }
}

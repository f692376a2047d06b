package dev.heed;

import dev.heed.run.Knob;
import dev.heed.train.Ppo;

/** A policy that a reward model likes better, not far from the reference. */
final class PpoCommand implements Command<PpoCommand.Knobs> {
    record Knobs(
            Casting models,
            @Knob(value = "ppo", help = "name of the run") String name,
            @Knob("sample") Sampling sampling,
            Ppo.Config ppo) {}

    @Override
    public Class<Knobs> knobs() {
        return Knobs.class;
    }

    @Override
    public Object run(Context context, Knobs knobs) {
        return knobs.models().learn(context, knobs.name(), OnlineMethod.ppo(knobs.ppo()), knobs.sampling());
    }
}

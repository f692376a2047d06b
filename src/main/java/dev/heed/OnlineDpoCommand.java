package dev.heed;

import dev.heed.run.Knob;
import dev.heed.train.OnlineDpo;

/** Pairs of its own completions, as the reward judges them, learned from at once. */
final class OnlineDpoCommand implements Command<OnlineDpoCommand.Knobs> {
    record Knobs(
            Casting models,
            @Knob(value = "online-dpo", help = "name of the run") String name,
            @Knob("sample") Sampling sampling,
            OnlineDpo.Config onlineDpo) {}

    @Override
    public Class<Knobs> knobs() {
        return Knobs.class;
    }

    @Override
    public Object run(Context context, Knobs knobs) {
        return knobs.models().learn(context, knobs.name(), OnlineMethod.onlineDpo(knobs.onlineDpo()), knobs.sampling());
    }
}

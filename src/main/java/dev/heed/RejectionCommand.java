package dev.heed;

import dev.heed.run.Knob;
import dev.heed.train.Rejection;

/** The best of its own completions become demonstrations. */
final class RejectionCommand implements Command<RejectionCommand.Knobs> {
    record Knobs(
            Casting models,
            @Knob(value = "rejection", help = "name of the run") String name,
            @Knob("sample") Sampling sampling,
            Rejection.Config rejection) {}

    @Override
    public Class<Knobs> knobs() {
        return Knobs.class;
    }

    @Override
    public Object run(Context context, Knobs knobs) {
        return knobs.models().learn(context, knobs.name(), OnlineMethod.rejection(knobs.rejection()), knobs.sampling());
    }
}

package dev.heed;

import dev.heed.run.Knob;
import dev.heed.train.Kto;

/** A policy from completions that are each good or bad: KTO. */
final class KtoCommand implements Command<KtoCommand.Knobs> {
    record Knobs(Kinship models, @Knob(value = "kto", help = "name of the run") String name, Kto.Config kto) {}

    @Override
    public Class<Knobs> knobs() {
        return Knobs.class;
    }

    @Override
    public Object run(Context context, Knobs knobs) {
        return knobs.models()
                .learn(context, knobs.name(), (stages, given) -> stages.kto(knobs.name(), given, knobs.kto()));
    }
}

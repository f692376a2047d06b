package dev.heed;

import dev.heed.run.Knob;
import dev.heed.run.UserError;
import dev.heed.train.DirectTraining;
import dev.heed.train.Dpo;
import dev.heed.train.Sync;

/** A policy straight from preferences: DPO and its kinds. */
final class DpoCommand implements Command<DpoCommand.Knobs> {
    record Knobs(
            Kinship models,
            @Knob(value = "dpo", help = "name of the run") String name,
            Dpo dpo,
            Sync sync,
            DirectTraining.Config training) {
        Knobs {
            if (dpo.referenceFree() && sync.syncEvery() > 0) {
                throw new UserError("--sync-every=%d needs a reference; leave out --reference-free, or --sync-every"
                        .formatted(sync.syncEvery()));
            }
        }
    }

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
                        (stages, given) ->
                                stages.pairs(knobs.name(), given, knobs.dpo(), knobs.training(), knobs.sync()));
    }
}

package dev.heed;

import dev.heed.model.Lora;
import dev.heed.model.RewardModel;
import dev.heed.run.Draws;
import dev.heed.tensor.Torch;
import dev.heed.train.Ensemble;
import dev.heed.train.Reward;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The reward models that score a policy, closed together. */
record Judges(List<RewardModel> models, Ensemble.Rule rule) implements AutoCloseable {
    static Judges load(Torch torch, Stages.Cast cast) {
        Judges judges = new Judges(new ArrayList<>(), cast.rule());
        try {
            for (Path reward : cast.rewards()) {
                judges.models.add(RewardModel.load(torch, reward));
            }
            return judges;
        } catch (RuntimeException e) {
            judges.close();
            throw e;
        }
    }

    /** The same models, reading what was cut off as if it ended there; they are closed with these. */
    Judges ending(int eos) {
        return new Judges(models.stream().map(model -> model.ending(eos)).toList(), rule);
    }

    /** What they say together. */
    Reward reward() {
        return models.size() == 1
                ? models.get(0)::scores
                : new Ensemble(
                        models.stream().<Reward>map(model -> model::scores).toList(), rule);
    }

    /** What a critic starts from: a copy of the first, or the first with adapters. Values come from one network. */
    RewardModel critic(Lora lora, long seed) {
        RewardModel first = models.get(0);
        return lora.on() ? first.adapted(lora, Draws.key(seed, "critic", 0)) : first.copy();
    }

    @Override
    public void close() {
        models.forEach(RewardModel::close);
    }
}
